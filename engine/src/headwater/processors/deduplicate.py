"""deduplicate: one row per key goes on, the others are counted as deduplicated.

Promises: which row stays depends on the rows alone, never on their order: after `order_by` all other columns decide.
A missing value (NULL) loses against every value, whichever end is kept; as part of a key, NULL equals NULL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Annotated, ClassVar, Literal

import pyarrow as pa
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from headwater.sdk.config import ColumnName, PluginConfig, SqlText, example
from headwater.sdk.errors import ConfigError, UnknownColumn
from headwater.sdk.processor import Distinct
from headwater.toolkit.expressions.build import column
from headwater.toolkit.expressions.checked import CheckedExpression
from headwater.toolkit.expressions.kinds import kind_of
from headwater.toolkit.expressions.parse import parse

Way = Literal["asc", "desc"]
_WAY = re.compile(r"(?P<what>.+?)\s+(?P<way>asc|desc)", re.IGNORECASE | re.DOTALL)
_UNORDERED = ("list", "struct", "other")


class OrderItem(BaseModel):
    """One column or expression that decides which row comes first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: ColumnName | None = Field(default=None, title="Column", description="A column.", examples=["updated_at"])
    expression: SqlText | None = Field(
        default=None,
        title="Expression",
        description="SQL over the columns, instead of a column.",
        examples=["CASE WHEN status = 'final' THEN 1 ELSE 2 END"],
    )
    desc: bool = Field(default=False, title="Descending", description="The greatest value first.")

    @model_validator(mode="after")
    def _one(self) -> OrderItem:
        if (self.column is None) == (self.expression is None):
            raise ValueError("give either a column or an expression")
        return self


def _written(value: object) -> object:
    """`updated_at desc` stands for an expression and its direction."""
    if not isinstance(value, str):
        return value
    found = _WAY.fullmatch(value.strip())
    text, way = (found["what"], found["way"].lower()) if found else (value, "asc")
    return {"expression": text, "desc": way == "desc"}


class DeduplicateConfig(PluginConfig):
    """Keep one row per key."""

    model_config = ConfigDict(json_schema_extra=example({"key": ["order_id"], "order_by": ["updated_at desc"]}))

    key: tuple[ColumnName, ...] = Field(
        default=("*",),
        min_length=1,
        title="Key",
        description="Names or globs of the columns that tell rows apart. Default: all columns, so that only rows "
        "that are equal throughout become one.",
        examples=[["order_id"], ["customer_id", "day"]],
    )
    order_by: tuple[Annotated[OrderItem, BeforeValidator(_written)], ...] = Field(
        default=(),
        title="Order",
        description="What decides among rows of one key: `{column, desc}`, `{expression, desc}`, or a text like "
        "`updated_at desc`. After it all other columns decide, so that the result does not depend on chance.",
        examples=[["updated_at desc"], [{"column": "updated_at", "desc": True}]],
    )
    keep: Literal["first", "last"] = Field(
        default="first", title="Keep", description="The first or the last row of each key, in that order."
    )


class Deduplicate:
    config_type: ClassVar[type[PluginConfig]] = DeduplicateConfig

    def __init__(self, config: DeduplicateConfig) -> None:
        self._config = config

    def operations(self, schema: pa.Schema) -> tuple[Distinct, ...]:
        key = tuple(dict.fromkeys(name for pattern in self._config.key for name in _matched(pattern, schema.names)))
        order = [self._ordered(at, item, schema) for at, item in enumerate(self._config.order_by)]
        named = {expression.sql("duckdb") for expression, _ in order}
        for name in schema.names:
            rest = column(schema, name, place="deduplicate")
            if name not in key and rest.sql("duckdb") not in named:
                order.append((rest, "asc"))
        return (Distinct(key, tuple((expression, self._turned(way)) for expression, way in order)),)

    def _ordered(self, at: int, item: OrderItem, schema: pa.Schema) -> tuple[CheckedExpression, Way]:
        place = f"deduplicate.order_by[{at}]"
        if item.column is not None:
            found = column(schema, item.column, place=place)
        else:
            found = parse(item.expression or "", columns=schema, place=place)
        if kind_of(found.type) in _UNORDERED:
            raise ConfigError(
                f"{place}: lists and structs have no order of use here",
                hint="order by a number, a text or a time",
                code="config.invalid_expression",
            )
        return found, "desc" if item.desc else "asc"

    def _turned(self, way: Way) -> Way:
        if self._config.keep == "first":
            return way
        return "asc" if way == "desc" else "desc"


def _matched(pattern: str, names: list[str]) -> Iterator[str]:
    if pattern in names:
        return iter((pattern,))
    found = [name for name in names if fnmatchcase(name, pattern)]
    if not found:
        raise UnknownColumn(pattern, names, place="deduplicate.key")
    return iter(found)
