"""Incremental reads: what the next run reads, and that no row is lost or delivered twice."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from unit.run.bench import Bench, orders

from headwater.sdk.stream import Json
from headwater.testing.memory import MemoryConfig, MemoryDestination

APPEND = "{name: orders, mode: incremental, cursor: at, write: append}"
MERGE = "{name: orders, mode: incremental, cursor: at, write: merge, key: id}"


def ids(bench: Bench) -> list[int]:
    return [row[0] for row in bench.rows("orders", "id")]


def test_the_next_run_reads_from_the_checkpoint_on(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, 10, 1), (2, 20, 2)), primary_key=("id",))
    bench.load(APPEND)
    bench.shop.add("orders", orders((1, 10, 1), (2, 20, 2), (3, 30, 3)), primary_key=("id",))
    report = bench.load(APPEND)
    assert (report.rows.read, report.rows.deduplicated, report.rows.written) == (2, 1, 1)
    assert report.balanced
    assert ids(bench) == [1, 2, 3]


def test_a_run_without_new_rows_stays_where_it_was(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, 10, 1)), primary_key=("id",))
    first = bench.load(APPEND).checkpoint
    bench.shop.add("orders", orders(), primary_key=("id",))
    assert bench.load(APPEND).checkpoint == first
    assert ids(bench) == [1]


@pytest.mark.parametrize("key", [("id",), ()])
def test_a_row_that_comes_late_with_an_equal_cursor_value_is_delivered_once(bench: Bench, key: tuple[str, ...]) -> None:
    bench.shop.add("orders", orders((1, 10, 1), (2, 20, 2)), primary_key=key)
    bench.load(APPEND)
    bench.shop.add("orders", orders((1, 10, 1), (2, 20, 2), (3, 20, 3)), primary_key=key)
    for _ in range(3):
        bench.load(APPEND)
    assert ids(bench) == [1, 2, 3]


def test_a_newer_version_of_the_last_row_is_appended(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, 10, 1), (2, 20, 2)), primary_key=("id",))
    bench.load(APPEND)
    bench.shop.add("orders", orders((1, 10, 1), (2, 30, 22)), primary_key=("id",))
    bench.load(APPEND)
    assert bench.rows() == [(1, 10, 1), (2, 20, 2), (2, 30, 22)]


def test_within_the_lag_late_rows_come_once_and_newer_versions_too(bench: Bench) -> None:
    lagging = "{name: orders, mode: incremental, cursor: at, write: append, lag: 15}"
    bench.shop.add("orders", orders((1, 10, 1), (2, 20, 2), (3, 30, 3)), primary_key=("id",))
    bench.load(lagging)
    bench.shop.add("orders", orders((1, 10, 1), (2, 20, 2), (3, 30, 3), (4, 16, 4), (5, 12, 5)), primary_key=("id",))
    assert bench.load(lagging).rows.written == 1
    assert bench.load(lagging).rows.written == 0
    bench.shop.add("orders", orders((2, 31, 22), (3, 30, 3), (4, 16, 4), (6, 17, 6)), primary_key=("id",))
    assert bench.load(lagging).rows.written == 2
    assert bench.rows() == [(1, 10, 1), (2, 20, 2), (2, 31, 22), (3, 30, 3), (4, 16, 4), (6, 17, 6)]


def test_late_rows_are_not_repeated_when_the_highest_row_has_left_the_source(bench: Bench) -> None:
    lagging = "{name: orders, mode: incremental, cursor: at, write: append, lag: 15}"
    bench.shop.add("orders", orders((1, 20, 1), (2, 30, 2)), primary_key=("id",))
    bench.load(lagging)
    bench.shop.add("orders", orders((1, 20, 1), (3, 25, 3)), primary_key=("id",))
    for _ in range(3):
        bench.load(lagging)
    assert ids(bench) == [1, 2, 3]


def test_merging_reads_the_boundary_again_without_harm(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, 10, 1), (2, 20, 2)))
    bench.load(MERGE)
    bench.shop.add("orders", orders((1, 10, 1), (2, 20, 22), (3, 20, 3)))
    assert bench.load(MERGE).rows.read == 2
    assert bench.rows() == [(1, 10, 1), (2, 20, 22), (3, 20, 3)]


def test_an_exclusive_cursor_passes_over_all_that_is_not_higher(bench: Bench) -> None:
    exclusive = "{name: orders, mode: incremental, cursor: at, write: append, inclusive: false}"
    bench.shop.add("orders", orders((1, 10, 1), (2, 20, 2)))
    first = bench.load(exclusive)
    assert "marks" not in (first.checkpoint or {})
    bench.shop.add("orders", orders((1, 10, 1), (2, 20, 2), (3, 30, 3)))
    report = bench.load(exclusive)
    assert (report.rows.deduplicated, report.rows.written, report.balanced) == (1, 1, True)
    assert ids(bench) == [1, 2, 3]


def test_the_first_run_begins_at_the_start(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, 10, 1), (2, 20, 2), (3, 30, 3)), primary_key=("id",))
    stream = "{name: orders, mode: incremental, cursor: at, write: append, start: 20}"
    assert bench.load(stream).rows.written == 2
    assert bench.load(stream).rows.written == 0
    assert ids(bench) == [2, 3]


@pytest.mark.parametrize("source", ["memory", "silent"])
def test_appending_reads_rows_without_a_cursor_value_in_its_first_run_only(bench: Bench, source: str) -> None:
    bench.source = f"{{type: {source}, config: {{system: SHOP}}}}"
    bench.shop.add("orders", orders((1, None, 1), (2, 20, 2)), primary_key=("id",))
    first = bench.load(APPEND)
    assert (first.rows.written, len(first.warnings)) == (2, 1)
    bench.shop.add("orders", orders((1, None, 1), (2, 20, 2), (3, None, 3)), primary_key=("id",))
    bench.load(APPEND)
    assert ids(bench) == [1, 2]


def test_rows_without_a_cursor_value_come_once_even_when_there_are_no_others(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, None, 1)), primary_key=("id",))
    bench.load(APPEND)
    bench.load(APPEND)
    bench.shop.add("orders", orders((1, None, 1), (2, 20, 2)), primary_key=("id",))
    bench.load(APPEND)
    assert ids(bench) == [1, 2]


def test_merging_reads_rows_without_a_cursor_value_every_time(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, None, 1), (2, 20, 2)))
    bench.load(MERGE)
    bench.shop.add("orders", orders((1, None, 11), (2, 20, 2)))
    report = bench.load(MERGE)
    assert (report.rows.read, report.warnings) == (2, ())
    assert bench.rows() == [(1, None, 11), (2, 20, 2)]


def test_a_source_that_does_not_know_its_highest_value_is_watched(bench: Bench) -> None:
    bench.source = "{type: silent, config: {system: SHOP, batch_rows: 7}}"
    rows = [(n, (n * 37) % 100, n) for n in range(100)]
    bench.shop.add("orders", orders(*rows), primary_key=("id",))
    for stream in (APPEND, MERGE.replace("key: id", "key: id, table: merged")):
        bench.load(stream)
        bench.shop.add("orders", orders(*rows), primary_key=("id",))
        report = bench.load(stream)
        assert (report.rows.read, report.checkpoint and report.checkpoint["cursor"]) == (
            1,
            {"column": "at", "type": "int64", "value": 99},
        )


def test_the_destination_s_checkpoint_wins_over_what_the_runs_remember(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, 10, 1), (2, 20, 2), (3, 30, 3)), primary_key=("id",))
    bench.load(MERGE)
    earlier: dict[str, Json] = {"mode": "incremental", "cursor": {"column": "at", "type": "int64", "value": 20}}
    MemoryDestination(MemoryConfig(system=bench.lake.name)).set_checkpoint("p", "orders", "orders", earlier)
    assert bench.load(MERGE).rows.read == 2


def test_a_reset_state_begins_again(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, 10, 1), (2, 20, 2)), primary_key=("id",))
    bench.load(MERGE)
    bench.session(MERGE).reset("p")
    assert bench.load(MERGE).rows.read == 2


def test_another_cursor_than_the_checkpoint_s_is_refused(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, 10, 1)), primary_key=("id",))
    bench.load(MERGE)
    report = bench.load(MERGE.replace("cursor: at", "cursor: n"))
    assert report.error is not None
    assert report.error.public_code == "data.cursor_changed"
    assert "reset" in (report.error.hint or "")


def test_filtered_rows_move_the_checkpoint_on(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, 10, 1), (2, 20, 2), (3, 30, 0)), primary_key=("id",))
    step = "{type: filter, config: {where: '\"n\" > 0'}}"
    assert bench.load(APPEND, steps=[step]).rows.filtered == 1
    report = bench.load(APPEND, steps=[step])
    assert (report.rows.read, report.rows.deduplicated, report.rows.written) == (1, 1, 0)


VALUES: list[tuple[str, pa.DataType, list[Any]]] = [
    ("timestamps", pa.timestamp("us"), [datetime(2024, 1, 1), datetime(2024, 1, 1, 0, 0, 0, 1)]),  # noqa: DTZ001
    (
        "timestamps with a zone",
        pa.timestamp("us", "UTC"),
        [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)],
    ),
    ("dates", pa.date32(), [date(1969, 12, 31), date(2024, 2, 29)]),
    ("decimals", pa.decimal128(38, 10), [Decimal("-0.0000000001"), Decimal("9999999999999999999999999999")]),
    ("texts", pa.string(), ["a'b", 'ab"; DROP TABLE x']),
    ("floats", pa.float64(), [1e-300, 0.1 + 0.2]),
    ("large numbers", pa.uint64(), [2**63, 2**64 - 1]),
    ("small numbers", pa.int8(), [-128, 127]),
]


@pytest.mark.parametrize(("kind", "data_type", "values"), VALUES, ids=[kind for kind, _, _ in VALUES])
def test_a_cursor_of_any_ordered_type_is_kept_exactly(
    bench: Bench, kind: str, data_type: pa.DataType, values: list[Any]
) -> None:
    def table(*of: Any) -> pa.Table:
        return pa.table({"id": pa.array(range(len(of)), pa.int64()), "at": pa.array(of, data_type)})

    low, high = values
    bench.shop.add("orders", table(low), primary_key=("id",))
    assert bench.load(APPEND).rows.written == 1
    assert bench.load(APPEND).rows.written == 0
    bench.shop.add("orders", table(low, low, high), primary_key=("id",))
    report = bench.load(APPEND)
    assert (report.error, report.rows.written) == (None, 2)
    report = bench.load(APPEND)
    assert (report.rows.read, report.rows.written) == (1, 0)
    assert ids(bench) == [0, 1, 2]


def test_a_cursor_without_end_does_not_block_the_rows_that_follow(bench: Bench) -> None:
    def table(*of: float) -> pa.Table:
        return pa.table({"id": pa.array(range(len(of)), pa.int64()), "at": pa.array(of, pa.float64())})

    bench.shop.add("orders", table(1.0, float("inf"), float("nan")), primary_key=("id",))
    bench.load(APPEND)
    bench.shop.add("orders", table(1.0, float("inf"), float("nan"), 2.0), primary_key=("id",))
    report = bench.load(APPEND)
    assert (report.error, report.rows.written) == (None, 1)
    assert bench.load(APPEND).rows.written == 0
    assert ids(bench) == [0, 1, 2, 3]


def test_too_many_rows_at_one_cursor_value_are_refused_with_the_way_out(bench: Bench) -> None:
    rows = 200_001
    table = pa.table({"id": pa.array(range(rows), pa.int64()), "at": pa.array([7] * rows, pa.int64())})
    bench.shop.add("orders", table, primary_key=("id",))
    bench.source = "{type: memory, config: {system: SHOP, batch_rows: 50000}}"
    report = bench.load(APPEND)
    assert report.error is not None
    assert report.error.public_code == "data.cursor_too_coarse"
    assert "orders" not in bench.lake.tables


def test_many_rows_at_one_cursor_value_stay_quick(bench: Bench) -> None:
    rows = 150_000
    table = pa.table({"id": pa.array(range(rows), pa.int64()), "at": pa.array([7] * rows, pa.int64())})
    bench.shop.add("orders", table, primary_key=("id",))
    bench.source = "{type: silent, config: {system: SHOP, batch_rows: 50000}}"
    for written in (rows, 0):
        report = bench.load(APPEND)
        assert (report.error, report.rows.written) == (None, written)
        assert report.took_s < 3
