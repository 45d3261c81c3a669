"""Parquet files, alone and many as one table."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from unit.files.conftest import Folder

from headwater.sdk.errors import DataError
from headwater.sdk.stream import CursorRange, ReadRequest


def save(folder: Folder, name: str, **columns: pa.Array | list[object]) -> None:
    (folder.path / name).parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), folder.path / name)


@pytest.mark.parametrize("keep", [0, 3, 100])
def test_a_file_that_is_cut_off_is_named(folder: Folder, keep: int) -> None:
    save(folder, "t.parquet", a=list(range(1_000)))
    path = folder.path / "t.parquet"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DataError, match=r"t\.parquet is no whole Parquet file") as caught:
        folder.source().describe("t")
    assert caught.value.public_code == "files.damaged_parquet"


def test_a_file_that_is_damaged_inside_is_an_error(folder: Folder) -> None:
    save(folder, "t.parquet", a=[f"text {number}" for number in range(50_000)])
    path = folder.path / "t.parquet"
    content = bytearray(path.read_bytes())
    content[100:20_000] = b"\xff" * 19_900
    path.write_bytes(bytes(content))
    with pytest.raises(DataError, match=r"t\.parquet"):
        folder.read("t")


def test_a_broken_file_does_not_hide_the_others(folder: Folder) -> None:
    save(folder, "good.parquet", a=[1])
    folder.write("bad.parquet", "no parquet")
    assert folder.names() == ["bad", "good"]


def test_columns_of_all_files_are_read(folder: Folder) -> None:
    save(folder, "t/1.parquet", id=[1], old=["x"])
    save(folder, "t/2.parquet", new=[2.5], id=[2])
    assert sorted(folder.read("t").to_pylist(), key=lambda row: row["id"]) == [
        {"id": 1, "old": "x", "new": None},
        {"id": 2, "old": None, "new": 2.5},
    ]


def test_types_are_widened_to_hold_all_files(folder: Folder) -> None:
    save(folder, "t/1.parquet", a=pa.array([1], pa.int32()), b=pa.array([1], pa.int64()), c=pa.array([1], pa.int8()))
    save(folder, "t/2.parquet", a=pa.array([2**40], pa.int64()), b=pa.array([0.5]), c=pa.array(["x"]))
    assert folder.types("t") == {"a": "int64", "b": "double", "c": "string"}
    rows = sorted(folder.read("t").to_pylist(), key=lambda row: row["a"])
    assert rows == [{"a": 1, "b": 1.0, "c": "1"}, {"a": 2**40, "b": 0.5, "c": "x"}]


def test_files_that_cannot_be_one_table_are_both_named(folder: Folder) -> None:
    save(folder, "t/1.parquet", a=[{"x": 1}])
    save(folder, "t/2.parquet", a=[1])
    with pytest.raises(DataError, match=r"t/1\.parquet and int64 in .*t/2\.parquet") as caught:
        folder.source().describe("t")
    assert caught.value.public_code == "files.schemas_differ"


def test_columns_that_differ_only_in_case_are_an_error(folder: Folder) -> None:
    save(folder, "t.parquet", id=[1], ID=[2])
    with pytest.raises(DataError, match="only in case"):
        folder.source().describe("t")


def test_other_spellings_of_types_become_the_usual(folder: Folder) -> None:
    at = dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    save(
        folder,
        "t.parquet",
        ns=pa.array([at], pa.timestamp("ns", "Europe/Berlin")),
        ms=pa.array([at], pa.timestamp("ms", "UTC")),
        words=pa.array(["x"]).dictionary_encode(),
        large=pa.array(["x"], pa.large_string()),
        pairs=pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int32())),
        fixed=pa.array([b"ab"], pa.binary(2)),
    )
    assert folder.types("t") == {
        "ns": "timestamp[us, tz=UTC]",
        "ms": "timestamp[us, tz=UTC]",
        "words": "string",
        "large": "string",
        "pairs": "list<element: struct<key: string, value: int32>>".replace("element", "item"),
        "fixed": "binary",
    }
    (row,) = folder.read("t").to_pylist()
    assert (row["ns"], row["pairs"], row["fixed"]) == (at, [{"key": "k", "value": 1}], b"ab")


def test_the_number_of_rows_is_known(folder: Folder) -> None:
    save(folder, "t/1.parquet", a=list(range(10)))
    save(folder, "t/2.parquet", a=list(range(5)))
    assert folder.source().describe("t").row_estimate == 15


def test_the_highest_cursor_value_is_known_before_the_read(folder: Folder) -> None:
    save(folder, "t/1.parquet", id=[1, 5, None])
    save(folder, "t/2.parquet", id=[9, 3, None])
    source = folder.source()
    stream = source.describe("t")
    everything = source.plan(ReadRequest(stream, ("id",), cursor=CursorRange("id", pa.scalar(2, pa.int64()))))
    assert everything.upper == pa.scalar(9, pa.int64())
    none = source.plan(ReadRequest(stream, ("id",), cursor=CursorRange("id", pa.scalar(10, pa.int64()))))
    assert none.upper is None
    assert stream.cursor_candidates == ("id",)


def test_zero_rows_are_a_table(folder: Folder) -> None:
    save(folder, "t.parquet", id=pa.array([], pa.int64()))
    assert folder.read("t").schema == pa.schema([("id", pa.int64())])
