"""Noise: small, the same each time, and of the column's own type."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from statistics import mean
from typing import Any

import pyarrow as pa
import pytest

from headwater.sdk.errors import ConfigError, UnknownColumn
from headwater.toolkit.privacy.methods import Noise
from headwater.toolkit.privacy.noising import Noises


def moved(column: pa.Array, beside: pa.Array | None = None, **settings: Any) -> list[Any]:
    method = Noise.model_validate({"method": "noise", "key": "0123456789abcdef", **settings})
    batch = pa.record_batch({"x": column} if beside is None else {"x": column, "id": beside})
    found = Noises(method, batch.schema.field("x"), batch.schema, place="here").of_column(column, batch)
    assert found.type == column.type
    return found.to_pylist()


def test_a_number_moves_by_no_more_than_its_share_and_the_mean_stays() -> None:
    found = moved(pa.array(range(1_000, 3_000)), relative=0.1)
    assert all(abs(new - old) <= 0.1 * old + 0.5 for new, old in zip(found, range(1_000, 3_000), strict=True))
    assert mean(found) == pytest.approx(1_999.5, rel=0.01)
    assert len({new - old for new, old in zip(found, range(1_000, 3_000), strict=True)}) > 300


@pytest.mark.parametrize(
    "column",
    [
        pa.array([1.5, None, float("nan"), float("inf"), -1e300]),
        pa.array([Decimal("1.50"), None, Decimal("99999999.99"), Decimal("-99999999.99")], pa.decimal128(10, 2)),
        pa.array([Decimal(10**38 - 1)], pa.decimal128(38, 0)),
        pa.array([127, -128, None, 0], pa.int8()),
        pa.array([2**63 - 1, -(2**63)], pa.int64()),
        pa.array([2**64 - 1, 0], pa.uint64()),
    ],
)
def test_the_ends_of_a_type_are_not_left(column: pa.Array) -> None:
    found = moved(column, relative=0.5)
    assert [value is None for value in found] == [value is None for value in column.to_pylist()]


def test_dates_move_by_days_and_timestamps_by_seconds() -> None:
    (day, first, last) = moved(pa.array([date(2024, 5, 17), date.min, date.max]), absolute=30)
    assert 0 < abs((day - date(2024, 5, 17)).days) <= 30
    assert (first - date.min).days <= 30
    assert (date.max - last).days <= 30
    at = datetime(2024, 5, 17, 12, tzinfo=UTC)
    (moment,) = moved(pa.array([at], pa.timestamp("us", "UTC")), absolute=60)
    assert abs((moment - at).total_seconds()) <= 60


def test_equal_values_move_alike_unless_a_key_column_parts_them() -> None:
    column, ids = pa.array([1_000] * 4), pa.array([1, 2, 3, 4])
    assert len(set(moved(column, ids, relative=0.5))) == 1
    assert len(set(moved(column, ids, relative=0.5, per=["id"]))) == 4


def test_a_text_has_no_size_to_move_by() -> None:
    with pytest.raises(ConfigError) as caught:
        moved(pa.array(["a"]), relative=0.1)
    assert caught.value.public_code == "config.unsupported_type"


def test_a_date_has_no_part_to_move_by() -> None:
    with pytest.raises(ConfigError, match="no size"):
        moved(pa.array([date(2024, 1, 1)]), relative=0.1)


def test_a_column_to_part_by_must_be_there() -> None:
    with pytest.raises(UnknownColumn):
        moved(pa.array([1]), pa.array([1]), absolute=1, per=["idd"])
