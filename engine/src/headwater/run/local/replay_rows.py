"""Rows kept as JSON texts, as a marked scan: each value cast to its column's type, or marked when it does not fit."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from headwater.run.local.flow import Given
from headwater.toolkit.duckdb_sql import duckdb_type
from headwater.toolkit.identifiers import quote_identifier, quote_literal
from headwater.toolkit.scan_columns import conflict_column, conflict_text_column


def given_rows(rows: Sequence[str], schema: pa.Schema) -> Given:
    """Rows as JSON texts, to be delivered as if they had been read."""
    texts = pa.table({"row": pa.array(rows, pa.string())})

    def opened(cursor: duckdb.DuckDBPyConnection) -> tuple[str, bool]:
        cursor.register("__hw_replay", texts)
        return replay_relation("__hw_replay", schema), True

    return opened


def replay_relation(table: str, schema: pa.Schema) -> str:
    """`table` has one column `row`. Yields the schema's columns and the two conflict columns of
    `toolkit.scan_columns`.
    """
    cells = [f"{_value(field)} AS {quote_identifier(field.name)}" for field in schema]
    found = ", ".join(
        f"CASE WHEN {_value(field)} IS NULL AND {_text(field)} IS NOT NULL THEN {quote_literal(field.name)} END"
        for field in schema
    )
    named = f"list_filter([{found}], lambda name: name IS NOT NULL)"
    text = f"CASE WHEN len({named}) > 0 THEN row END"
    conflicts = [f"nullif({named}, []) AS {conflict_column}", f"{text} AS {conflict_text_column}"]
    return f"(SELECT {', '.join([*cells, *conflicts])} FROM {table})"


def _text(field: pa.Field) -> str:
    return f"json_extract_string(row, {_path(field.name)})"


def _value(field: pa.Field) -> str:
    target = duckdb_type(field.type)
    if pa.types.is_nested(field.type):
        return f"TRY_CAST(json_extract(row, {_path(field.name)}) AS {target})"
    if pa.types.is_string(field.type):
        return _text(field)
    return f"TRY_CAST({_text(field)} AS {target})"


def _path(name: str) -> str:
    """A JSON pointer (RFC 6901), which takes any name."""
    return quote_literal("/" + name.replace("~", "~0").replace("/", "~1"))
