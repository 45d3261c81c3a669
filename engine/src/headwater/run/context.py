"""What every part of one run knows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from headwater.run.events import Listener
from headwater.run.secrets import Secrets
from headwater.run.stop import StopFlag
from headwater.sdk.destination import Destination
from headwater.sdk.source import Source


class Connections(Protocol):
    """Makes connector objects by their key in the plan. Each call makes a new one; the caller closes it. `secrets` are
    those of the configs it has seen.
    """

    secrets: Secrets

    def source(self, key: str) -> Source: ...

    def destination(self, key: str) -> Destination: ...


@dataclass(frozen=True, slots=True)
class RunContext:
    """`resumed` says that this run id began in a process that died. `rejects` is where the quarantine stands, when it
    is not in the home.
    """

    run_id: str
    pipeline: str
    home: Path
    connections: Connections
    stop: StopFlag
    emit: Listener
    full_refresh: bool = False
    resumed: int = 0
    rejects: Path | None = None

    @property
    def quarantine_home(self) -> Path:
        return self.rejects or self.home
