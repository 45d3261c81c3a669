"""The schema of the files of a load, and batches made to fit it."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from headwater.connectors.files.config import Format
from headwater.sdk.errors import ConfigError
from headwater.toolkit.arrow_types import conform


def file_schema(table: pa.Schema, written: Sequence[str], format: Format) -> pa.Schema:
    """The columns that a load writes, in the table's types. Parquet has no place for an interval: it is text there."""
    fields = [table.field(name) for name in written]
    return pa.schema([stored_field(field, format) for field in fields])


def stored_schema(schema: pa.Schema, format: Format) -> pa.Schema:
    return pa.schema([stored_field(field, format) for field in schema])


def stored_field(field: pa.Field, format: Format) -> pa.Field:
    if format != "parquet":
        return field
    return field.with_type(_without_intervals(field.type))


def _without_intervals(data_type: pa.DataType) -> pa.DataType:
    if pa.types.is_interval(data_type):
        return pa.string()
    if pa.types.is_list(data_type):
        return pa.list_(_without_intervals(data_type.value_type))
    if pa.types.is_struct(data_type):
        return pa.struct([field.with_type(_without_intervals(field.type)) for field in data_type])
    return data_type


def fitted(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch's columns of these names, in these types. Raises DataError naming a column whose value does not fit."""
    columns = [_fitted(batch.column(field.name), field) for field in schema]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _fitted(array: pa.Array, field: pa.Field) -> pa.Array:
    if pa.types.is_interval(array.type) and pa.types.is_string(field.type):
        return pa.array([interval_text(value) for value in array], pa.string())
    return conform(array, field)


def interval_text(value: pa.Scalar) -> str | None:
    """As PostgreSQL and DuckDB read it: `14 months 3 days 3600000000 microseconds`."""
    if not value.is_valid:
        return None
    months, days, nanoseconds = value.as_py()
    return f"{months} months {days} days {nanoseconds // 1000} microseconds"


def refuse_ambiguous(schema: pa.Schema, table: str) -> None:
    """Raises ConfigError for columns that only case tells apart: many readers of files, DuckDB and Spark too, mix them
    up.
    """
    seen: dict[str, str] = {}
    for name in schema.names:
        other = seen.setdefault(name.lower(), name)
        if other != name:
            raise ConfigError(
                f"table {table}: the columns {other!r} and {name!r} differ only in case",
                hint="rename one of them with a processor",
                code="config.ambiguous_column",
            )
        if not name:
            raise ConfigError(f"table {table}: a column has no name", hint="name it", code="config.invalid_name")
