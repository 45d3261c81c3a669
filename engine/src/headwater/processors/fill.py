"""fill: put something in the place of missing values.

Promises: rows stay; each column keeps its place and its type; a value that is there is not touched. What is filled in
comes of the same row, as it stood before this step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Annotated, ClassVar

import pyarrow as pa
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, model_validator

from headwater.sdk.config import ColumnName, PluginConfig, SqlText, example
from headwater.sdk.errors import ConfigError, DataError, UnknownColumn
from headwater.sdk.processor import Operation, Output, Project, Rule
from headwater.toolkit.arrow_types import type_name
from headwater.toolkit.expressions import build
from headwater.toolkit.expressions.at_fault import ON_ERROR_MEANS, OnError, rejecting, rule_for
from headwater.toolkit.expressions.checked import CheckedExpression
from headwater.toolkit.expressions.kinds import STRING, kind_of
from headwater.toolkit.expressions.parse import parse
from headwater.toolkit.scalars import from_json

Constant = StrictBool | StrictInt | StrictFloat | str


class Filling(BaseModel):
    """A constant, an expression, or other columns."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: Constant | None = Field(
        default=None, title="Value", description="This constant.", examples=["unknown", 0, "2024-01-01"]
    )
    expression: SqlText | None = Field(
        default=None,
        title="Expression",
        description="SQL over the columns of the row.",
        examples=["lower(email)"],
    )
    columns: tuple[ColumnName, ...] = Field(
        default=(),
        title="Columns",
        description="The first of these columns that has a value.",
        examples=[["mobile", "phone"]],
    )

    @model_validator(mode="after")
    def _one(self) -> Filling:
        if sum((self.value is not None, self.expression is not None, bool(self.columns))) != 1:
            raise ValueError("give one of value, expression and columns")
        return self


def _written(value: object) -> object:
    """A bare constant stands for itself."""
    return value if isinstance(value, Mapping | Filling) else {"value": value}


class FillConfig(PluginConfig):
    """Put something in the place of missing values."""

    model_config = ConfigDict(
        json_schema_extra=example(
            {"columns": {"country": "unknown", "phone": {"columns": ["mobile", "office_phone"]}}, "empty_texts": True}
        )
    )

    columns: dict[ColumnName, Annotated[Filling, BeforeValidator(_written)]] = Field(
        min_length=1,
        title="Columns",
        description="Column name or glob → a constant, or `{value}`, `{expression}` or `{columns}`.",
        examples=[{"country": "unknown", "*_count": 0, "phone": {"columns": ["mobile", "office_phone"]}}],
    )
    empty_texts: bool = Field(
        default=False,
        title="Empty texts too",
        description="Treat texts that are empty, or hold nothing but spaces, as missing values.",
    )
    on_error: OnError = Field(
        default="reject",
        title="When a value cannot be computed",
        description=f"For example a text that is not of the column's type. {ON_ERROR_MEANS}",
    )


class Fill:
    config_type: ClassVar[type[PluginConfig]] = FillConfig

    def __init__(self, config: FillConfig) -> None:
        self._config = config

    def operations(self, schema: pa.Schema) -> tuple[Operation, ...]:
        filled = {
            name: self._filled(name, by, schema) for key in self._config.columns for name, by in self._of(key, schema)
        }
        outputs = (
            Output(name, filled[name], schema.field(name).type)
            if name in filled
            else Output(name, build.column(schema, name, place="fill"))
            for name in schema.names
        )
        rules = (self._rule(name, expression) for name, expression in filled.items())
        return (*rejecting(rules), Project(tuple(outputs)))

    def _of(self, key: str, schema: pa.Schema) -> Iterator[tuple[str, Filling]]:
        """The columns a key means; a column that is a key itself is not met by a glob."""
        by = self._config.columns[key]
        if key in schema.names:
            yield key, by
            return
        matched = [name for name in schema.names if fnmatchcase(name, key)]
        if not matched:
            raise UnknownColumn(key, schema.names, place="fill.columns")
        yield from ((name, by) for name in matched if name not in self._config.columns)

    def _filled(self, name: str, by: Filling, schema: pa.Schema) -> CheckedExpression:
        place = f"fill.columns.{name}"
        data_type = schema.field(name).type
        here = self._present(build.column(schema, name, place="fill.columns"))
        if by.value is not None:
            substitutes = [_constant(by.value, data_type, place)]
        elif by.expression is not None:
            substitutes = [parse(by.expression, columns=schema, place=f"{place}.expression")]
        else:
            others = (build.column(schema, other, place=f"{place}.columns") for other in by.columns)
            substitutes = [self._present(other) for other in others]
        try:
            return build.call("coalesce", here, *(_as(item, data_type) for item in substitutes))
        except ConfigError as error:
            raise ConfigError(f"{place}: {error.message}", hint=error.hint, code=error.public_code) from error

    def _present(self, value: CheckedExpression) -> CheckedExpression:
        """The value, or NULL for an empty text where that counts as missing."""
        if not self._config.empty_texts or kind_of(value.type) != "text":
            return value
        blank = build.compare("=", build.call("trim", value), build.literal(""))
        return build.call("if", blank, build.literal(None, STRING), value)

    def _rule(self, name: str, expression: CheckedExpression) -> Rule | None:
        message = f"{name} cannot be filled: what should stand there cannot be computed"
        return rule_for(expression, self._config.on_error, rule=f"fill:{name}", column=name, message=message)


def _as(value: CheckedExpression, data_type: pa.DataType) -> CheckedExpression:
    return value if value.type == data_type else build.cast(value, data_type)


def _constant(value: Constant, data_type: pa.DataType, place: str) -> CheckedExpression:
    """The constant as the column's own type, exactly."""
    text = str(value)
    if isinstance(value, bool) != pa.types.is_boolean(data_type) and not pa.types.is_string(data_type):
        raise _misfit(value, data_type, place)
    try:
        if pa.types.is_string(data_type):
            return build.literal(text.lower() if isinstance(value, bool) else text)
        if pa.types.is_floating(data_type) or pa.types.is_integer(data_type) or pa.types.is_decimal(data_type):
            return build.literal(_number(value, data_type, place).as_py(), data_type)
        return build.literal(from_json(value, data_type, column=place).as_py(), data_type)
    except (DataError, pa.ArrowInvalid, ConfigError) as cause:
        raise _misfit(value, data_type, place) from cause


def _number(value: Constant, data_type: pa.DataType, place: str) -> pa.Scalar:
    if isinstance(value, float) and not value.is_integer() and pa.types.is_integer(data_type):
        raise _misfit(value, data_type, place)
    whole = isinstance(value, float) and pa.types.is_integer(data_type)
    return pa.scalar(str(int(value) if whole else value), pa.string()).cast(data_type)


def _misfit(value: object, data_type: pa.DataType, place: str) -> ConfigError:
    return ConfigError(
        f"{place}: {value!r} is no {type_name(data_type)}, the type of this column",
        hint="write a value of that type, or cast the column first",
        code="config.invalid_value",
    )
