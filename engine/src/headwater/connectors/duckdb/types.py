"""DuckDB's types and Arrow's: what a column is read as, and what it is made as.

Source: DuckDB documentation, "Data Types". HUGEINT and UHUGEINT are read as decimal(38,0), and a value of 39 digits is
an error; BIGNUM is text. TIMESTAMP_NS and TIME_NS lose what is below a microsecond. A union or a variant is JSON text.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
from duckdb import sqltypes

from headwater.toolkit.arrow_types import logical, with_logical
from headwater.toolkit.duckdb_sql import duckdb_type
from headwater.toolkit.identifiers import quote_identifier

_PLAIN: dict[str, pa.DataType] = {
    "boolean": pa.bool_(),
    "tinyint": pa.int8(),
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "utinyint": pa.uint8(),
    "usmallint": pa.uint16(),
    "uinteger": pa.uint32(),
    "ubigint": pa.uint64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "blob": pa.binary(),
    "interval": pa.month_day_nano_interval(),
    "time": pa.time64("us"),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamp with time zone": pa.timestamp("us", "UTC"),
}
# Read through a cast: DuckDB type → (type to cast to, Arrow type).
_CAST: dict[str, tuple[str, pa.DataType]] = {
    "hugeint": ("DECIMAL(38,0)", pa.decimal128(38, 0)),
    "uhugeint": ("DECIMAL(38,0)", pa.decimal128(38, 0)),
    "timestamp_s": ("TIMESTAMP", pa.timestamp("us")),
    "timestamp_ms": ("TIMESTAMP", pa.timestamp("us")),
    "timestamp_ns": ("TIMESTAMP", pa.timestamp("us")),
    "time_ns": ("TIME", pa.time64("us")),
}
_AS_TEXT = {"uuid": "uuid", "enum": "enum", "bit": "bit", "time with time zone": "timetz", "bignum": "numeric"}
_MAY_BE_INFINITE = frozenset(
    {"date", "timestamp", "timestamp with time zone", "timestamp_s", "timestamp_ms", "timestamp_ns"}
)

_MADE_LOGICAL = {"json": "JSON", "uuid": "UUID"}


@dataclass(frozen=True, slots=True)
class Column:
    """How a column is read: `expression` gives `field`'s type; `raw` is the column itself, which filters are put on."""

    field: pa.Field
    expression: str
    raw: str


@dataclass(frozen=True, slots=True)
class _Reading:
    """`cast` is what DuckDB must cast to first (None: nothing), which also works inside a list or struct."""

    type: pa.DataType
    sql: str
    cast: bool = False
    logical: str | None = None


def read_column(name: str, data_type: sqltypes.DuckDBPyType) -> Column:
    column = quote_identifier(name)
    reading = _reading(data_type)
    if reading is None:
        special = f"map_entries({column})" if data_type.id == "map" else None
        inner = _reading_of_map(data_type) if special else None
        if special and inner is not None:
            return Column(pa.field(name, inner.type), f"CAST({special} AS {inner.sql})", column)
        text = f"CAST(to_json({column}) AS VARCHAR)"
        return Column(with_logical(pa.field(name, pa.string()), "json"), text, column)
    field = pa.field(name, reading.type)
    if reading.logical:
        field = with_logical(field, reading.logical)
    expression = f"CAST({column} AS {reading.sql})" if reading.cast else column
    if data_type.id in _MAY_BE_INFINITE:
        problem = "'" + f"column {column} holds infinity".replace("'", "''") + "'"
        expression = f"CASE WHEN isinf({column}) THEN error({problem}) ELSE {expression} END"
    return Column(field, expression, column)


def _reading(data_type: sqltypes.DuckDBPyType) -> _Reading | None:
    """None: only JSON text, or the entries of a map, can say it."""
    kind = data_type.id
    if str(data_type) == "JSON":
        return _Reading(pa.string(), "VARCHAR", cast=True, logical="json")
    if kind in _PLAIN:
        return _Reading(_PLAIN[kind], str(data_type))
    if kind in _CAST:
        sql, arrow = _CAST[kind]
        return _Reading(arrow, sql, cast=True)
    if kind == "varchar":
        return _Reading(pa.string(), "VARCHAR")
    if kind in _AS_TEXT:
        return _Reading(pa.string(), "VARCHAR", cast=True, logical=_AS_TEXT[kind])
    if kind == "decimal":
        size = dict(data_type.children)
        return _Reading(pa.decimal128(int(str(size["precision"])), int(str(size["scale"]))), str(data_type))
    if kind in ("list", "array"):
        inner = _reading(_children(data_type)["child"])
        return (
            None
            if inner is None
            else _Reading(pa.list_(inner.type), f"{inner.sql}[]", cast=inner.cast or kind == "array")
        )
    if kind == "struct":
        return _reading_of_struct(_children(data_type))
    if kind in ("map", "union", "variant"):
        return None
    return _Reading(pa.string(), "VARCHAR", cast=True)


def _reading_of_struct(children: dict[str, sqltypes.DuckDBPyType]) -> _Reading | None:
    fields: list[pa.Field] = []
    parts: list[str] = []
    cast = False
    for name, child in children.items():
        inner = _reading(child)
        if inner is None or not name:
            return None
        field = pa.field(name, inner.type)
        fields.append(with_logical(field, inner.logical) if inner.logical else field)
        parts.append(f"{quote_identifier(name)} {inner.sql}")
        cast = cast or inner.cast
    return _Reading(pa.struct(fields), f"STRUCT({', '.join(parts)})", cast=cast)


def _reading_of_map(data_type: sqltypes.DuckDBPyType) -> _Reading | None:
    pair = _reading_of_struct(_children(data_type))
    return None if pair is None else _Reading(pa.list_(pair.type), f"{pair.sql}[]")


def _children(data_type: sqltypes.DuckDBPyType) -> dict[str, sqltypes.DuckDBPyType]:
    return {name: child for name, child in data_type.children if isinstance(child, sqltypes.DuckDBPyType)}


def made_type(field: pa.Field) -> str:
    """The DuckDB type of a column that the destination makes for this field."""
    if (name := logical(field)) in _MADE_LOGICAL:
        return _MADE_LOGICAL[str(name)]
    return duckdb_type(field.type)
