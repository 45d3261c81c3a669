"""A run proves itself: the balance of rows, the destination's own count, the checksum of the content."""

import pyarrow as pa
import pytest
from unit.run.bench import Bench, orders

from headwater.run.report import Rows

CHECKSUM = "{name: orders, verify: checksum}"
EVERY_TYPE = pa.table(
    {
        "a": pa.array([1, None, 3], pa.int64()),
        "b": pa.array(["x", "", None], pa.string()),
        "c": pa.array([0.1, float("nan"), None], pa.float64()),
        "d": pa.array([b"\0", b"", None], pa.binary()),
        "e": pa.array([[1, 2], [], None], pa.list_(pa.int64())),
        "f": pa.array([{"g": 1}, {"g": None}, None], pa.struct([("g", pa.int64())])),
    }
)


def test_every_row_is_in_one_place_of_the_balance(bench: Bench) -> None:
    bench.shop.add("orders", orders(*[(n % 40, n, n % 10) for n in range(100)]))
    steps = [
        "{type: filter, config: {where: '\"n\" <> 3'}}",
        "{type: rules, config: {rules: {not_four: '\"n\" = 4', small: '\"at\" > 95'}}}",
        "{type: first, config: {key: [id], by: '\"at\"'}}",
        "{type: filter, config: {where: '\"n\" <> 5'}}",
    ]
    report = bench.load("{name: orders, write: merge, key: n}", steps=steps)
    expected = [(n % 40, n, n % 10) for n in range(100) if n % 10 != 3]
    rejected = [row for row in expected if row[2] == 4 or row[1] > 95]
    kept = [row for row in expected if row not in rejected]
    firsts = {row[0]: row for row in reversed(kept)}
    passed = [row for row in firsts.values() if row[2] != 5]
    filtered = 100 - len(expected) + len(firsts) - len(passed)
    written = len({row[2] for row in passed})
    deduplicated = len(kept) - len(firsts) + len(passed) - written
    assert report.rows == Rows(100, filtered, len(rejected), deduplicated, written)
    assert (report.balanced, report.status) == (True, "succeeded")


def test_a_destination_that_loses_rows_publishes_nothing(bench: Bench) -> None:
    bench.target = "{type: losing, config: {system: LAKE, writers: 1}}"
    bench.shop.add("orders", orders((1, 1, 1), (2, 2, 2)))
    report = bench.load()
    assert (report.status, report.rows.written, report.balanced) == ("failed", 0, False)
    assert report.error is not None
    assert report.error.public_code == "data.rows_missing"
    assert "2 rows were sent" in report.error.message
    assert (bench.lake.tables, bench.lake.live, bench.lake.staged) == ({}, {}, {})


@pytest.mark.parametrize("steps", [(), ("{type: batch}",), ("{type: filter, config: {where: 'true'}}",)])
def test_a_checksum_agrees_over_all_rows_whatever_their_order(bench: Bench, steps: tuple[str, ...]) -> None:
    bench.source = "{type: memory, config: {system: SHOP, batch_rows: 100}}"
    bench.shop.add("orders", orders(*[(n, n % 3, None if n % 5 else n) for n in range(5_000)]))
    report = bench.load(CHECKSUM, steps=steps)
    assert [check["passed"] for check in report.checks if check["name"] == "checksum"] == [True]
    assert (report.status, report.rows.written) == ("succeeded", 5_000)


def test_a_checksum_covers_values_of_every_kind(bench: Bench) -> None:
    bench.shop.add("orders", EVERY_TYPE)
    report = bench.load(CHECKSUM)
    assert (report.error, [check["passed"] for check in report.checks]) == (None, [True])


def test_content_that_differs_is_not_published(bench: Bench) -> None:
    bench.target = "{type: altering, config: {system: LAKE}}"
    bench.shop.add("orders", orders((1, 1, 1), (2, 2, 2)))
    report = bench.load(CHECKSUM)
    assert report.error is not None
    assert report.error.public_code == "data.content_differs"
    assert [check["passed"] for check in report.checks] == [False]
    assert bench.lake.tables == {}


def test_a_destination_that_cannot_read_back_refuses_the_checksum(bench: Bench) -> None:
    bench.target = "{type: blind, config: {system: LAKE}}"
    bench.shop.add("orders", orders((1, 1, 1)))
    assert bench.load().status == "succeeded"
    report = bench.load(CHECKSUM)
    assert report.error is not None
    assert "verify: count" in (report.error.hint or "")


def test_the_report_does_not_show_the_marks(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, 10, 1)), primary_key=("id",))
    report = bench.load("{name: orders, mode: incremental, cursor: at, write: append}")
    shown = report.as_dict()["checkpoint"]
    assert isinstance(shown, dict)
    assert shown["cursor"] == {"column": "at", "type": "int64", "value": 10}
    assert "marks" not in shown


def test_schema_changes_are_reported(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, 1, 1)))
    bench.load("{name: orders, write: append}")
    bench.shop.add("orders", orders((2, 2, 2)).append_column("more", pa.array(["x"])))
    report = bench.load("{name: orders, write: append}")
    assert [(change.column, change.change) for change in report.schema_changes] == [("more", "added")]
    assert bench.rows("orders", "id", "more") == [(1, None), (2, "x")]
