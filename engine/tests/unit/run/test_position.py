"""From a checkpoint to the next read's range, and from what was read to the next checkpoint."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from headwater.plan.model import Scan
from headwater.run.local.known_malformed import marked
from headwater.run.position import Observed, Position, cursor_range, minus_lag, next_checkpoint, position_of
from headwater.sdk.destination import Write
from headwater.sdk.errors import DataError
from headwater.sdk.source import Malformed
from headwater.sdk.stream import CursorRange, Json, Stream

INT = pa.int64()


def scan(data_type: pa.DataType = INT, **extra: Any) -> Scan:
    stream = Stream("orders", pa.schema([("id", INT), ("at", data_type)]))
    return Scan("shop", stream, "here", mode="incremental", cursor="at", columns=("id", "at"), **extra)


def at(value: Any, **extra: Any) -> Position:
    return Position(pa.scalar(value, INT), began=True, **extra)


def checkpoint(value: Json, **extra: Json) -> dict[str, Json]:
    return {"mode": "incremental", "cursor": {"column": "at", "type": "int64", "value": value}, **extra}


LAGS: list[tuple[pa.DataType, Any, float, Any]] = [
    (pa.int64(), 10, 3, 7),
    (pa.int64(), 10, 2.5, 7),
    (pa.int64(), 10, 0, 10),
    (pa.uint8(), 3, 10, 0),
    (pa.int8(), -120, 100, -128),
    (pa.float64(), 1.0, 0.25, 0.75),
    (pa.decimal128(10, 2), Decimal("1.50"), 0.255, Decimal("1.24")),
    (pa.decimal128(4, 2), Decimal("-99.00"), 5, Decimal("-99.99")),
    (pa.date32(), date(2024, 3, 1), 3600, date(2024, 2, 29)),
    (pa.date32(), date(2024, 3, 1), 86_400, date(2024, 2, 29)),
    (pa.date32(), date(2024, 3, 1), 90_000, date(2024, 2, 28)),
    (pa.timestamp("us"), datetime(2024, 1, 1), 0.5, datetime(2023, 12, 31, 23, 59, 59, 500_000)),  # noqa: DTZ001
    (pa.timestamp("us", "UTC"), datetime(2024, 1, 1, tzinfo=UTC), 60, datetime(2023, 12, 31, 23, 59, tzinfo=UTC)),
]


@pytest.mark.parametrize(("data_type", "value", "lag", "expected"), LAGS)
def test_a_lag_widens_backwards_in_the_cursor_s_own_unit(
    data_type: pa.DataType, value: Any, lag: float, expected: Any
) -> None:
    lowered = minus_lag(pa.scalar(value, data_type), lag)
    assert (lowered.type, lowered.as_py()) == (data_type, expected)


def test_the_first_read_begins_at_the_start_and_takes_rows_without_a_value() -> None:
    first = scan(start=pa.scalar(5, INT))
    for write in Write:
        assert cursor_range(first, position_of(None, first), write) == CursorRange("at", pa.scalar(5, INT), nulls=True)


@pytest.mark.parametrize(("write", "nulls"), [("append", False), ("merge", True), ("scd2", True), ("replace", False)])
def test_the_next_read_begins_at_the_value(write: str, nulls: bool) -> None:  # noqa: FBT001
    found = cursor_range(scan(lag=2), position_of(checkpoint(10), scan()), Write(write))
    assert found == CursorRange("at", pa.scalar(8, INT), nulls=nulls)


def test_a_full_read_has_no_range() -> None:
    full = Scan("shop", scan().stream, "here", columns=("id", "at"))
    assert position_of(checkpoint(10), full) == Position()
    assert cursor_range(full, Position(), Write.APPEND) is None
    assert next_checkpoint(full, Position(), Observed()) == {"mode": "full"}


def test_a_full_load_s_checkpoint_is_no_position_of_an_incremental_read() -> None:
    assert position_of({"mode": "full"}, scan()) == Position()


def test_a_checkpoint_without_a_value_has_begun_all_the_same() -> None:
    assert position_of({"mode": "incremental"}, scan()) == Position(began=True)


def test_a_value_of_another_type_is_refused_with_the_way_out() -> None:
    with pytest.raises(DataError) as caught:
        position_of(checkpoint("2024-01-01"), scan())
    assert caught.value.public_code == "data.cursor_type_changed"


def test_the_highest_value_and_the_marks_near_it_are_kept() -> None:
    observed = Observed(lag=2)
    observed.add(pa.array([1, 9, None, 3], INT), pa.array(["a", "b", "c", "d"]))
    observed.add(pa.array([8, 10, 4], INT), pa.array(["e", "f", "g"]))
    observed.add(pa.array([None], INT), pa.array(["h"]))
    assert (observed.highest, observed.without_value) == (pa.scalar(10, INT), 2)
    assert observed.marks() == ["b", "e", "f"]


def test_marks_that_were_not_computed_are_passed_over() -> None:
    observed = Observed()
    observed.add(pa.array([5, 5], INT), pa.array([None, "b"]))
    assert observed.marks() == ["b"]


def test_marks_do_not_pile_up_while_the_highest_value_grows() -> None:
    observed = Observed()
    for value in range(1_000):
        observed.add(pa.array([value] * 10, INT), pa.array([f"{value}-{n}" for n in range(10)]))
    assert len(observed._near) < 70
    assert observed.marks() == [f"999-{n}" for n in range(10)]


def test_the_checkpoint_moves_on_to_the_highest_value() -> None:
    observed = Observed()
    observed.add(pa.array([11, 12], INT), pa.array(["a", "b"]))
    found = next_checkpoint(scan(), at(10, marks=frozenset({"old"})), observed, marked_by=("id", "at"))
    assert found == checkpoint(12, marks=["b"], marked_by=["id", "at"])


def test_the_checkpoint_never_moves_back() -> None:
    observed = Observed(lag=5)
    observed.add(pa.array([7], INT), pa.array(["late"]))
    found = next_checkpoint(scan(lag=5), at(10, marks=frozenset({"old"})), observed, marked_by=("id",))
    assert found == checkpoint(10, marks=["late", "old"], marked_by=["id"])


def test_nothing_read_keeps_the_checkpoint() -> None:
    before = at(10, marks=frozenset({"b", "a"}))
    assert next_checkpoint(scan(), before, Observed(), marked_by=("id",)) == checkpoint(
        10, marks=["a", "b"], marked_by=["id"]
    )
    assert next_checkpoint(scan(), Position(), Observed()) == {"mode": "incremental"}


def test_records_of_an_unknown_line_are_told_apart_by_their_number() -> None:
    def record(line: int | None, text: str = "1,x,y") -> Malformed:
        return Malformed("a.csv", line, None, "too many fields", text)

    once, twice = marked([record(None)], with_text=True), marked([record(None), record(None)], with_text=True)
    assert (len(once), len(twice)) == (1, 2)
    assert set(once) < set(twice)
    assert not set(marked([record(3)], with_text=True)) & set(marked([record(4)], with_text=True))
    assert set(marked([record(3, "a")], with_text=False)) == set(marked([record(3, "b")], with_text=False))
