"""Rules about all rows together, decided after the last row and before anything is published."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Literal, TypeVar

import pyarrow as pa
from pydantic import ConfigDict, Field, model_validator

from headwater.sdk.config import ColumnName, SqlText
from headwater.sdk.errors import ConfigError
from headwater.sdk.processor import Bound, Expression, SetRule
from headwater.toolkit.arrow_types import type_name
from headwater.toolkit.expressions import build
from headwater.toolkit.expressions.aggregates import (
    aggregate,
    completeness,
    distinct_count,
    parse_aggregate,
    row_count,
)
from headwater.toolkit.expressions.checked import CheckedExpression
from headwater.toolkit.expressions.kinds import kind_of
from headwater.toolkit.rules.base import AnyRule, at_place
from headwater.toolkit.rules.checked_fields import wrong
from headwater.toolkit.rules.limits import Seconds, Share, ShareOfAll
from headwater.toolkit.rules.set_bounds import Number, as_number, bound, check_bounds, duration
from headwater.toolkit.rules.values import between

N = TypeVar("N", int, int | float | str)
_MOMENTS = ("date", "timestamp", "timestamptz")


class AnySetRule(AnyRule):
    severity: Literal["warn", "fail"] = Field(
        default="fail",
        title="Severity",
        description="`fail` publishes nothing when the rule is broken, `warn` says so and goes on.",
    )

    @abstractmethod
    def rules(self, schema: pa.Schema, place: str) -> Iterator[SetRule]:
        """The rule over rows of this schema. Raises UnknownColumn and other ConfigErrors."""


class RowCount(AnySetRule):
    """So many rows."""

    rule: Literal["row_count"] = Field(title="Rule", description="So many rows pass this step.")
    min: int | None = Field(default=None, ge=0, title="Least", description="At least so many.", examples=[1])
    max: int | None = Field(default=None, ge=0, title="Most", description="At most so many.", examples=[1_000_000])
    equals: int | None = Field(default=None, ge=0, title="Exactly", description="Exactly so many.", examples=[12])

    @model_validator(mode="after")
    def _check(self) -> RowCount:
        check_bounds(self.min, self.max, self.equals)
        return self

    def rules(self, schema: pa.Schema, place: str) -> Iterator[SetRule]:
        low, high = _either(self.min, self.max, self.equals)
        message = self.message or f"the number of rows is not {between(low, high)}"
        yield SetRule(
            self.name or "row_count", None, row_count(), message, lower=low, upper=high, severity=self.severity
        )


class VolumeChange(AnySetRule):
    """About as many rows as in the run before."""

    rule: Literal["volume_change"] = Field(
        title="Rule",
        description="The number of rows has not changed too much since the last committed run. The first run passes.",
    )
    max_drop: ShareOfAll | None = Field(
        default=None, title="At most so much less", description="How far it may drop.", examples=["50%"]
    )
    max_growth: Share | None = Field(
        default=None, title="At most so much more", description="How far it may grow.", examples=["200%"]
    )

    @model_validator(mode="after")
    def _some_bound(self) -> VolumeChange:
        if self.max_drop is None and self.max_growth is None:
            raise wrong("needs `max_drop` or `max_growth`, or both", "for example max_drop: 50%")
        return self

    def rules(self, schema: pa.Schema, place: str) -> Iterator[SetRule]:
        low = None if self.max_drop is None else -self.max_drop
        said = [
            f"{word} by more than {share:.4g} %"
            for word, share in (("dropped", 100 * (self.max_drop or 0)), ("grown", 100 * (self.max_growth or 0)))
            if (self.max_drop if word == "dropped" else self.max_growth) is not None
        ]
        yield SetRule(
            self.name or "volume_change",
            None,
            row_count(),
            self.message or f"the number of rows has {' or '.join(said)} since the last run",
            lower=low,
            upper=self.max_growth,
            against="previous",
            severity=self.severity,
        )


class OfColumn(AnySetRule):
    column: ColumnName = Field(min_length=1, title="Column", description="The column it is about.", examples=["amount"])

    def value(self, schema: pa.Schema, place: str) -> CheckedExpression:
        return build.column(schema, self.column, place=place)

    @property
    def label(self) -> str:
        return self.name or f"{self.kind}:{self.column}"


class Freshness(OfColumn):
    """The latest row is not too old."""

    rule: Literal["freshness"] = Field(
        title="Rule", description="The latest date or time in the column is not older than this, when the run ends."
    )
    max_age: Seconds = Field(title="At most so old", description="As 90s, 15m, 24h, 7d.", examples=["24h"])

    def rules(self, schema: pa.Schema, place: str) -> Iterator[SetRule]:
        value = self.value(schema, place)
        if kind_of(value.type) not in _MOMENTS:
            raise ConfigError(
                f"{place}: {self.column} is {type_name(value.type)}, and has no age",
                hint="freshness is for dates and timestamps; cast the column first",
                code="config.invalid_expression",
            )
        message = self.message or f"the latest {self.column} is older than {duration(self.max_age)}"
        yield SetRule(
            self.label,
            self.column,
            aggregate("max", value),
            message,
            upper=self.max_age,
            against="now",
            severity=self.severity,
        )


class Completeness(OfColumn):
    """Enough rows have a value."""

    rule: Literal["completeness"] = Field(title="Rule", description="Enough rows have a value in the column.")
    min: ShareOfAll = Field(title="At least", description="The share of rows that have a value.", examples=["95%"])

    def rules(self, schema: pa.Schema, place: str) -> Iterator[SetRule]:
        message = self.message or f"fewer than {100 * self.min:.4g} % of the rows have a value in {self.column}"
        value = completeness(self.value(schema, place))
        yield SetRule(self.label, self.column, value, message, lower=self.min, severity=self.severity)


class DistinctCount(OfColumn):
    """So many different values."""

    rule: Literal["distinct_count"] = Field(title="Rule", description="The column has so many different values.")
    min: int | None = Field(default=None, ge=0, title="Least", description="At least so many.", examples=[2])
    max: int | None = Field(default=None, ge=0, title="Most", description="At most so many.", examples=[200])
    equals: int | None = Field(default=None, ge=0, title="Exactly", description="Exactly so many.", examples=[12])

    @model_validator(mode="after")
    def _check(self) -> DistinctCount:
        check_bounds(self.min, self.max, self.equals)
        return self

    def rules(self, schema: pa.Schema, place: str) -> Iterator[SetRule]:
        low, high = _either(self.min, self.max, self.equals)
        message = self.message or f"the number of different values in {self.column} is not {between(low, high)}"
        value = distinct_count(self.value(schema, place))
        yield SetRule(self.label, self.column, value, message, lower=low, upper=high, severity=self.severity)


class Statistic(OfColumn):
    """The least, greatest or mean value, or the sum, lies between two bounds."""

    model_config = ConfigDict(title="Mean, min, max or sum")

    rule: Literal["mean", "min", "max", "sum"] = Field(
        title="Rule", description="The mean, least or greatest value, or the sum, of the column. NULLs do not count."
    )
    min: Number | None = Field(
        default=None, title="Least", description="At least this: a number, or a date or time as text.", examples=[0]
    )
    max: Number | None = Field(default=None, title="Most", description="At most this.", examples=[1000])
    equals: Number | None = Field(default=None, title="Exactly", description="Exactly this.", examples=["1234.56"])

    @model_validator(mode="after")
    def _check(self) -> Statistic:
        check_bounds(self.min, self.max, self.equals)
        return self

    def rules(self, schema: pa.Schema, place: str) -> Iterator[SetRule]:
        column = self.value(schema, place)
        value = at_place(lambda: aggregate(self.rule, column), place)
        low, high = _either(self.min, self.max, self.equals)
        what = {"mean": "mean", "min": "least value", "max": "greatest value", "sum": "sum"}[self.rule]
        yield SetRule(
            self.label,
            self.column,
            value,
            self.message or f"the {what} of {self.column} is not {between(low, high)}",
            lower=at_place(lambda: bound(low, value.type), place),
            upper=at_place(lambda: bound(high, value.type), place),
            severity=self.severity,
            absent="passes",
        )


class Aggregate(AnySetRule):
    """An aggregate in SQL lies between two bounds, or holds."""

    rule: Literal["aggregate"] = Field(
        title="Rule", description="An aggregate in SQL lies between two bounds, or is a condition that holds."
    )
    expression: SqlText = Field(
        min_length=1,
        title="Expression",
        description="Aggregates (avg, count, count_if, max, min, stddev, sum), and what may stand in any expression.",
        examples=["sum(debit) = sum(credit)", "count_if(status = 'failed') / count(*)"],
    )
    min: Number | None = Field(default=None, title="Least", description="At least this.", examples=[0])
    max: Number | None = Field(default=None, title="Most", description="At most this.", examples=[0.01])
    equals: Number | None = Field(default=None, title="Exactly", description="Exactly this.", examples=[1])

    def rules(self, schema: pa.Schema, place: str) -> Iterator[SetRule]:
        name = self.name or f"aggregate:{self.expression[:60]}"
        value = parse_aggregate(self.expression, columns=schema, place=f"{place}.expression")
        given = [item for item in (self.min, self.max, self.equals) if item is not None]
        if kind_of(value.type) == "bool":
            if given:
                raise ConfigError(
                    f"{place}: a condition holds or not; it has no bounds",
                    hint="leave out min, max and equals",
                    code="config.invalid_bound",
                )
            yield self._made(name, as_number(value), 1, None, f"it does not hold that {self.expression}")
            return
        if not given:
            raise ConfigError(
                f"{place}: {self.expression} is {type_name(value.type)}, and nothing says what it should be",
                hint="give min, max or equals, or write a condition",
                code="config.invalid_bound",
            )
        low, high = _either(self.min, self.max, self.equals)
        message = f"{self.expression} is not {between(low, high)}"
        lower = at_place(lambda: bound(low, value.type), place)
        yield self._made(name, value, lower, at_place(lambda: bound(high, value.type), place), message)

    @model_validator(mode="after")
    def _some_sense(self) -> Aggregate:
        if any(item is not None for item in (self.min, self.max, self.equals)):
            check_bounds(self.min, self.max, self.equals)
        return self

    def _made(self, name: str, value: Expression, lower: Bound, upper: Bound, message: str) -> SetRule:
        return SetRule(
            name,
            None,
            value,
            self.message or message,
            lower=lower,
            upper=upper,
            severity=self.severity,
            absent="passes",
        )


def _either(low: N | None, high: N | None, exactly: N | None) -> tuple[N | None, N | None]:
    return (low, high) if exactly is None else (exactly, exactly)
