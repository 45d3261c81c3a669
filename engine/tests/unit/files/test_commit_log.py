"""What stands in the log is what is visible; whatever happens to a writer, a reader sees a whole commit or none."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headwater.connectors.files.commit_log import Commit, CommitLog, LiveFile, TableState
from headwater.connectors.files.config import FilesConfig
from headwater.connectors.files.destination import FilesDestination
from headwater.connectors.files.folder import folder_name
from headwater.connectors.files.source import FilesSource
from headwater.sdk.destination import Committed, NativeSink, Write
from headwater.sdk.errors import ConfigError, DataError, TransientError
from headwater.testing.destination_case import LATER, STARTED, request_for
from headwater.testing.source_case import read_all, request
from headwater.toolkit.scan_sql import copy_sql
from headwater.toolkit.storage import LocalStorage

BOTH = pa.concat_tables([STARTED, LATER])


def destination(place: Path, **config: Any) -> FilesDestination:
    return FilesDestination(FilesConfig(url=str(place), **config))


def load(place: Path, rows: pa.Table, load_id: str, write: Write = Write.APPEND, **config: Any) -> Committed:
    opened = destination(place, **config).open(request_for(rows, write, load_id=load_id))
    return opened.commit([opened.write("a", rows.to_reader())], {"load": load_id})


def seen(place: Path, table: str = "orders") -> list[dict[str, Any]]:
    source = FilesSource(FilesConfig(url=str(place)))
    found = read_all(source, source.plan(request(source.describe(table))))
    source.close()
    return sorted(found.to_pylist(), key=str)


def rows(table: pa.Table) -> list[dict[str, Any]]:
    return sorted(table.to_pylist(), key=str)


def data_files(place: Path, table: str = "orders") -> list[str]:
    return sorted(path.name for path in (place / table).iterdir() if path.is_file())


def start_writer(place: Path, write: Write, load_id: str, stage: str = "") -> subprocess.Popen[bytes]:
    """Another process that loads LATER."""
    script = str(Path(__file__).with_name("writer.py"))
    return subprocess.Popen([sys.executable, script, str(place), write.value, load_id, stage])


@pytest.mark.parametrize("write", [Write.APPEND, Write.REPLACE])
@pytest.mark.parametrize("stage", ["staging", "publishing", "writing current.json", "deleting what was replaced"])
def test_a_writer_killed_at_any_stage_leaves_a_whole_table(tmp_path: Path, stage: str, write: Write) -> None:
    load(tmp_path, STARTED, "first")
    assert start_writer(tmp_path, write, "doomed", stage).wait(60) == -signal.SIGKILL
    done = rows(BOTH if write is Write.APPEND else LATER)
    committed = stage not in ("staging", "publishing")
    assert seen(tmp_path) == (done if committed else rows(STARTED))
    again = destination(tmp_path).open(request_for(LATER, write, load_id="doomed"))
    last = again.last_checkpoint()
    assert last is not None
    assert last.value == {"load": "doomed" if committed else "first"}
    assert again.commit([again.write("a", LATER.to_reader())], {"load": "doomed"}).replayed is committed
    assert seen(tmp_path) == done
    assert len(data_files(tmp_path)) == (2 if write is Write.APPEND else 1)
    assert not (tmp_path / "orders" / "_headwater" / "staging").exists()


def test_a_commit_that_another_writer_made_first_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    log = CommitLog(LocalStorage(), str(tmp_path / "t"))
    state = TableState("t", "parquet")
    file = LiveFile("hw-1.parquet", 1, 10)
    log.append(state, Commit("p", "s", "one", add=(file,), schema=STARTED.schema, result=Committed(1)))
    with pytest.raises(TransientError) as caught:
        log.append(state, Commit("p", "s", "two", add=(file,), schema=STARTED.schema, result=Committed(1)))
    assert caught.value.public_code == "files.commit_conflict"
    found = log.read()
    assert found is not None
    assert (found.number, list(found.loads)) == (1, ["one"])


def test_writers_that_take_turns_lose_nothing(tmp_path: Path) -> None:
    writers = [start_writer(tmp_path, Write.APPEND, f"load-{number}") for number in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert seen(tmp_path) == rows(pa.concat_tables([LATER] * 3))


def test_current_json_alone_says_what_the_table_is(tmp_path: Path) -> None:
    load(tmp_path, STARTED, "one")
    load(tmp_path, LATER, "two")
    current = json.loads((tmp_path / "orders" / "_headwater" / "current.json").read_text())
    assert (current["number"], current["rows"], current["format"]) == (2, 4, "parquet")
    assert current["schema"]["columns"] == [
        {"name": "id", "type": "int64"},
        {"name": "amount", "type": "int64"},
        {"name": "note", "type": "string"},
    ]
    assert sorted(file["path"] for file in current["files"]) == data_files(tmp_path)
    with duckdb.connect() as connection:
        listed = [str(tmp_path / "orders" / file["path"]) for file in current["files"]]
        assert len(connection.read_parquet(listed).fetchall()) == 4


def test_reading_does_not_depend_on_the_length_of_the_history(tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    log = CommitLog(LocalStorage(), str(tmp_path / "t"))
    state = TableState("t", "parquet")
    for number in range(130):
        state = log.append(state, Commit("p", "s", f"load-{number}", schema=STARTED.schema, result=Committed(0)))
    kept = list((tmp_path / "t" / "_headwater" / "log").iterdir())
    assert len(kept) == 100
    assert log.read() == state


def test_a_reader_finds_what_current_json_does_not_say_yet(tmp_path: Path) -> None:
    load(tmp_path, STARTED, "one")
    current = tmp_path / "orders" / "_headwater" / "current.json"
    before = current.read_bytes()
    load(tmp_path, LATER, "two")
    current.write_bytes(before)
    assert seen(tmp_path) == rows(BOTH)
    current.unlink()
    assert seen(tmp_path) == rows(BOTH)


@pytest.mark.parametrize("content", [b"", b'{"version": 1, "numb', b"[]", b'{"version": 99}'])
def test_a_damaged_log_is_an_error_and_not_an_empty_table(tmp_path: Path, content: bytes) -> None:
    load(tmp_path, STARTED, "one")
    (tmp_path / "orders" / "_headwater" / "current.json").write_bytes(content)
    with pytest.raises(DataError) as caught:
        destination(tmp_path).open(request_for(STARTED, Write.REPLACE, load_id="two"))
    assert caught.value.public_code == "files.damaged_log"


def test_orphans_are_swept_and_no_more_than_those(tmp_path: Path) -> None:
    load(tmp_path, STARTED, "one")
    folder = tmp_path / "orders"
    pq.write_table(STARTED, folder / "hw-orphan.parquet")
    (folder / "_headwater" / "staging" / "dead").mkdir(parents=True)
    (folder / "_headwater" / "staging" / "dead" / "hw-x.parquet").write_text("")
    (folder / "mine.txt").write_text("keep")
    assert seen(tmp_path) == rows(STARTED)
    load(tmp_path, LATER, "two")
    assert "hw-orphan.parquet" not in data_files(tmp_path)
    assert "mine.txt" in data_files(tmp_path)
    assert not (folder / "_headwater" / "staging").exists()


def test_replace_deletes_the_files_it_took_the_place_of(tmp_path: Path) -> None:
    load(tmp_path, STARTED, "one")
    (old,) = data_files(tmp_path)
    load(tmp_path, LATER, "two", Write.REPLACE)
    assert seen(tmp_path) == rows(LATER)
    assert old not in data_files(tmp_path)
    assert len(data_files(tmp_path)) == 1


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "orders").mkdir()
    (tmp_path / "orders" / "mine.parquet").write_text("precious")
    with pytest.raises(ConfigError, match=r"mine\.parquet") as caught:
        destination(tmp_path).open(request_for(STARTED, Write.REPLACE))
    assert caught.value.public_code == "files.foreign_files"
    assert [path.name for path in (tmp_path / "orders").iterdir()] == ["mine.parquet"]


@pytest.mark.parametrize("table", ["a/b", "..", ".hidden", "_x", "a\\b", "sp ace ", "a%2Fb", "nul\0", "日本/🦉"])
def test_no_table_name_leaves_its_folder(tmp_path: Path, table: str) -> None:
    name = folder_name(table)
    assert "/" not in name
    assert not name.startswith((".", "_"))
    opened = destination(tmp_path).open(replace(request_for(STARTED, Write.APPEND), table=table))
    opened.commit([opened.write("a", STARTED.to_reader())], None)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert seen(tmp_path, table) == rows(STARTED)


def test_names_of_tables_do_not_meet_in_one_folder() -> None:
    names = ["a/b", "a%2Fb", "a%b", "a_b", "A/b"]
    assert len({folder_name(name) for name in names}) == len(names)


def test_small_batches_become_large_row_groups(tmp_path: Path) -> None:
    table = pa.table({"id": range(300_000)})
    opened = destination(tmp_path).open(request_for(table, Write.APPEND))
    opened.commit([opened.write("a", table.to_reader(max_chunksize=1_000))], None)
    (file,) = data_files(tmp_path)
    footer = pq.read_metadata(tmp_path / "orders" / file)
    assert footer.num_row_groups == 3
    assert footer.row_group(0).num_rows >= 100_000
    assert footer.row_group(0).column(0).compression == "ZSTD"


@pytest.mark.parametrize("format", ["parquet", "csv", "json"])
def test_files_are_cut_at_their_size(tmp_path: Path, format: str) -> None:
    table = pa.table({"id": range(400_000), "text": ["x" * 10] * 400_000})
    opened = destination(tmp_path, format=format, max_file_mb=1).open(request_for(table, Write.APPEND))
    receipt = opened.write("a", table.to_reader(max_chunksize=10_000))
    opened.commit([receipt], None)
    assert receipt.rows == 400_000
    assert len(data_files(tmp_path)) > 3
    assert len(seen(tmp_path)) == 400_000


@pytest.mark.parametrize(
    ("format", "compression"), [("csv", "gzip"), ("csv", "zstd"), ("json", "gzip"), ("json", "zstd")]
)
def test_text_is_compressed_when_asked(tmp_path: Path, format: str, compression: str) -> None:
    load(tmp_path, STARTED, "one", format=format, compression=compression)
    (name,) = data_files(tmp_path)
    assert name.endswith({"gzip": ".gz", "zstd": ".zst"}[compression])
    assert seen(tmp_path) == rows(STARTED)


def test_the_engine_may_write_the_file_itself(tmp_path: Path) -> None:
    opened = destination(tmp_path).open(request_for(STARTED, Write.APPEND))
    assert isinstance(opened, NativeSink)
    target = opened.target("0")
    with duckdb.connect() as connection:
        connection.register("rows", STARTED)
        connection.execute(copy_sql("SELECT * FROM rows", target))
    receipt = opened.written("0", target, 2)
    assert receipt.rows == 2
    opened.commit([receipt], None)
    assert seen(tmp_path) == rows(STARTED)


def test_the_engine_may_not_write_what_must_be_changed_first(tmp_path: Path) -> None:
    narrow = pa.table({"id": pa.array([1], pa.int32())})
    load(tmp_path, pa.table({"id": [1]}), "one")
    opened = destination(tmp_path).open(request_for(narrow, Write.APPEND, load_id="two"))
    assert not isinstance(opened, NativeSink)
    opened.abort()
    for format in ("csv", "json"):
        other = destination(tmp_path / format, format=format).open(request_for(narrow, Write.APPEND))
        assert not isinstance(other, NativeSink)
        other.abort()


def test_a_table_keeps_its_format(tmp_path: Path) -> None:
    load(tmp_path, STARTED, "one", format="csv")
    with pytest.raises(ConfigError, match="kept as csv") as caught:
        destination(tmp_path).open(request_for(STARTED, Write.APPEND, load_id="two"))
    assert caught.value.public_code == "files.other_format"
    load(tmp_path, LATER, "three", Write.REPLACE)
    assert seen(tmp_path) == rows(LATER)


def test_a_full_disk_leaves_nothing_visible(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(tmp_path, STARTED, "one")
    opened = destination(tmp_path).open(request_for(LATER, Write.APPEND, load_id="two"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TransientError) as caught:
        opened.write("a", LATER.to_reader())
    monkeypatch.undo()
    assert caught.value.public_code == "files.disk_full"
    opened.abort()
    assert seen(tmp_path) == rows(STARTED)
    assert len(data_files(tmp_path)) == 1


def test_columns_that_only_case_tells_apart_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="only in case"):
        destination(tmp_path).open(request_for(pa.table({"id": [1], "ID": [2]}), Write.APPEND))
    assert list(tmp_path.iterdir()) == []


def test_a_table_of_many_loads_with_grown_columns_reads_as_one(tmp_path: Path) -> None:
    for format in ("parquet", "csv", "json"):
        place = tmp_path / format
        load(place, pa.table({"id": pa.array([1], pa.int32())}), "one", format=format)
        load(place, pa.table({"id": pa.array([2**40]), "note": ["x"]}), "two", format=format)
        assert seen(place) == [{"id": 1, "note": None}, {"id": 2**40, "note": "x"}]
