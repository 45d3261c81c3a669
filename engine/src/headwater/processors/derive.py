"""derive: add columns, or replace them, by expressions.

Promises: rows stay; a replaced column stays in its place, new ones follow at the end, in the order they are written. An
expression may use the columns written before it. A row for which one cannot be computed does not go on unnoticed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from headwater.sdk.config import PluginConfig, Shown, SqlText, TypeName, example
from headwater.sdk.errors import ConfigError
from headwater.sdk.processor import Operation, Output, Project, Rule
from headwater.toolkit.arrow_types import parse_type
from headwater.toolkit.expressions.at_fault import ON_ERROR_MEANS, OnError, rejecting, rule_for
from headwater.toolkit.expressions.build import cast, column
from headwater.toolkit.expressions.checked import CheckedExpression
from headwater.toolkit.expressions.parse import parse

Formula = Annotated[str, Field(min_length=1), Shown(title="Expression", format="sql")]


class DerivedColumn(BaseModel):
    """An expression, and the type its value gets."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    expression: SqlText = Field(
        min_length=1,
        title="Expression",
        description="SQL over the columns of the row, and over those derived before it.",
        examples=["amount * quantity"],
    )
    type: TypeName | None = Field(
        default=None,
        title="Type",
        description="What the value is cast to. Without it: the type the expression has.",
        examples=["decimal(12,2)", "date"],
    )


class DeriveConfig(PluginConfig):
    """Add columns, or replace them, by expressions."""

    model_config = ConfigDict(
        json_schema_extra=example(
            {"columns": {"total": "amount * quantity", "day": {"expression": "ordered_at", "type": "date"}}}
        )
    )

    columns: dict[str, Formula | DerivedColumn] = Field(
        min_length=1,
        title="Columns",
        description="Name → expression, or → {expression, type}. A name that exists is replaced.",
        examples=[{"total": "amount * quantity", "day": {"expression": "CAST(ordered_at AS date)", "type": "date"}}],
    )
    on_error: OnError = Field(
        default="reject",
        title="When a value cannot be computed",
        description=f"For example an overflow, a division by zero, a text that is no date. {ON_ERROR_MEANS}",
    )


class Derive:
    config_type: ClassVar[type[PluginConfig]] = DeriveConfig

    def __init__(self, config: DeriveConfig) -> None:
        self._config = config

    def operations(self, schema: pa.Schema) -> tuple[Operation, ...]:
        """Columns that do not build on each other are computed in one step."""
        done: list[Operation] = []
        step: dict[str, CheckedExpression] = {}
        start = now = schema
        for name, wanted in self._config.columns.items():
            derived = wanted if isinstance(wanted, DerivedColumn) else DerivedColumn(expression=wanted)
            place = f"derive.columns.{name}"
            _check_name(name, now.names, place)
            expression = _typed(parse(derived.expression, columns=now, place=place), derived.type, place)
            if expression.columns & step.keys():
                done += self._finished(start, step)
                step, start = {}, now
            step[name] = expression
            now = _with(now, name, expression.type)
        return (*done, *self._finished(start, step))

    def _finished(self, schema: pa.Schema, step: Mapping[str, CheckedExpression]) -> tuple[Operation, ...]:
        names = [*schema.names, *(name for name in step if name not in schema.names)]
        outputs = (
            Output(name, step[name], step[name].type)
            if name in step
            else Output(name, column(schema, name, place="derive"))
            for name in names
        )
        rules = (self._rule(name, expression) for name, expression in step.items())
        return (*rejecting(rules), Project(tuple(outputs)))

    def _rule(self, name: str, expression: CheckedExpression) -> Rule | None:
        message = f"{name} cannot be computed: an operation in its expression has no result"
        # The column need not exist yet, and the rule speaks of the row as it stands.
        return rule_for(expression, self._config.on_error, rule=f"derive:{name}", column=None, message=message)


def _typed(expression: CheckedExpression, wanted: str | None, place: str) -> CheckedExpression:
    try:
        if wanted is not None:
            return cast(expression, parse_type(wanted))
    except ConfigError as error:
        raise ConfigError(f"{place}.type: {error.message}", hint=error.hint, code=error.public_code) from error
    if pa.types.is_null(expression.type):
        raise ConfigError(
            f"{place}: the expression is always NULL, so its type is unknown",
            hint="say it: {expression: NULL, type: string}",
            code="config.unknown_type",
        )
    return expression


def _check_name(name: str, existing: list[str], place: str) -> None:
    alike = [other for other in existing if other != name and other.lower() == name.lower()]
    if not name or alike:
        what = f"there is a column {alike[0]!r}, and names differ by more than capitals" if alike else "it has no name"
        raise ConfigError(f"{place}: {what}", hint="choose another name", code="config.duplicate_column")


def _with(schema: pa.Schema, name: str, data_type: pa.DataType) -> pa.Schema:
    field = pa.field(name, data_type)
    at = schema.get_field_index(name)
    return schema.append(field) if at < 0 else schema.set(at, field)
