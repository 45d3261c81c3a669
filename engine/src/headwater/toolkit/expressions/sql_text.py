"""Names, literals and types in the SQL of each engine.

Sources: DuckDB 2.0 and Spark 4.3 SQL references. In Spark a backslash escapes inside a text literal; in DuckDB it
does not.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite

import pyarrow as pa

from headwater.sdk.errors import ConfigError, InternalError
from headwater.sdk.processor import Dialect
from headwater.toolkit.arrow_types import type_name
from headwater.toolkit.duckdb_sql import duckdb_type
from headwater.toolkit.expressions.nodes import Value
from headwater.toolkit.identifiers import quote_identifier

# Spark has no unsigned integers: each becomes the next type that holds all its values.
_SPARK_TYPES = {
    "bool": "BOOLEAN",
    "int8": "TINYINT",
    "int16": "SMALLINT",
    "int32": "INT",
    "int64": "BIGINT",
    "uint8": "SMALLINT",
    "uint16": "INT",
    "uint32": "BIGINT",
    "uint64": "DECIMAL(20,0)",
    "float32": "FLOAT",
    "float64": "DOUBLE",
    "string": "STRING",
    "binary": "BINARY",
    "date": "DATE",
    "time": "TIME",
    "timestamp": "TIMESTAMP_NTZ",
    "timestamptz": "TIMESTAMP_LTZ",
    "interval": "INTERVAL",
}


def sql_type(data_type: pa.DataType, dialect: Dialect) -> str:
    if dialect == "duckdb":
        return duckdb_type(data_type)
    if pa.types.is_list(data_type):
        return f"ARRAY<{sql_type(data_type.value_type, dialect)}>"
    if pa.types.is_struct(data_type):
        fields = (f"{quote_name(field.name, dialect)}: {sql_type(field.type, dialect)}" for field in data_type)
        return f"STRUCT<{', '.join(fields)}>"
    name = type_name(data_type)
    return name.upper() if pa.types.is_decimal(data_type) else _SPARK_TYPES[name]


def quote_name(name: str, dialect: Dialect) -> str:
    quoted = quote_identifier(name)
    return quoted if dialect == "duckdb" else "`" + name.replace("`", "``") + "`"


def quote_text(text: str, dialect: Dialect) -> str:
    """Raises ConfigError for a NUL character, which no engine takes inside SQL text."""
    if "\0" in text:
        raise ConfigError(
            "a text in an expression holds a NUL character",
            hint="take it out of the text",
            code="config.invalid_expression",
        )
    if dialect == "spark":
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return "'" + text.replace("'", "''") + "'"


def literal_sql(value: Value, data_type: pa.DataType, dialect: Dialect) -> str:
    if value is None:
        return "NULL" if pa.types.is_null(data_type) else f"CAST(NULL AS {sql_type(data_type, dialect)})"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | Decimal):
        text = str(value) if isinstance(value, int) else f"{value:f}"
        return f"({text})" if value < 0 else text
    if isinstance(value, float):
        return _float_sql(value, dialect)
    if isinstance(value, str):
        return quote_text(value, dialect)
    if isinstance(value, bytes):
        return f"unhex('{value.hex()}')"
    return _moment_sql(value, data_type, dialect)


def _float_sql(value: float, dialect: Dialect) -> str:
    if not isfinite(value):
        return f"CAST('{value}' AS DOUBLE)"
    text = f"{value!r}D" if dialect == "spark" else repr(value) if "e" in repr(value) else f"{value!r}e0"
    return f"({text})" if text.startswith("-") else text


def _moment_sql(value: date | time, data_type: pa.DataType, dialect: Dialect) -> str:
    spark = dialect == "spark"
    if isinstance(value, datetime):
        text = value.isoformat(" ")
        if pa.types.is_timestamp(data_type) and data_type.tz:
            return f"{'TIMESTAMP_LTZ' if spark else 'TIMESTAMPTZ'} '{text}'"
        return f"{'TIMESTAMP_NTZ' if spark else 'TIMESTAMP'} '{text}'"
    if isinstance(value, time):
        return f"TIME '{value.isoformat()}'"
    if pa.types.is_date(data_type):
        return f"DATE '{value.isoformat()}'"
    raise InternalError(f"a literal of the type {data_type} has no SQL")
