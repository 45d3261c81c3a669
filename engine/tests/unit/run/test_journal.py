"""The note of a run on disk, and its lock."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from headwater.run.journal import Entry, Journal, pipeline_lock
from headwater.run.naming import file_name
from headwater.sdk.errors import Busy, ConfigError

DIE = """
import os, signal, sys
from pathlib import Path
from headwater.run.journal import Journal
with Journal(Path(sys.argv[1]), "p") as journal:
    print(journal.entry.run_id, journal.entry.resumed, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def note(home: Path) -> dict[str, object]:
    return json.loads((home / "runs" / "p.json").read_text())


def test_a_run_is_noted_while_it_lives_and_when_it_ended(tmp_path: Path) -> None:
    with Journal(tmp_path, "p") as journal:
        assert note(tmp_path) == {"run_id": journal.entry.run_id, "resumed": 0, "running": True}
    assert note(tmp_path) == {"run_id": journal.entry.run_id, "resumed": 0, "running": False}


def test_the_id_of_a_killed_run_is_taken_over_and_counted(tmp_path: Path) -> None:
    told = [
        subprocess.run(
            [sys.executable, "-c", DIE, str(tmp_path)], capture_output=True, text=True, check=False
        ).stdout.split()
        for _ in range(2)
    ]
    run_id = told[0][0]
    assert told == [[run_id, "0"], [run_id, "1"]]
    with Journal(tmp_path, "p") as journal:
        assert (journal.entry.run_id, journal.entry.resumed) == (run_id, 2)
    with Journal(tmp_path, "p") as journal:
        assert (journal.entry.run_id != run_id, journal.entry.resumed) == (True, 0)


def test_a_run_that_leaves_its_note_open_is_taken_over(tmp_path: Path) -> None:
    with Journal(tmp_path, "p") as first:
        first.leave_open()
    with Journal(tmp_path, "p") as second:
        assert second.entry.run_id == first.entry.run_id


def test_an_id_that_someone_else_has_noted_is_taken_as_it_is_and_not_noted_again(tmp_path: Path) -> None:
    with Journal(tmp_path, "p") as died:
        died.leave_open()
    with Journal(tmp_path, "p", Entry("given", resumed=2)) as journal:
        assert (journal.entry.run_id, journal.entry.resumed) == ("given", 2)
        with pytest.raises(Busy), pipeline_lock(tmp_path, "p"):
            pass
    with Journal(tmp_path, "p") as later:
        assert later.entry.run_id == died.entry.run_id


def test_only_one_run_of_a_pipeline_lives_at_a_time(tmp_path: Path) -> None:
    with Journal(tmp_path, "p") as journal:
        with pytest.raises(Busy, match=journal.entry.run_id), pipeline_lock(tmp_path, "p"):
            pass
        with Journal(tmp_path, "q"):
            pass
    with pipeline_lock(tmp_path, "p"):
        pass


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"run_id": "x"}', "null", '"x"'])
def test_a_note_that_was_cut_short_is_no_run_to_go_on_with(tmp_path: Path, text: str) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "p.json").write_text(text)
    with Journal(tmp_path, "p") as journal:
        assert journal.entry.resumed == 0


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file where a folder should be")
    with pytest.raises(ConfigError) as caught, Journal(tmp_path, "p"):
        pass
    assert (caught.value.public_code, str(tmp_path) in caught.value.message) == ("config.home_not_writable", True)


def test_a_lock_is_let_go_when_the_note_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "runs" / "p.new").mkdir(parents=True)
    with pytest.raises(ConfigError), Journal(tmp_path, "p"):
        pass
    with pipeline_lock(tmp_path, "p"):
        pass


@pytest.mark.parametrize("name", ["a", "a.b", "..", ".", "...", "a/b", "ж" * 200, "x" * 500, "", "a\0b", "~"])
def test_a_name_makes_one_short_part_of_a_path(tmp_path: Path, name: str) -> None:
    made = file_name(name)
    (tmp_path / made).mkdir()
    assert [path.name for path in tmp_path.iterdir()] == [made]
    assert len(made) <= 150


def test_names_that_differ_have_places_that_differ() -> None:
    names = ["a", "A", ".", "..", "...", "x" * 200, "x" * 201, "a/b", "a%2Fb", ""]
    assert len({file_name(name) for name in names}) == len(names)
