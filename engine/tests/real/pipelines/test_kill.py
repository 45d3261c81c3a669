"""kill -9 while rows move, and just after they were committed; then the same command again: exactly the right rows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from real.conftest import PostgresDatabase
from real.pipelines.project import ProjectFolder

ROWS = 60_000
STRATEGIES = ("replace", "append", "merge", "scd2")


def killed(project: ProjectFolder, event: str) -> None:
    """Start the pipeline and kill it as soon as it reports this event."""
    command = [sys.executable, "-m", "headwater.cli.main", "run", "p"]
    with subprocess.Popen(
        command, cwd=project.path, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as run:
        assert run.stderr is not None
        for line in run.stderr:
            if f'"event": "{event}"' in line:
                run.kill()
                break
        else:
            pytest.fail(f"the run ended without {event}")


@pytest.fixture
def project(tmp_path: Path) -> ProjectFolder:
    made = ProjectFolder(tmp_path)
    made.write("in/t.csv", "id,name\n" + "".join(f"{number},name {number}\n" for number in range(ROWS)))
    return made


def target(postgres: PostgresDatabase, write: str) -> dict[str, Any]:
    return {"type": "postgres", "config": postgres.config, "write": write, "key": ["id"]}


@pytest.mark.parametrize("write", STRATEGIES)
@pytest.mark.parametrize("event", ["StreamStarted", "LoadFinished"])
def test_a_killed_run_and_one_more_leave_every_row_once(
    project: ProjectFolder, postgres: PostgresDatabase, write: str, event: str
) -> None:
    project.pipeline({"type": "files", "config": {"url": "in"}}, target(postgres, write))
    killed(project, event)
    assert project.run().code == 0
    assert postgres.execute("SELECT count(*), count(DISTINCT id), sum(id) FROM t") == [
        (ROWS, ROWS, ROWS * (ROWS - 1) // 2)
    ]
    staged = "SELECT count(*) FROM pg_class WHERE relname LIKE '\\_hw\\_stage\\_%' AND relkind = 'r'"
    assert postgres.execute(staged) == [(0,)]


@pytest.mark.parametrize("write", ["append", "merge"])
def test_an_incremental_run_that_is_killed_after_its_commit_goes_on_from_there(
    project: ProjectFolder, postgres: PostgresDatabase, write: str
) -> None:
    source = {
        "type": "files",
        "config": {"url": "in"},
        "streams": [{"name": "t", "mode": "incremental", "cursor": "id"}],
    }
    project.pipeline(source, target(postgres, write))
    killed(project, "LoadFinished")
    with (project.path / "in/t.csv").open("a") as file:
        file.write(f"{ROWS - 1},twin\n" if write == "append" else "")
        file.write(f"{ROWS},late\n")
    answer = project.run()
    assert answer.code == 0
    expected = [(ROWS + 2,)] if write == "append" else [(ROWS + 1,)]
    assert postgres.execute("SELECT count(*) FROM t") == expected


def test_a_second_run_at_once_is_refused(project: ProjectFolder, postgres: PostgresDatabase) -> None:
    project.pipeline({"type": "files", "config": {"url": "in"}}, target(postgres, "replace"))
    command = [sys.executable, "-m", "headwater.cli.main", "run", "p"]
    with subprocess.Popen(
        command, cwd=project.path, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as run:
        assert run.stderr is not None
        assert '"RunStarted"' in run.stderr.readline()
        run.send_signal(19)
        try:
            answer = project.run()
        finally:
            run.send_signal(18)
        run.stderr.read()
        assert run.wait() == 0
    assert answer.code == 2
    assert answer.error["code"] == "run.busy"
