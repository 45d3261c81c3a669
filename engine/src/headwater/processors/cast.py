"""cast: give columns other types, strictly.

Promises: rows and columns stay in their order; a value becomes exactly what its text or number says, or the row is
rejected. `1.0` is no integer, 30 February no date; spaces around a text do not matter. The rules of each pair of types
stand in `toolkit.expressions.casts` and in the reference of expressions.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import ClassVar

import pyarrow as pa
from pydantic import ConfigDict, Field

from headwater.sdk.config import ColumnName, PluginConfig, TypeName, example
from headwater.sdk.errors import ConfigError, UnknownColumn
from headwater.sdk.processor import Operation, Output, Project, Rule
from headwater.toolkit.arrow_types import LOGICAL, parse_type, type_name
from headwater.toolkit.expressions import build
from headwater.toolkit.expressions.at_fault import ON_ERROR_MEANS, OnError, rejecting, rule_for
from headwater.toolkit.expressions.checked import CheckedExpression


class CastConfig(PluginConfig):
    """Give columns other types; a value that is not of its type rejects the row."""

    model_config = ConfigDict(json_schema_extra=example({"columns": {"amount": "decimal(12,2)", "*_at": "timestamp"}}))

    columns: dict[ColumnName, TypeName] = Field(
        min_length=1,
        title="Columns",
        description="Column name or glob → type, such as int64, decimal(12,2), date, timestamp, bool, string.",
        examples=[{"amount": "decimal(12,2)", "*_at": "timestamp"}],
    )
    on_error: OnError = Field(
        default="reject",
        title="When a value is not of the type",
        description=ON_ERROR_MEANS,
    )


class Cast:
    config_type: ClassVar[type[PluginConfig]] = CastConfig

    def __init__(self, config: CastConfig) -> None:
        self._config = config

    def operations(self, schema: pa.Schema) -> tuple[Operation, ...]:
        types = {name: parsed for pattern in self._config.columns for name, parsed in self._chosen(pattern, schema)}
        casts = {name: _cast(schema, name, data_type) for name, data_type in types.items()}
        outputs = (
            Output(name, casts[name], types[name])
            if name in casts
            else Output(name, build.column(schema, name, place="cast"))
            for name in schema.names
        )
        rules = (self._rule(name, expression) for name, expression in casts.items())
        return (*rejecting(rules), Project(tuple(outputs)))

    def _chosen(self, pattern: str, schema: pa.Schema) -> Iterator[tuple[str, pa.DataType]]:
        """The columns a key means; a column that is a key itself is not met by a glob."""
        place = f"cast.columns.{pattern}"
        data_type = _type(self._config.columns[pattern], place)
        if pattern in schema.names:
            yield pattern, data_type
            return
        matched = [name for name in schema.names if fnmatchcase(name, pattern)]
        if not matched:
            raise UnknownColumn(pattern, schema.names, place="cast.columns")
        yield from ((name, data_type) for name in matched if name not in self._config.columns)

    def _rule(self, name: str, expression: CheckedExpression) -> Rule | None:
        message = f"{name} is not of the type {type_name(expression.type)}"
        return rule_for(expression, self._config.on_error, rule=f"cast:{name}", column=name, message=message)


def _type(text: str, place: str) -> pa.DataType:
    if text.strip().lower() in LOGICAL:
        raise ConfigError(
            f"{place}: {text} is text in a pipeline; there is nothing to cast it to",
            hint="a decimal has digits: decimal(12,2); to check a text use the schema processor",
            code="config.unknown_type",
        )
    try:
        return parse_type(text)
    except ConfigError as error:
        raise ConfigError(f"{place}: {error.message}", hint=error.hint, code=error.public_code) from error


def _cast(schema: pa.Schema, name: str, data_type: pa.DataType) -> CheckedExpression:
    try:
        return build.cast(build.column(schema, name, place="cast.columns"), data_type)
    except ConfigError as error:
        raise ConfigError(f"cast.columns.{name}: {error.message}", hint=error.hint, code=error.public_code) from error
