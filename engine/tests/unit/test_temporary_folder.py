"""Temporary folders of processes that live, that ended, and that were killed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from headwater.toolkit.temporary_folder import TemporaryFolder

HOLDER = """
import sys
from headwater.toolkit.temporary_folder import TemporaryFolder
folder = TemporaryFolder()
(folder.path / "spilled").write_text("rows")
print(folder.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


@contextmanager
def holder() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    command = [sys.executable, "-c", HOLDER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, Path(process.stdout.readline().strip())
        finally:
            process.kill()


def test_the_folder_of_a_killed_process_is_taken_away_by_the_next(place: Path) -> None:
    with holder() as (process, folder):
        process.kill()
        process.wait()
        assert (folder / "spilled").exists()
        mine = TemporaryFolder()
        assert list(place.iterdir()) == [mine.path]


def test_the_folder_of_a_process_that_lives_stays() -> None:
    with holder() as (_, folder):
        TemporaryFolder()
        assert (folder / "spilled").read_text() == "rows"


def test_a_process_that_ends_takes_its_folder_with_it() -> None:
    with holder() as (process, folder):
        process.communicate()
        assert process.returncode == 0
        assert not folder.exists()


def test_a_folder_of_that_name_that_was_made_by_something_else_stays(place: Path) -> None:
    other = place / "headwater-spill-of-mine"
    other.mkdir()
    TemporaryFolder()
    assert other.exists()


def test_many_that_begin_at_once_leave_each_other_s_folders_alone(place: Path) -> None:
    script = """
import sys
from headwater.toolkit.temporary_folder import TemporaryFolder
sys.stdin.read(1)
for _ in range(300):
    folder = TemporaryFolder()
    (folder.path / "spilled").write_text("rows")
    assert (folder.path / "spilled").read_text() == "rows"
    folder.close()
"""
    command = [sys.executable, "-c", script]
    together = [subprocess.Popen(command, stdin=subprocess.PIPE, text=True) for _ in range(4)]
    for one in together:
        assert one.stdin is not None
        one.stdin.write("go")
        one.stdin.close()
    assert [one.wait(60) for one in together] == [0, 0, 0, 0]
    assert list(place.iterdir()) == []


def test_close_may_be_called_twice() -> None:
    folder = TemporaryFolder()
    folder.close()
    folder.close()
    assert not folder.path.exists()
