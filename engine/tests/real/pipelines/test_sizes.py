"""What went to a destination is told in bytes where its way there is counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from real.conftest import PostgresDatabase
from real.pipelines.project import ProjectFolder

ROWS = "".join(f"{number},name {number}\n" for number in range(100))


@pytest.fixture
def project(tmp_path: Path) -> ProjectFolder:
    made = ProjectFolder(tmp_path)
    made.write("in/t.csv", f"id,name\n{ROWS}")
    return made


def test_files_are_told_by_their_size_in_report_and_event(project: ProjectFolder) -> None:
    project.pipeline({"type": "files", "config": {"url": "in"}}, {"type": "files", "config": {"url": "out"}})
    answer = project.call("run", "p", "--json")
    (written,) = (project.path / "out" / "t").glob("*.parquet")
    events = [json.loads(line) for line in answer.stderr.splitlines() if line.startswith("{")]
    (finished,) = (event for event in events if event["event"] == "LoadFinished")
    assert answer.load["size_bytes"] == written.stat().st_size
    assert finished["size_bytes"] == written.stat().st_size


def test_a_copy_is_told_by_the_bytes_that_the_server_took(project: ProjectFolder, postgres: PostgresDatabase) -> None:
    columns = {"id": "int64", "name": "string"}
    project.pipeline(
        {"type": "files", "config": {"url": "in", "columns": columns}},
        {"type": "postgres", "config": postgres.config},
    )
    answer = project.run()
    # COPY BINARY: a count of fields, for each field its length, eight bytes for the number; then what frames the whole.
    rows = sum(2 + 4 + 8 + 4 + len(f"name {number}") for number in range(100))
    assert 0 <= answer.load["size_bytes"] - rows - (19 + 2) <= 19 + 2


def test_what_nothing_counts_is_null(project: ProjectFolder) -> None:
    project.pipeline({"type": "files", "config": {"url": "in"}}, {"type": "duckdb", "config": {"path": "out.duckdb"}})
    assert project.run().load["size_bytes"] is None
