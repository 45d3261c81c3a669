"""`shop`: a project between two systems on disk, for commands in this process and in others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from unit.cli.disk import Disk, DiskConfig

from headwater.testing.memory import MemorySystem

PLUGINS = """\
[headwater.sources]
disk = unit.cli.disk:DiskSource

[headwater.destinations]
disk = unit.cli.disk:DiskDestination

[headwater.processors]
rules = unit.run.steps:Rules
"""
TESTS = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Shop:
    folder: Path

    @property
    def project(self) -> Path:
        return self.folder / "headwater.yaml"

    def write(self, stream: str, *, source: str = "", target: str = "", steps: str = "", more: str = "") -> None:
        self.project.write_text(f"""\
version: 1
connectors:
  shop: {{type: disk, config: {{path: shop.db{source}}}}}
  lake: {{type: disk, config: {{path: lake.db{target}}}}}
pipelines:
  p:
    sources: [{{connector: shop, streams: [{stream}]}}]
    processors: [{steps}]
    destinations: [{{connector: lake}}]
    retries: {{attempts: 1}}
{more}
""")

    def fill(self, *rows: tuple[int, int], key: tuple[str, ...] = ("id",)) -> None:
        ids, at = zip(*rows, strict=True)
        disk = Disk(DiskConfig(path=str(self.folder / "shop.db")))
        disk.system.add(
            "orders", pa.table({"id": pa.array(ids, pa.int64()), "at": pa.array(at, pa.int64())}), primary_key=key
        )
        disk.save()

    def rows(self) -> list[tuple[int, int]]:
        """What is committed, as another process finds it."""
        MemorySystem.forget(str(self.folder / "lake.db"))
        table = Disk(DiskConfig(path=str(self.folder / "lake.db"))).system.table("orders")
        return sorted((row["id"], row["at"]) for row in table.to_pylist() if row.get("_hw_valid_to") is None)

    @property
    def is_clean(self) -> bool:
        return not (self.folder / "lake.db.staging").exists()

    def start(self, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "headwater.cli.main", *command],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(self.folder / "plugins"), str(TESTS), *_given()])},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def call(self, *command: str) -> Answer:
        process = self.start(*command)
        out, err = process.communicate(timeout=60)
        return Answer(process.returncode, out, err)


@dataclass(frozen=True, slots=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def _given() -> list[str]:
    return [given for given in [os.environ.get("PYTHONPATH")] if given]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    made = tmp_path / "plugins" / "tests_of_headwater-1.0.dist-info"
    made.mkdir(parents=True)
    (made / "METADATA").write_text("Metadata-Version: 2.1\nName: tests-of-headwater\nVersion: 1.0\n")
    (made / "entry_points.txt").write_text(PLUGINS)
    monkeypatch.syspath_prepend(str(tmp_path / "plugins"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HEADWATER_HOME", raising=False)
    return Shop(tmp_path)
