"""What is a stream, what is refused, and what happens when files change under a read."""

from __future__ import annotations

import os
from collections.abc import Callable

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from unit.files.conftest import Folder

from headwater.connectors.files.config import FilesConfig
from headwater.connectors.files.source import FilesSource
from headwater.sdk.errors import ConfigError, SchemaChanged
from headwater.sdk.source import FileScan
from headwater.sdk.stream import CursorRange, ReadRequest
from headwater.toolkit.scan_sql import scan_sql, session_settings

ROW = "id\n1\n"


def test_every_file_of_a_folder_is_a_stream_and_so_is_a_folder_of_one_format(folder: Folder) -> None:
    for name in ("flights.csv", "airports.csv.gz", "sales/2024.csv", "sales/2025.csv", "deep/er/a.jsonl"):
        folder.write(name, ROW)
    for name in ("mixed/a.csv", "mixed/b.jsonl", ".hidden.csv", "_SUCCESS", "notes.txt", "_tmp/x.csv", "README"):
        folder.write(name, ROW)
    assert folder.names() == ["airports", "deep/er", "flights", "mixed/a", "mixed/b", "sales"]


def test_a_file_is_one_stream(folder: Folder) -> None:
    folder.write("flights.2024.csv", ROW)
    assert folder.names("flights.2024.csv") == ["flights.2024"]


def test_a_glob_is_one_stream_named_by_its_folder(folder: Folder) -> None:
    folder.write("in/orders/a-1.csv", "id\n1\n")
    folder.write("in/orders/a-2.csv", "id,note\n2,x\n")
    folder.write("in/orders/b-1.csv", "id\n3\n")
    assert folder.names("in/orders/a-*.csv") == ["orders"]
    assert folder.read("orders", "in/orders/a-*.csv").to_pylist() == [{"id": 1, "note": None}, {"id": 2, "note": "x"}]
    assert folder.names("in/**/*.csv") == ["in"]


def test_a_file_whose_name_is_a_pattern_is_that_file(folder: Folder) -> None:
    folder.write("a[1].csv", "id\n7\n")
    folder.write("a1.csv", "id\n8\n")
    assert folder.read("a[1]", "a[1].csv").to_pydict() == {"id": [7]}


def test_a_file_url_is_a_path(folder: Folder) -> None:
    path = folder.write("t.csv", ROW)
    assert [s.name for s in FilesSource(FilesConfig(url=f"file://{path}")).discover().streams] == ["t"]


def test_two_files_of_one_stem_keep_their_extension(folder: Folder) -> None:
    folder.write("t.csv", ROW)
    folder.write("t.jsonl", '{"a": 1}')
    folder.write("u.csv", ROW)
    folder.write("u/a.csv", ROW)
    assert folder.names() == ["t.csv", "t.jsonl", "u", "u.csv"]


def test_a_format_that_is_declared_selects_and_forces(folder: Folder) -> None:
    folder.write("t.csv", ROW)
    folder.write("u.jsonl", '{"a": 1}')
    folder.write("data.txt", ROW)
    assert folder.names(format="csv") == ["t"]
    assert folder.read("data", "data.txt", format="csv").to_pydict() == {"id": [1]}
    with pytest.raises(ConfigError, match="does not say its format"):
        folder.names("data.txt")


