"""Run rows through processors that judge them, and look at everything that came of it: table, quarantine, checks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from headwater.registry import from_entry_points
from headwater.run.report import LoadReport
from headwater.run.session import Session
from headwater.spec.load import project_of
from headwater.testing.memory import MemorySystem

Data = dict[str, Any]
PLUGINS = {
    "headwater.sources": {"memory": "headwater.testing.memory_source:MemorySource"},
    "headwater.destinations": {"memory": "headwater.testing.memory_destination:MemoryDestination"},
    "headwater.processors": {
        "cast": "headwater.processors.cast:Cast",
        "filter": "headwater.processors.filter:Filter",
        "quality": "headwater.processors.quality:Quality",
        "schema": "headwater.processors.schema:SchemaValidation",
        "hide": "unit.run.hide:Hide",
    },
}
REGISTRY = from_entry_points(
    [EntryPoint(name, value, group) for group, found in PLUGINS.items() for name, value in found.items()]
)


@dataclass
class Judged:
    """What one load reported, delivered and set aside."""

    load: LoadReport
    target: MemorySystem

    @property
    def table(self) -> pa.Table:
        return self.target.table(self.load.stream)

    def column(self, name: str) -> list[Any]:
        """The delivered values, in order."""
        return sorted(self.table[name].to_pylist(), key=lambda value: (value is None, value))

    @property
    def rejected(self) -> list[Data]:
        """Each row in quarantine with `row` as data, and `rules` as id → {id, column, message}."""
        if self.load.quarantine is None:
            return []
        rows = pq.read_table(self.load.quarantine).to_pylist()
        return [{**row, "row": json.loads(row["row"]), "rules": {r["id"]: r for r in row["rules"]}} for row in rows]

    def broke(self, column: str = "id") -> dict[Any, set[str]]:
        """Of each rejected row, by its value in a column: the ids of the rules it broke."""
        return {row["row"][column]: set(row["rules"]) for row in self.rejected}

    def check(self, name: str) -> Data:
        (found,) = [check for check in self.load.checks if check["name"] == name]
        return found


@dataclass
class Judge:
    """A pipeline of `orders` (and other tables) through `steps`; every `run` is a run of its own."""

    home: Path
    steps: list[Data]
    streams: tuple[Any, ...] = ("orders",)
    quarantine: Data | None = None

    def session(self) -> Session:
        pipeline: Data = {
            "sources": [{"type": "memory", "config": {"system": f"from {self.home}"}, "streams": list(self.streams)}],
            "processors": self.steps,
            "destinations": [{"type": "memory", "config": {"system": f"to {self.home}"}}],
            "retries": {"attempts": 1},
            "engine": {"type": "local", "threads": 1},
            "quarantine": self.quarantine or {},
        }
        return Session(project_of({"version": 1, "pipelines": {"check": pipeline}}), REGISTRY, self.home)

    def run(self, **tables: pa.Table) -> Judged:
        for name, table in tables.items():
            MemorySystem.named(f"from {self.home}").add(name, table)
        report = self.session().run("check")
        (load,) = [load for load in report.loads if load.stream == "orders"]
        return Judged(load, MemorySystem.named(f"to {self.home}"))


def quality(*rules: Data, **config: Any) -> Data:
    return {"type": "quality", "config": {"rules": list(rules), **config}}
