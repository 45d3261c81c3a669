"""Bounds of set rules: what a project file says, as values an aggregate's result is held against."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite

import pyarrow as pa

from headwater.sdk.errors import ConfigError
from headwater.sdk.processor import Bound
from headwater.toolkit.arrow_types import type_name
from headwater.toolkit.expressions import casts
from headwater.toolkit.expressions.aggregates import AggregateExpression
from headwater.toolkit.expressions.comparison import moment
from headwater.toolkit.expressions.kinds import INT64, is_number, kind_of
from headwater.toolkit.rules.checked_fields import wrong

Number = int | float | str
_MOMENTS = ("date", "timestamp", "timestamptz")
_UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def check_bounds(low: Number | None, high: Number | None, exactly: Number | None) -> None:
    """At least one bound, or an exact value alone. Raises a problem of the rule at hand."""
    if exactly is not None and (low is not None or high is not None):
        raise wrong("`equals` stands alone", "leave out min and max")
    if exactly is None and low is None and high is None:
        raise wrong("needs `min`, `max` or `equals`", "for example min: 1")
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        raise wrong("`min` is greater than `max`: nothing could pass", "exchange them")


def bound(value: Number | None, of: pa.DataType) -> Bound:
    """The value as something that a result of this type is compared with. Raises ConfigError."""
    if value is None:
        return None
    if isinstance(value, str) and kind_of(of) in _MOMENTS:
        found = moment(value, of)
        if isinstance(found, datetime):
            return found
        if isinstance(found, date):
            return datetime(found.year, found.month, found.day, tzinfo=UTC)
    if is_number(of):
        if not isinstance(value, str):
            return value
        if value.removeprefix("-").replace(".", "", 1).isdecimal() and isfinite(float(value)):
            return Decimal(value)
    raise ConfigError(
        f"{value!r} cannot be compared with {type_name(of)}",
        hint="a bound is a number, or a date or time as text, as the column has it",
        code="config.invalid_bound",
    )


def as_number(condition: AggregateExpression) -> AggregateExpression:
    """1 where it holds, 0 where not."""
    return AggregateExpression(casts.cast(condition.root, INT64))


def duration(seconds: float) -> str:
    """`24 hours`, in the largest unit that divides it."""
    for size, name in _UNITS:
        if seconds >= size and seconds % size == 0:
            count = int(seconds // size)
            return f"{count} {name}{'' if count == 1 else 's'}"
    return f"{seconds:g} seconds"
