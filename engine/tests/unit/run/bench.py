"""A project between two in-memory systems, whose runs and rows a test looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from headwater.registry import Registry, from_entry_points
from headwater.run.report import LoadReport, RunReport
from headwater.run.session import Session
from headwater.spec.load import parse_project
from headwater.testing.memory import MemorySystem

PLUGINS = {
    "headwater.sources": {
        "memory": "headwater.testing.memory_source:MemorySource",
        "many": "unit.run.sources:ManyPartitions",
        "changing": "unit.run.sources:Changing",
        "silent": "unit.run.sources:Silent",
        "bytes": "unit.run.sources:ByteLanes",
        "wire": "unit.run.wires:WireSystem",
        "panicking": "unit.run.sources:Panicking",
    },
    "headwater.destinations": {
        "memory": "headwater.testing.memory_destination:MemoryDestination",
        "losing": "unit.run.destinations:Losing",
        "altering": "unit.run.destinations:Altering",
        "blind": "unit.run.destinations:Blind",
        "guarded": "unit.run.destinations:Guarded",
        "impatient": "unit.run.destinations:Impatient",
        "stubborn": "unit.run.destinations:Stubborn",
        "wire": "unit.run.wires:WireTarget",
    },
    "headwater.processors": {
        "filter": "unit.run.steps:Where",
        "rules": "unit.run.steps:Rules",
        "columns": "unit.run.steps:Columns",
        "first": "unit.run.steps:First",
        "batch": "unit.run.steps:Batch",
    },
}


def registry() -> Registry:
    return from_entry_points(
        [EntryPoint(name, value, group) for group, found in PLUGINS.items() for name, value in found.items()]
    )


@dataclass(slots=True)
class Bench:
    """`shop` is read, `lake` is written; both belong to this test alone."""

    home: Path
    shop: MemorySystem
    lake: MemorySystem
    source: str = "{type: memory, config: {system: SHOP}}"
    target: str = "{type: memory, config: {system: LAKE}}"
    more: str = ""
    engine: str = "threads: 2"
    retries: str = "{attempts: 3, backoff: 1ms, max_backoff: 5ms}"
    listened: list[Any] = field(default_factory=list[Any])

    @staticmethod
    def at(home: Path) -> Bench:
        return Bench(home, MemorySystem.named(f"shop of {home}"), MemorySystem.named(f"lake of {home}"))

    def session(
        self, *streams: str, steps: Sequence[str] = (), into: Sequence[str] = ("{connector: lake}",), also: str = ""
    ) -> Session:
        connectors = f"  shop: {self.source}\n  lake: {self.target}\n{self.more}"
        connectors = connectors.replace("SHOP", self.shop.name).replace("LAKE", self.lake.name)
        text = f"""
version: 1
connectors:
{connectors}
pipelines:
  p:
    sources: [{{connector: shop, streams: [{", ".join(streams) or "orders"}]}}]
    processors: [{", ".join(steps)}]
    destinations: [{", ".join(into)}]
    retries: {self.retries}
    engine: {{type: local, {self.engine}}}
{also}
"""
        return Session(parse_project(text), registry(), self.home)

    def run(
        self,
        *streams: str,
        steps: Sequence[str] = (),
        into: Sequence[str] = ("{connector: lake}",),
        also: str = "",
        **call: Any,
    ) -> RunReport:
        call.setdefault("listener", self.listened.append)
        return self.session(*streams, steps=steps, into=into, also=also).run("p", **call)

    def load(self, *streams: str, **call: Any) -> LoadReport:
        """The report of a run that makes one load."""
        (load,) = self.run(*streams, **call).loads
        return load

    def rows(self, table: str = "orders", *columns: str) -> list[tuple[Any, ...]]:
        """What a reader of the lake sees, in order."""
        return rows_of(self.lake.table(table), *columns)

    def quarantined(self, stream: str = "orders") -> list[dict[str, Any]]:
        files = sorted((self.home / "quarantine" / "p" / stream).glob("*.parquet"))
        return [row for file in files for row in pq.read_table(file).to_pylist()]

    def leftovers(self) -> list[str]:
        """Files that no run should leave behind."""
        kept = {".lock", ".json", ".parquet"}
        return [str(path) for path in self.home.rglob("*") if path.is_file() and path.suffix not in kept]


def rows_of(table: pa.Table, *columns: str) -> list[tuple[Any, ...]]:
    rows = table.select(columns or table.column_names).to_pylist()
    return sorted((tuple(row.values()) for row in rows), key=repr)


def orders(*rows: tuple[int, Any, Any]) -> pa.Table:
    """Columns id, at (a cursor) and n."""
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return pa.table(
        {
            "id": pa.array(columns[0], pa.int64()),
            "at": pa.array(columns[1], pa.int64()),
            "n": pa.array(columns[2], pa.int64()),
        }
    )
