"""Find the types of expressions without running them: bind the SQL on an empty table in DuckDB.

DuckDB is the type checker for every engine, because its types are exact and a bind takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from headwater.sdk.errors import ConfigError
from headwater.sdk.processor import Expression, Output
from headwater.toolkit.arrow_types import normalise_field
from headwater.toolkit.identifiers import quote_identifier


class Binder:
    """Binds expressions over one input schema, named `input`, or queries over several."""

    def __init__(self, schemas: Mapping[str, pa.Schema], *, place: str) -> None:
        self._schema = schemas.get("input", pa.schema([]))
        self._schemas = schemas
        self._place = place
        self._connection = duckdb.connect()
        self._connection.execute("SET TimeZone='UTC'").fetchall()
        for name, schema in schemas.items():
            self._connection.register(name, schema.empty_table())

    def types(self, expressions: Sequence[Expression]) -> list[pa.DataType]:
        """The Arrow type of each expression. Raises ConfigError with DuckDB's words on what does not fit."""
        if not expressions:
            return []
        selected = ", ".join(f"({item.sql('duckdb')}) AS c{index}" for index, item in enumerate(expressions))
        try:
            bound = self._connection.sql(f"SELECT {selected} FROM input").to_arrow_table().schema
        except duckdb.Error as cause:
            raise ConfigError(
                f"{self._place}: {_first_line(cause)}",
                hint=f"columns here: {', '.join(self._schema.names)}",
                code="config.invalid_expression",
            ) from cause
        return [normalise_field(field).type for field in bound]

    def query(self, query: Expression) -> pa.Schema:
        """The schema of a whole query over the inputs."""
        try:
            bound = self._connection.sql(query.sql("duckdb")).to_arrow_table().schema
        except duckdb.Error as cause:
            raise ConfigError(
                f"{self._place}: {_first_line(cause)}",
                hint="; ".join(f"{name} has {', '.join(schema.names[:40])}" for name, schema in self._schemas.items()),
                code="config.invalid_query",
            ) from cause
        return pa.schema([normalise_field(field) for field in bound])

    def project(self, outputs: Sequence[Output]) -> pa.Schema:
        """The schema of a projection. A column passed through unchanged keeps its metadata (its logical type)."""
        types = self.types([output.expression for output in outputs])
        return pa.schema([self._field(output, bound) for output, bound in zip(outputs, types, strict=True)])

    def _field(self, output: Output, bound: pa.DataType) -> pa.Field:
        source = passed_through(output.expression)
        if source is not None and output.type in (None, bound):
            return self._schema.field(source).with_name(output.name)
        return pa.field(output.name, output.type or bound)

    def condition(self, expression: Expression) -> None:
        """Refuses a condition that is not true or false."""
        (bound,) = self.types([expression])
        if not (pa.types.is_boolean(bound) or pa.types.is_null(bound)):
            raise ConfigError(
                f"{self._place}: the condition {expression.sql('duckdb')} is {bound}, not true or false",
                hint="compare it with something, for example: amount > 0",
                code="config.invalid_expression",
            )

    def close(self) -> None:
        self._connection.close()


def passed_through(expression: Expression) -> str | None:
    """The column's name when the expression is just a column."""
    if len(expression.columns) != 1:
        return None
    (column,) = expression.columns
    return column if expression.sql("duckdb") == quote_identifier(column) else None


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n", 1)[0]
