"""Run tables through processors between two in-memory systems; look at every table that came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from headwater.registry import from_entry_points
from headwater.run.report import RunReport
from headwater.run.session import Session
from headwater.spec.load import project_of
from headwater.testing.memory import MemorySystem

Data = dict[str, Any]
REGISTRY = from_entry_points(
    [
        EntryPoint("memory", "headwater.testing.memory_source:MemorySource", "headwater.sources"),
        EntryPoint("memory", "headwater.testing.memory_destination:MemoryDestination", "headwater.destinations"),
        *entry_points(group="headwater.processors"),
    ]
)


def step(kind: str, /, streams: str | list[str] = "*", **config: Any) -> Data:
    return {"type": kind, "config": config, "streams": [streams] if isinstance(streams, str) else streams}


@dataclass
class Reshaped:
    """What one run reported and delivered."""

    report: RunReport
    target: MemorySystem

    def rows(self, stream: str, *columns: str) -> list[tuple[Any, ...]]:
        """What was delivered, in order of the values."""
        table = self.target.table(stream)
        found = table.select(columns or table.column_names).to_pylist()
        return sorted((tuple(row.values()) for row in found), key=repr)

    def columns(self, stream: str) -> list[str]:
        return self.target.table(stream).column_names

    def counts(self, stream: str) -> tuple[int, int, int, int]:
        """Rows read, rejected, deduplicated, written."""
        (load,) = [load for load in self.report.loads if load.stream == stream]
        rows = load.rows
        return rows.read, rows.rejected, rows.deduplicated, rows.written

    def rejected(self, stream: str) -> list[tuple[str, ...]]:
        """The rules that each row in quarantine broke."""
        (load,) = [load for load in self.report.loads if load.stream == stream]
        rows = pq.read_table(load.quarantine).to_pylist() if load.quarantine else []
        return [tuple(rule["id"] for rule in row["rules"]) for row in rows]


@dataclass
class Works:
    home: Path

    @property
    def _shop(self) -> str:
        return f"shop of {self.home}"

    @property
    def _lake(self) -> str:
        return f"lake of {self.home}"

    def add(self, **tables: pa.Table) -> None:
        for name, table in tables.items():
            MemorySystem.named(self._shop).add(name.replace("__dot__", "."), table)

    def session(self, *steps: Data, memory: str | None = None) -> Session:
        pipeline: Data = {
            "sources": [{"type": "memory", "config": {"system": self._shop}}],
            "processors": list(steps),
            "destinations": [{"type": "memory", "config": {"system": self._lake}}],
            "retries": {"attempts": 1},
            "engine": {"type": "local", "threads": 2, **({"memory": memory} if memory else {})},
        }
        return Session(project_of({"version": 1, "pipelines": {"p": pipeline}}), REGISTRY, self.home)

    def run(self, *steps: Data, memory: str | None = None) -> Reshaped:
        report = self.session(*steps, memory=memory).run("p")
        failed = [load.error for load in report.loads if load.error]
        assert not failed, failed
        return Reshaped(report, MemorySystem.named(self._lake))

    def forget(self) -> None:
        MemorySystem.forget(self._shop)
        MemorySystem.forget(self._lake)


def works_at(home: Path) -> Iterator[Works]:
    works = Works(home)
    yield works
    works.forget()
