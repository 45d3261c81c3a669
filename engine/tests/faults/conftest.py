"""`bed`: a project between CSV files and one real destination, for runs that are hurt and runs that go on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import pytest
import yaml
from faults.points import DESTINATIONS, VARIABLE
from faults.tables import (
    FIRST,
    SECOND,
    PostgresReader,
    Seen,
    Watcher,
    expected,
    look_at_duckdb,
    look_at_files,
    look_at_sqlite,
    write_source,
)
from real.conftest import PostgresDatabase, postgres, postgres_owner, postgres_server

from headwater.registry import GROUPS, from_entry_points
from headwater.run.report import RunReport
from headwater.run.session import Session
from headwater.spec.load import load_project

__all__ = ["postgres", "postgres_owner", "postgres_server"]

TESTS = Path(__file__).parents[1]
GROUP = "headwater.destinations"
KILLED = f"[{GROUP}]\n" + "".join(f"{name} = {value}\n" for name, value in DESTINATIONS.items())
STRATEGIES = ("replace", "append", "merge", "scd2", "append by cursor")
WRITES: dict[str, tuple[str, ...]] = {
    "postgres": STRATEGIES,
    "duckdb": STRATEGIES,
    "sqlite": STRATEGIES,
    "files": ("replace", "append", "append by cursor"),
}
CASES = [(destination, write) for destination, writes in WRITES.items() for write in writes]


@dataclass(frozen=True, slots=True)
class Run:
    """What a process left: exit code (negative: the signal), stderr, and the report if it came to print one."""

    code: int
    err: str
    report: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def load(self) -> dict[str, Any]:
        (load,) = self.report["loads"]
        return load

    @property
    def error(self) -> dict[str, Any]:
        return self.report["error"] if "error" in self.report else self.load["error"]


@dataclass(frozen=True, slots=True)
class Bed:
    folder: Path
    source: dict[str, Any]
    destination: dict[str, Any]
    write: str
    watcher: Watcher
    stream: str = "t"

    def first(self) -> None:
        """The table as the first load leaves it."""
        write_source(self.folder / "in" / "t", FIRST, 1)
        assert self.run_here().succeeded
        assert self.watcher.now() == expected(self.write)[0]
        self.watcher.saw.clear()
        write_source(self.folder / "in" / "t", SECOND, 2)

    def project(self, **more: Any) -> None:
        by_cursor = self.write == "append by cursor"
        stream: dict[str, Any] = {"name": self.stream, "primary_key": ["id"]}
        if by_cursor:
            stream |= {"mode": "incremental", "cursor": "id"}
        pipeline = {
            "sources": [{**self.source, "streams": [stream]}],
            "destinations": [{**self.destination, "write": "append" if by_cursor else self.write}],
            "retries": {"attempts": 1},
            **more,
        }
        text = yaml.safe_dump({"version": 1, "pipelines": {"p": pipeline}})
        (self.folder / "headwater.yaml").write_text(text)

    def start(self, *options: str, die: str = "", env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        paths = os.pathsep.join([str(self.folder / "plugins"), str(TESTS)])
        return subprocess.Popen(
            [sys.executable, "-m", "headwater.cli.main", "run", "p", *options],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": paths, VARIABLE: die, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *options: str, die: str = "", env: Mapping[str, str] | None = None) -> Run:
        return ended(self.start("--json", "--quiet", *options, die=die, env=env))

    def run_here(self) -> RunReport:
        """In this process: a run that nothing happens to needs none of its own."""
        project = load_project(self.folder / "headwater.yaml", overrides=())
        listed = [entry for group in GROUPS.values() for entry in entry_points(group=group)]
        killed = [EntryPoint(name, value, GROUP) for name, value in DESTINATIONS.items()]
        return Session(project, from_entry_points([*listed, *killed]), self.folder / ".headwater").run("p")

    def ends_right(self, second: Seen, *, allowed: set[Seen]) -> None:
        """Whatever has happened, the next run leaves the right rows, and nothing else was ever to be seen."""
        report = self.run_here()
        (load,) = report.loads
        assert (load.status, load.balanced) == ("succeeded", True), load.error
        assert self.watcher.now() == second
        assert self.watcher.saw <= allowed, f"seen in between: {self.watcher.saw - allowed}"


def ended(process: subprocess.Popen[str], timeout_s: float = 60) -> Run:
    out, err = process.communicate(timeout=timeout_s)
    lines = [line for line in out.splitlines() if line.startswith("{")]
    return Run(process.returncode, err, json.loads(lines[-1]) if lines else {})


MakeBed = Callable[..., Bed]


@pytest.fixture
def make_bed(tmp_path: Path, request: pytest.FixtureRequest) -> MakeBed:
    """`make_bed("duckdb", "merge")`; `at` puts the destination elsewhere, `killed` lets it die at a point."""
    made = tmp_path / "plugins" / "faults-1.0.dist-info"
    made.mkdir(parents=True)
    (made / "METADATA").write_text("Metadata-Version: 2.1\nName: faults\nVersion: 1.0\n")
    (made / "entry_points.txt").write_text(KILLED)

    def make(destination: str, write: str, *, at: Path | None = None, killed: bool = False, **config: Any) -> Bed:
        place = at or tmp_path
        look: Callable[[], Seen | None]
        match destination:
            case "postgres":
                database: PostgresDatabase = request.getfixturevalue("postgres")
                config = {**database.config, **config}
                look = PostgresReader(database)
                request.addfinalizer(look.close)
            case "files":
                config = {"url": str(place / "lake"), **config}
                look = lambda: look_at_files(place / "lake")  # noqa: E731
            case _:
                path = place / f"lake.{destination}"
                config = {"path": str(path), **config}
                looking = look_at_duckdb if destination == "duckdb" else look_at_sqlite
                look = lambda: looking(path)  # noqa: E731
        kind = f"killed_{destination}" if killed else destination
        source = {"type": "files", "config": {"url": "in"}}
        bed = Bed(
            tmp_path, source, {"type": kind, "config": config}, write, Watcher(look, beside=destination != "duckdb")
        )
        bed.project()
        return bed

    return make
