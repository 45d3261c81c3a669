"""What every DuckDB connection of ours is set to, and what an Arrow type is called there; text only."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from headwater.sdk.errors import ConfigError
from headwater.sdk.stream import Json
from headwater.toolkit.identifiers import quote_identifier, quote_literal

_SIMPLE: dict[pa.DataType, str] = {
    pa.bool_(): "BOOLEAN",
    pa.int8(): "TINYINT",
    pa.int16(): "SMALLINT",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.uint8(): "UTINYINT",
    pa.uint16(): "USMALLINT",
    pa.uint32(): "UINTEGER",
    pa.uint64(): "UBIGINT",
    pa.float32(): "FLOAT",
    pa.float64(): "DOUBLE",
    pa.string(): "VARCHAR",
    pa.binary(): "BLOB",
    pa.date32(): "DATE",
    pa.time64("us"): "TIME",
    pa.timestamp("us"): "TIMESTAMP",
    pa.timestamp("us", "UTC"): "TIMESTAMPTZ",
    pa.month_day_nano_interval(): "INTERVAL",
}


def duckdb_type(data_type: pa.DataType) -> str:
    """The DuckDB type of a normalised Arrow type. Raises ConfigError for others (normalise first)."""
    if data_type in _SIMPLE:
        return _SIMPLE[data_type]
    if pa.types.is_decimal(data_type):
        return f"DECIMAL({data_type.precision},{data_type.scale})"
    if pa.types.is_list(data_type):
        return f"{duckdb_type(data_type.value_type)}[]"
    if pa.types.is_struct(data_type):
        inner = ", ".join(f"{quote_identifier(field.name)} {duckdb_type(field.type)}" for field in data_type)
        return f"STRUCT({inner})"
    raise ConfigError(
        f"the Arrow type {data_type} is not one that crosses Headwater's borders",
        hint="pass the schema through toolkit.arrow_types.normalise_schema",
        code="config.unknown_type",
    )


def any_of(conditions: Sequence[str]) -> str:
    """A balanced tree of ORs: DuckDB limits how deep an expression may be, not how wide. There is at least one."""
    if len(conditions) == 1:
        return conditions[0]
    middle = len(conditions) // 2
    return f"({any_of(conditions[:middle])} OR {any_of(conditions[middle:])})"


def session_settings(
    *,
    memory_limit: str | None = None,
    threads: int | None = None,
    temp_directory: str | None = None,
    streaming_buffer: str = "4MB",
) -> tuple[str, ...]:
    """The SET statements of every DuckDB connection. Sizes as DuckDB writes them (`1GB`)."""
    settings: dict[str, Json] = {
        "TimeZone": "UTC",
        # In 2.0.0 this optimizer turns TRY_CAST over read_csv into a cast that fails the query.
        "disabled_optimizers": "type_pushdown",
        # Row order costs memory: it makes scans hold finished blocks back.
        "preserve_insertion_order": False,
        # A run never downloads code, and a Python variable never becomes a table.
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "python_enable_replacements": False,
        "enable_progress_bar": False,
        "streaming_buffer_size": streaming_buffer,
        "memory_limit": memory_limit,
        "threads": threads,
        "temp_directory": temp_directory,
    }
    return tuple(f"SET {name} = {quote_literal(value)}" for name, value in settings.items() if value is not None)
