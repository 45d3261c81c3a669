"""Rules about the value in one column, whatever its type: there, listed, in a range, of a length, of a type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import ConfigDict, Field, field_validator, model_validator

from headwater.sdk.config import TypeName
from headwater.toolkit.arrow_types import parse_type
from headwater.toolkit.expressions import build
from headwater.toolkit.expressions.checked import CheckedExpression
from headwater.toolkit.rules.base import ColumnRule
from headwater.toolkit.rules.checked_fields import known_type, need_bound
from headwater.toolkit.rules.conditions import (
    NEVER,
    Scalar,
    among,
    is_missing,
    length_outside,
    not_among,
    outside,
)

_SHOWN = 10


class NotNull(ColumnRule):
    """The value is there."""

    rule: Literal["not_null"] = Field(title="Rule", description="There is a value.")

    def broken(self, value: CheckedExpression) -> CheckedExpression:
        return is_missing(value)

    def says(self, column: str) -> str:
        return f"{column} is empty"


class In(ColumnRule):
    """The value is one of a list."""

    rule: Literal["in"] = Field(title="Rule", description="The value is one of these.")
    values: tuple[Scalar, ...] = Field(
        min_length=1, title="Values", description="The values it may have.", examples=[["new", "paid", "sent"]]
    )

    def broken(self, value: CheckedExpression) -> CheckedExpression:
        return not_among(value, self.values)

    def says(self, column: str) -> str:
        return f"{column} is not one of {listed(self.values)}"


class NotIn(ColumnRule):
    """The value is none of a list."""

    rule: Literal["not_in"] = Field(title="Rule", description="The value is none of these.")
    values: tuple[Scalar, ...] = Field(
        min_length=1, title="Values", description="The values it may not have.", examples=[["n/a", "unknown"]]
    )

    def broken(self, value: CheckedExpression) -> CheckedExpression:
        return among(value, self.values)

    def says(self, column: str) -> str:
        return f"{column} is one of {listed(self.values)}"


class Range(ColumnRule):
    """The value lies between two bounds, both included."""

    rule: Literal["range"] = Field(title="Rule", description="The value lies between two bounds. NaN lies in no range.")
    min: int | float | str | None = Field(
        default=None,
        title="Least",
        description="The least value it may have: a number, a text, or a date or time written as text.",
        examples=[0, "2000-01-01"],
    )
    max: int | float | str | None = Field(
        default=None, title="Most", description="The greatest value it may have.", examples=[10_000, "2099-12-31"]
    )

    @model_validator(mode="after")
    def _some_bound(self) -> Range:
        return need_bound(self, self.min, self.max)

    def broken(self, value: CheckedExpression) -> CheckedExpression:
        return outside(value, self.min, self.max)

    def says(self, column: str) -> str:
        return f"{column} is not {between(self.min, self.max)}"


class Length(ColumnRule):
    """A text, or a list, is neither too short nor too long."""

    rule: Literal["length"] = Field(title="Rule", description="A text has so many characters, a list so many items.")
    min: int | None = Field(default=None, ge=0, title="Least", description="The least length.", examples=[1])
    max: int | None = Field(default=None, ge=0, title="Most", description="The greatest length.", examples=[80])

    @model_validator(mode="after")
    def _some_bound(self) -> Length:
        return need_bound(self, self.min, self.max)

    def broken(self, value: CheckedExpression) -> CheckedExpression:
        return length_outside(value, self.min, self.max)

    def says(self, column: str) -> str:
        return f"the length of {column} is not {between(self.min, self.max)}"


class OfType(ColumnRule):
    """A value that could be cast to a type, exactly as `cast` does it. The column stays as it is."""

    model_config = ConfigDict(title="Type")

    rule: Literal["type"] = Field(title="Rule", description="The value could be cast to a type; it stays as it is.")
    type: TypeName = Field(
        title="Type",
        description="The type it must fit, by the rules of `cast`.",
        examples=["int64", "decimal(12,2)", "date"],
    )

    @field_validator("type")
    @classmethod
    def _known(cls, text: str) -> str:
        return known_type(text)

    def broken(self, value: CheckedExpression) -> CheckedExpression:
        return build.cast(value, parse_type(self.type)).failure() or NEVER

    def says(self, column: str) -> str:
        return f"{column} is not of the type {self.type}"


def listed(values: Sequence[Scalar]) -> str:
    shown = ", ".join(str(value) for value in values[:_SHOWN])
    return shown if len(values) <= _SHOWN else f"{shown}, … ({len(values)} in all)"


def between(low: object, high: object) -> str:
    if low is None or high is None:
        return f"at least {low}" if high is None else f"at most {high}"
    return f"exactly {low}" if low == high else f"between {low} and {high}"
