"""Rules about a row as a whole, among the other rows, or against another stream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pyarrow as pa
from pydantic import ConfigDict, Field, model_validator

from headwater.sdk.config import ColumnName, SqlText, StreamName
from headwater.sdk.errors import UnknownColumn
from headwater.sdk.processor import Lookup, Rule
from headwater.toolkit.expressions import build
from headwater.toolkit.expressions.checked import CheckedExpression
from headwater.toolkit.expressions.parse import parse_condition
from headwater.toolkit.expressions.windows import Repeated
from headwater.toolkit.rules.base import RowRule, columns_of
from headwater.toolkit.rules.checked_fields import wrong

Way = Literal["asc", "desc"]


class Condition(RowRule):
    """A condition in SQL that must hold."""

    model_config = ConfigDict(title="Expression")

    rule: Literal["expression"] = Field(title="Rule", description="A condition over the columns of the row holds.")
    condition: SqlText = Field(
        min_length=1,
        title="Condition",
        description="What must be true. A row for which it is NULL, because a value is missing, passes.",
        examples=["ends_at >= starts_at", "amount = quantity * price"],
    )
    on_error: Literal["break", "pass"] = Field(
        default="break",
        title="When it cannot be computed",
        description="For example a division by zero, an overflow, a text that is no date: the row breaks the rule, "
        "or passes.",
    )

    def rules(self, schema: pa.Schema, place: str) -> Iterator[Rule]:
        condition = parse_condition(self.condition, columns=schema, place=f"{place}.condition")
        name = self.name or f"expression:{self.condition[:60]}"
        yield self.ruled(name, None, build.negate(condition), f"it does not hold that {self.condition}")
        failed = condition.failure() if self.on_error == "break" else None
        if failed is not None:
            why = f"it cannot be computed whether {self.condition}: an operation in it has no result"
            yield self.ruled(f"{name}:error", None, failed, why)


class Unique(RowRule):
    """No two rows of the stream have the same key."""

    rule: Literal["unique"] = Field(
        title="Rule",
        description="No other row has the same key. Rows wait until the last one has come; a row that lacks a part of "
        "its key passes.",
    )
    column: ColumnName | None = Field(
        default=None, min_length=1, title="Column", description="The column of the key.", examples=["order_id"]
    )
    columns: tuple[ColumnName, ...] = Field(
        default=(),
        title="Columns",
        description="Instead of `column`: several columns that make the key together.",
        examples=[["order_id", "line"]],
    )
    keep: Literal["none", "first"] = Field(
        default="none",
        title="Of rows with the same key keep",
        description="None of them, for nobody knows which is right; or the first by `order`.",
    )
    order: dict[ColumnName, Way] = Field(
        default_factory=dict,
        title="Order",
        description="With `keep: first`: what comes first, column by column. Rows that are equal in all of them are "
        "ordered by their other columns, so that every run decides alike.",
        examples=[{"updated_at": "desc"}],
    )

    @model_validator(mode="after")
    def _one_way_to_say_it(self) -> Unique:
        if (self.column is None) == (not self.columns):
            raise wrong("needs `column` or `columns`, one of them", "for example columns: [order_id, line]")
        if self.order and self.keep == "none":
            raise wrong("`order` says which row is the first, and `keep: none` keeps none", "add keep: first")
        return self

    def rules(self, schema: pa.Schema, place: str) -> Iterator[Rule]:
        key = columns_of((self.column,) if self.column is not None else self.columns, schema, place)
        for name in self.order:
            if name not in schema.names:
                raise UnknownColumn(name, schema.names, place=f"{place}.order")
        ways: dict[str, Way] = {**self.order}
        if self.keep == "first":
            ways |= {name: "asc" for name in schema.names if name not in ways and name not in key}
            ways = ways or {key[0]: "asc"}
        name = self.name or f"unique:{'+'.join(key)}"
        message = f"another row has the same {' and '.join(key)}"
        broken = Repeated(tuple(build.column(schema, item, place=place) for item in key), _order(schema, ways))
        yield self.ruled(name, key[0] if len(key) == 1 else None, broken, message)


class ForeignKey(RowRule):
    """The value stands in a column of another stream of the pipeline."""

    rule: Literal["foreign_key"] = Field(
        title="Rule",
        description="The values stand in another stream of the pipeline, which is read before; a row that lacks one "
        "of them passes.",
    )
    stream: StreamName = Field(
        min_length=1, title="Stream", description="The other stream, as it stands at this step.", examples=["customers"]
    )
    on: dict[ColumnName, ColumnName] = Field(
        min_length=1,
        title="On",
        description="Column here → column there.",
        examples=[{"customer_id": "id"}],
    )

    def lookup(self, schema: pa.Schema, place: str) -> Lookup:
        for here in self.on:
            if here not in schema.names:
                raise UnknownColumn(here, schema.names, place=f"{place}.on")
        here = list(self.on)
        name = self.name or f"foreign_key:{'+'.join(here)}"
        message = f"{' and '.join(here)} is not in {self.stream}"
        column = here[0] if len(here) == 1 else None
        # The join of the lookup answers; this condition only says when the rule asks at all.
        asked = build.all_of([build.is_not_null(build.column(schema, item, place=place)) for item in here])
        return Lookup(self.stream, tuple(self.on.items()), (), self.ruled(name, column, asked, message))


def _order(schema: pa.Schema, ways: dict[str, Way]) -> tuple[tuple[CheckedExpression, Way], ...]:
    return tuple((build.column(schema, name, place="unique"), way) for name, way in ways.items())