@pytest.mark.parametrize(
    ("url", "code"),
    [("s3://bucket/x", "files.unknown_scheme"), ("nowhere", "files.not_found"), ("no-*.csv", "files.not_found")],
)
def test_a_place_that_is_not_there_is_an_error(folder: Folder, url: str, code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        FilesSource(FilesConfig(url=url if "://" in url else str(folder.path / url))).check()
    assert caught.value.public_code == code
    assert caught.value.hint


def test_an_empty_folder_fails_the_check(folder: Folder) -> None:
    with pytest.raises(ConfigError, match="no data file"):
        folder.source().check()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_fails_the_check(folder: Folder) -> None:
    folder.write("t.csv", ROW).chmod(0)
    with pytest.raises(ConfigError, match="permission denied"):
        folder.source().check()


def test_columns_of_all_files_are_read_in_text_too(folder: Folder) -> None:
    folder.write("t/1.csv", "id,old\n1,x\n")
    folder.write("t/2.csv", "new;ID\n2.5;2\n")
    folder.write("t/3.csv", "id,new\n3,text\n")
    assert folder.types("t") == {"id": "int64", "old": "string", "new": "string"}
    assert sorted(folder.read("t", parallelism=2).to_pylist(), key=lambda row: row["id"]) == [
        {"id": 1, "old": "x", "new": None},
        {"id": 2, "old": None, "new": "2.5"},
        {"id": 3, "old": None, "new": "text"},
    ]


def test_keys_of_all_json_files_are_read(folder: Folder) -> None:
    folder.write("t/1.jsonl", '{"id": 1}\n')
    folder.write("t/2.jsonl", '{"id": 2.5, "new": true}\n')
    assert folder.read("t").to_pylist() == [{"id": 1.0, "new": None}, {"id": 2.5, "new": True}]


def test_a_thousand_files_are_one_stream(folder: Folder) -> None:
    for number in range(1_000):
        folder.write(f"t/{number}.csv", f"id,name\n{number},x\n")
    assert folder.read("t", parallelism=4).num_rows == 1_000


@pytest.mark.parametrize("change", ["delete", "grow", "rewrite"])
def test_a_file_that_changes_after_the_plan_is_an_error(folder: Folder, change: str) -> None:
    path = folder.write("t.csv", "id\n1\n2\n")
    source = folder.source()
    partitions = source.plan(ReadRequest(source.describe("t"), ("id",)))
    if change == "delete":
        path.unlink()
    else:
        path.write_text("id\n1\n2\n3\n" if change == "grow" else "id\n8\n9\n")
        os.utime(path, ns=(1, 1))
    with pytest.raises(SchemaChanged, match=r"t\.csv (is gone|was changed)") as caught:
        source.read(partitions.items[0]).read_all()
    assert caught.value.public_code == "files.changed"


def test_a_native_scan_gives_the_rows_of_read(folder: Folder, small_native: Callable[[], None]) -> None:
    folder.write("c/1.csv", "id,at,x\n1,2024-01-02 03:04:05,1.5\n2,,\n")
    folder.write("c/2.csv", "at,id\n2024-01-03T00:00:00,3\n")
    folder.write("j.jsonl", '{"id": 1, "o": {"a": 1}, "f": 2}\n{"id": 2, "d": "2024-01-02"}\n')
    pq.write_table(pa.table({"id": pa.array([1, 2], pa.int16())}), folder.path / "p.parquet")
    small_native()
    for stream in ("c", "j", "p"):
        source = folder.source()
        described = source.describe(stream)
        cursor = CursorRange("id", pa.scalar(2, described.schema.field("id").type))
        for wanted in (None, cursor):
            columns = tuple(name for name in reversed(described.schema.names) if name != "id" or stream == "p")
            partitions = source.plan(ReadRequest(described, columns, cursor=wanted, parallelism=2))
            scan = source.native_scan(partitions.items)
            assert isinstance(scan, FileScan)
            with duckdb.connect() as connection:
                for statement in session_settings():
                    connection.execute(statement)
                names = ", ".join(f'"{name}"' for name in columns)
                native = connection.sql(f"SELECT {names} FROM {scan_sql(scan)}").to_arrow_table()
            read = pa.concat_tables([source.read(item).read_all() for item in partitions.items])
            assert sorted(map(str, native.to_pylist())) == sorted(map(str, read.to_pylist()))
            assert read.num_rows == {("c", True): 3, ("c", False): 2}.get((stream, wanted is None), read.num_rows)


def test_what_must_be_decoded_or_watched_has_no_native_scan(folder: Folder, small_native: Callable[[], None]) -> None:
    folder.write("a.csv", "id\n1\n".encode("utf-16"))
    folder.write("b.csv", "id\r\n1\n2\r\n")
    folder.write("c.csv", "id\n1\n")
    small_native()
    for stream in ("a", "b"):
        source = folder.source()
        assert source.native_scan(source.plan(ReadRequest(source.describe(stream), ("id",))).items) is None
    strict = folder.source(on_malformed="fail")
    assert strict.native_scan(strict.plan(ReadRequest(strict.describe("c"), ("id",))).items) is None


def test_a_preview_reads_only_the_beginning(folder: Folder) -> None:
    folder.write("t.csv", "id\n" + "1\n" * 300_000)
    source = folder.source()
    assert source.preview(source.describe("t"), 5).num_rows == 5
