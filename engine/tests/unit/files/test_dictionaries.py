"""Parquet dictionaries go to columns whose values come again, and to no others."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headwater.connectors.files.dictionaries import SAMPLE_ROWS, repeating_columns

N = SAMPLE_ROWS


def test_values_that_come_again_get_a_dictionary_and_unique_ones_none() -> None:
    rows = pa.table(
        {
            "id": pa.array(range(N), pa.int64()),
            "state": [("new", "paid")[n % 2] for n in range(N)],
            "email": [f"user {n}" for n in range(N)],
            "share": [n % 100 / 100 for n in range(N)],
            "nothing": pa.nulls(N, pa.string()),
        }
    )
    assert repeating_columns(rows) == ["state", "share", "nothing"]


def test_the_first_rows_decide() -> None:
    rows = pa.table({"a": [*range(N), *([0] * N)], "b": [*([0] * N), *range(N)]})
    assert repeating_columns(rows) == ["b"]


def test_a_single_row_is_no_reason_for_a_dictionary() -> None:
    assert repeating_columns(pa.table({"a": ["x"]})) == []


@pytest.mark.parametrize(
    ("values", "paths"),
    [
        (pa.array([["x"]], pa.list_(pa.string())), ["n.list.element"]),
        (pa.array([{"a": 1, "b": "x"}]), ["n.a", "n.b"]),
        (pa.array([[{"a": [1]}]]), ["n.list.element.a.list.element"]),
        (pa.array([pa.MonthDayNano([1, 2, 3])], pa.month_day_nano_interval()), ["n"]),
    ],
    ids=["list", "struct", "both", "interval"],
)
def test_what_is_not_counted_may_have_one(values: pa.Array, paths: list[str]) -> None:
    assert repeating_columns(pa.table({"n": values})) == paths


def test_the_paths_are_those_that_parquet_writes(tmp_path: Path) -> None:
    rows = pa.table({"s": pa.array([{"a": [1, 1]}] * 10), "l": [["x"]] * 10, "u": list(range(10)), "d.o.t": ["x"] * 10})
    chosen = repeating_columns(rows)
    pq.write_table(rows, tmp_path / "f.parquet", use_dictionary=chosen)
    group = pq.read_metadata(tmp_path / "f.parquet").row_group(0)
    columns = {group.column(at).path_in_schema: group.column(at) for at in range(group.num_columns)}
    assert {path for path, column in columns.items() if column.has_dictionary_page} == set(chosen)
    assert columns.keys() - set(chosen) == {"u"}
