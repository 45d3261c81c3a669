"""What a DuckDB file holds: tables and views with their columns, keys and sizes."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from headwater.connectors.duckdb.types import Column, read_column
from headwater.sdk.stream import Stream
from headwater.toolkit.identifiers import quote_identifier
from headwater.toolkit.load_ledger import LEDGER, META_PREFIX, LoadLedger
from headwater.toolkit.scalars import cursor_type_error

_RELATIONS = """
    SELECT schema_name, table_name, estimated_size, true FROM duckdb_tables()
    WHERE NOT internal AND NOT temporary AND database_name = current_database()
    UNION ALL
    SELECT schema_name, view_name, NULL, false FROM duckdb_views()
    WHERE NOT internal AND NOT temporary AND database_name = current_database()
"""
_PRIMARY_KEY = """
    SELECT constraint_column_names FROM duckdb_constraints()
    WHERE schema_name = ? AND table_name = ? AND constraint_type = 'PRIMARY KEY' AND database_name = current_database()
"""


_creating = threading.Lock()


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view. `rows` is DuckDB's estimate; None for a view."""

    schema: str
    name: str
    rows: int | None
    is_table: bool

    @property
    def sql(self) -> str:
        return f"{quote_identifier(self.schema)}.{quote_identifier(self.name)}"


def relations(cursor: duckdb.DuckDBPyConnection, bare_schema: str) -> dict[str, Relation]:
    """Every table and view by its stream name, in name order; Headwater's own record is left out."""
    found: dict[str, Relation] = {}
    for schema, name, rows, is_table in cursor.execute(_RELATIONS).fetchall():
        if name.startswith(META_PREFIX):
            continue
        found[name if schema == bare_schema else f"{schema}.{name}"] = Relation(schema, name, rows, is_table)
    return dict(sorted(found.items()))


def ledger(cursor: duckdb.DuckDBPyConnection, schema: str) -> LoadLedger:
    """The record of loads, in the cursor's transaction."""
    return LoadLedger(
        f"{quote_identifier(schema)}.{quote_identifier(LEDGER)}",
        lambda sql, values: cursor.execute(sql, list(values)).fetchall(),
    )


def create_ledger(cursor: duckdb.DuckDBPyConnection, schema: str) -> LoadLedger:
    """Several streams come to a new file at once, and of two connections that create a table DuckDB fails one, IF NOT
    EXISTS or not.
    """
    made = ledger(cursor, schema)
    with _creating:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {quote_identifier(schema)}")
        made.create()
    return made


def has_ledger(cursor: duckdb.DuckDBPyConnection, schema: str) -> bool:
    found = "SELECT 1 FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?"
    return bool(cursor.execute(found, [schema, LEDGER]).fetchall())


def columns(cursor: duckdb.DuckDBPyConnection, relation: Relation) -> tuple[Column, ...]:
    described = cursor.sql(f"SELECT * FROM {relation.sql} LIMIT 0")
    return tuple(read_column(name, kind) for name, kind in zip(described.columns, described.types, strict=True))


def describe(cursor: duckdb.DuckDBPyConnection, name: str, relation: Relation) -> Stream:
    fields = [column.field for column in columns(cursor, relation)]
    key: tuple[str, ...] = ()
    if relation.is_table:
        found = cursor.execute(_PRIMARY_KEY, [relation.schema, relation.name]).fetchall()
        key = tuple(found[0][0]) if found else ()
    return Stream(
        name=name,
        schema=pa.schema(fields),
        primary_key=key,
        cursor_candidates=tuple(item.name for item in fields if cursor_type_error(item.name, item.type) is None),
        row_estimate=relation.rows,
    )
