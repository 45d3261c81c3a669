"""What an engine is given: the project, and the secrets it names, opened here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from headwater_server.kit.encryption import Sealer
from headwater_server.settings import Settings


@dataclass(frozen=True, slots=True)
class Engines:
    """What all requests of one worker have in common."""

    settings: Settings
    sealer: Sealer

    def request(self, kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """`given` holds `project` and `sealed`. Raises WrongKey."""
        sealed: Mapping[str, str] = given.get("sealed") or {}
        rest = {key: value for key, value in given.items() if key != "sealed"}
        limit_mb = self.settings.run_memory_limit_mb
        return {
            **rest,
            "kind": kind,
            "secrets": {name: self.sealer.unseal(text, name) for name, text in sealed.items()},
            "home": str(self.settings.home / "engine"),
            "directory": str(self.settings.home / "projects" / "default"),
            "memory_limit_bytes": limit_mb * 1_000_000 or None,
        }


@dataclass(slots=True)
class Deaf:
    """Hears nothing: for calls, whose answer is all that counts. Keeps the last lines, to explain a death."""

    lines: list[str] = field(default_factory=list[str])

    def event(self, facts: dict[str, Any]) -> None: ...

    def log(self, facts: dict[str, Any]) -> None: ...

    def text(self, line: bytes, *, expected: bool) -> None:
        self.lines = [*self.lines[-4:], line.decode(errors="replace")[:500]]
