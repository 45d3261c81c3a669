"""A database that lives in this process: tables, commits and checkpoints, shared under a name.

`MemorySystem.named("shop")` is the same object for every config that says `system: shop`, so that a test
can fill it, let a pipeline run through `MemorySource` and `MemoryDestination`, and look at it afterwards.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pyarrow as pa
from pydantic import ConfigDict, Field

from headwater.sdk.config import PluginConfig, example
from headwater.sdk.destination import Checkpoint, Committed, Write
from headwater.sdk.errors import UnknownName
from headwater.testing.faults import Faults

if TYPE_CHECKING:
    from collections.abc import Sequence


class MemoryConfig(PluginConfig):
    """Tables in the memory of this process, for tests."""

    model_config = ConfigDict(json_schema_extra=example({"system": "shop"}))

    system: str = Field(default="memory", title="System", description="Name of the in-memory system.")
    batch_rows: int = Field(default=1_000, ge=1, title="Rows per batch", description="Rows of one batch of a read.")
    writers: int = Field(default=4, ge=1, title="Writers", description="How many writes may run at once.")
    writes: frozenset[Write] = Field(
        default=frozenset(Write), title="Write strategies", description="The strategies it declares."
    )
    transactional: bool = Field(default=True, title="Transactional", description="What it declares about commits.")


@dataclass(frozen=True, slots=True)
class MemoryTable:
    data: pa.Table
    primary_key: tuple[str, ...] = ()
    cursor_candidates: tuple[str, ...] = ()


class MemorySystem:
    """Guarded by `lock`; `live` holds which load has a table at this moment."""

    _systems: ClassVar[dict[str, MemorySystem]] = {}
    _systems_lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, name: str) -> None:
        self.name = name
        self.lock = threading.RLock()
        self.tables: dict[str, MemoryTable] = {}
        self.commits: dict[tuple[str, str], Committed] = {}
        self.saved: dict[tuple[str, str, str], Checkpoint] = {}
        self.live: dict[str, str] = {}
        self.staged: dict[str, dict[str, Sequence[pa.RecordBatch]]] = {}
        self.faults = Faults()

    @classmethod
    def named(cls, name: str = "memory") -> MemorySystem:
        with cls._systems_lock:
            return cls._systems.setdefault(name, cls(name))

    @classmethod
    def forget(cls, name: str) -> None:
        with cls._systems_lock:
            cls._systems.pop(name, None)

    def add(
        self,
        name: str,
        data: pa.Table,
        *,
        primary_key: tuple[str, ...] = (),
        cursor_candidates: tuple[str, ...] = (),
    ) -> MemorySystem:
        """Put a table in place, instead of one of the same name."""
        with self.lock:
            self.tables[name] = MemoryTable(data, primary_key, cursor_candidates)
        return self

    def table(self, name: str) -> pa.Table:
        """The committed rows. Raises UnknownName."""
        return self.stored(name).data

    def stored(self, name: str) -> MemoryTable:
        with self.lock:
            if name not in self.tables:
                raise UnknownName("stream", name, self.tables, place=f"memory system {self.name!r}")
            return self.tables[name]

    def crash(self) -> None:
        """What a kill -9 of every client leaves: their loads are dead, what they staged lies about."""
        with self.lock:
            self.live.clear()
