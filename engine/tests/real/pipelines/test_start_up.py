"""What ten rows cost is mostly what is imported for them: here is what must not be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from real.conftest import PostgresDatabase
from real.pipelines.project import ProjectFolder

HEAVY = [
    "numpy",
    "pandas",
    "pyarrow.compute",
    "pyarrow.dataset",
    "pyarrow.fs",
    "pyarrow.parquet",
    "rich",
    "sqlglot",
    "cryptography",
    "headwater.testing",
    "headwater.run.preview",
    "headwater.run.explain",
]
PROGRAM = f"""
import gc, sys
sys.argv = ["headwater", "run", "p"]
from headwater.cli.main import GARBAGE_IS_SOUGHT_AFTER, program
try:
    program()
except SystemExit as end:
    print("EXIT", end.code, "HEAVY", [name for name in {HEAVY!r} if name in sys.modules])
    print("GC", gc.get_threshold()[0] == GARBAGE_IS_SOUGHT_AFTER)
"""


def imported(project: ProjectFolder) -> str:
    command = [sys.executable, "-c", PROGRAM]
    return subprocess.run(command, cwd=project.path, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.fixture
def project(tmp_path: Path) -> ProjectFolder:
    made = ProjectFolder(tmp_path)
    made.write("in/t.csv", "id,name,at\n" + "".join(f"{n},name {n},2026-01-0{n % 9 + 1}\n" for n in range(10)))
    return made


def test_ten_rows_into_duckdb_import_nothing_that_they_do_not_need(project: ProjectFolder) -> None:
    project.pipeline({"type": "files", "config": {"url": "in"}}, {"type": "duckdb", "config": {"path": "out.duckdb"}})
    said = imported(project)
    assert "EXIT 0 HEAVY []" in said
    assert "GC True" in said


def test_ten_rows_into_postgres_import_nothing_that_they_do_not_need(
    project: ProjectFolder, postgres: PostgresDatabase
) -> None:
    project.pipeline({"type": "files", "config": {"url": "in"}}, {"type": "postgres", "config": postgres.config})
    assert "EXIT 0 HEAVY []" in imported(project)
    assert postgres.execute("SELECT count(*) FROM t") == [(10,)]
