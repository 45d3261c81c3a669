"""The table a load goes to: found or made, its schema settled, inside the load's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

from headwater.connectors.duckdb.catalog import Relation, columns
from headwater.connectors.duckdb.types import made_type
from headwater.sdk.destination import LoadRequest, Write
from headwater.sdk.errors import ConfigError
from headwater.toolkit.column_names import refuse_clashing
from headwater.toolkit.evolution import Settled, settle
from headwater.toolkit.identifiers import quote_identifier
from headwater.toolkit.load_ledger import META_PREFIX
from headwater.toolkit.table_sql import VALID_FROM, VALID_TO

_HISTORY = (VALID_FROM, VALID_TO)
_HISTORY_TYPE = "TIMESTAMP WITH TIME ZONE"
_FIND = """
    SELECT 'table' FROM duckdb_tables() WHERE lower(schema_name) = lower(?) AND lower(table_name) = lower(?)
    UNION ALL
    SELECT 'view' FROM duckdb_views() WHERE lower(schema_name) = lower(?) AND lower(view_name) = lower(?)
"""


@dataclass(frozen=True, slots=True)
class Target:
    """`sql` is the quoted table; `settled.written` are the columns the load fills."""

    sql: str
    settled: Settled
    fresh: bool


def split_table(table: str, bare_schema: str) -> Relation:
    """`schema.table` or `table`, as the template rendered it."""
    schema, dot, name = table.partition(".")
    relation = Relation(schema, name, None, is_table=True) if dot else Relation(bare_schema, table, None, is_table=True)
    if not relation.name or not relation.schema or "\0" in table or relation.name.startswith(META_PREFIX):
        raise ConfigError(
            f"{table!r} cannot be a table in DuckDB",
            hint=f"a name is not empty, has no NUL and does not begin with {META_PREFIX}; set `table` in the pipeline",
            code="duckdb.invalid_name",
        )
    return relation


def prepare(cursor: duckdb.DuckDBPyConnection, request: LoadRequest, bare_schema: str, now: datetime) -> Target:
    """Raises SchemaChanged and ConfigError, before anything is written."""
    relation = split_table(request.table, bare_schema)
    refuse_clashing(request.schema.names, table=request.table, system="DuckDB", code="duckdb.invalid_column")
    existing = _existing(cursor, relation, request)
    settled = settle(existing, request.schema, evolution=request.evolution, write=request.write, table=request.table)
    history = request.write is Write.SCD2
    if existing is None:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {quote_identifier(relation.schema)}")
        _create(cursor, relation, settled.table, history=history)
        return Target(relation.sql, settled, fresh=True)
    if request.write is Write.REPLACE and settled.retyped:
        cursor.execute(f"DROP TABLE {relation.sql}")
        _create(cursor, relation, settled.table, history=False)
        return Target(relation.sql, settled, fresh=True)
    for field in settled.added:
        cursor.execute(f"ALTER TABLE {relation.sql} ADD COLUMN {quote_identifier(field.name)} {made_type(field)}")
    for field in settled.retyped:
        column = quote_identifier(field.name)
        cursor.execute(f"ALTER TABLE {relation.sql} ALTER COLUMN {column} SET DATA TYPE {made_type(field)}")
    if history:
        _add_history(cursor, relation, now)
    if request.write is Write.REPLACE:
        cursor.execute(f"DELETE FROM {relation.sql}")
    return Target(relation.sql, settled, fresh=False)


def _existing(cursor: duckdb.DuckDBPyConnection, relation: Relation, request: LoadRequest) -> pa.Schema | None:
    found = cursor.execute(_FIND, [relation.schema, relation.name] * 2).fetchall()
    if not found:
        return None
    if found[0][0] == "view":
        raise ConfigError(
            f"{request.table!r} is a view, which cannot be loaded",
            hint="drop the view, or give the table another name in the pipeline",
            code="duckdb.is_view",
        )
    known = [column.field for column in columns(cursor, relation)]
    hidden = _HISTORY if request.write is Write.SCD2 else ()
    return _spelled(pa.schema([field for field in known if field.name not in hidden]), request.schema)


def _spelled(existing: pa.Schema, incoming: pa.Schema) -> pa.Schema:
    """The table's columns as the load spells them, since DuckDB takes `ID` and `id` for one."""
    spelled = {name.lower(): name for name in incoming.names}
    return pa.schema([field.with_name(spelled.get(field.name.lower(), field.name)) for field in existing])


def _create(cursor: duckdb.DuckDBPyConnection, relation: Relation, schema: pa.Schema, *, history: bool) -> None:
    listed = [f"{quote_identifier(field.name)} {made_type(field)}" for field in schema]
    listed += [f"{quote_identifier(name)} {_HISTORY_TYPE}" for name in _HISTORY] if history else []
    cursor.execute(f"CREATE TABLE {relation.sql} ({', '.join(listed)})")


def _add_history(cursor: duckdb.DuckDBPyConnection, relation: Relation, now: datetime) -> None:
    """A table that was loaded otherwise before: what it holds stands from now on."""
    known = {column.field.name for column in columns(cursor, relation)}
    if not set(_HISTORY) <= known:
        for column in (quote_identifier(name) for name in _HISTORY):
            cursor.execute(f"ALTER TABLE {relation.sql} ADD COLUMN IF NOT EXISTS {column} {_HISTORY_TYPE}")
        since = quote_identifier(VALID_FROM)
        cursor.execute(f"UPDATE {relation.sql} SET {since} = ? WHERE {since} IS NULL", [now])
