"""The table a load goes to: found or made, its schema settled, inside the commit's transaction."""

from __future__ import annotations

import sqlite3

import pyarrow as pa

from headwater.connectors.sqlite.catalog import columns
from headwater.connectors.sqlite.types import declared_field, made_type, storable
from headwater.sdk.destination import LoadRequest, Write
from headwater.sdk.errors import ConfigError, SchemaChanged
from headwater.toolkit.column_names import refuse_clashing
from headwater.toolkit.evolution import Settled, settle
from headwater.toolkit.identifiers import quote_identifier
from headwater.toolkit.load_ledger import META_PREFIX
from headwater.toolkit.table_sql import VALID_FROM, VALID_TO, names

_HISTORY = (VALID_FROM, VALID_TO)
_MOST_COLUMNS = 2_000
_KEY_INDEX = "_hw_key_"


def settle_schema(connection: sqlite3.Connection, request: LoadRequest) -> Settled:
    """What the table is to look like. Changes nothing. Raises SchemaChanged and ConfigError."""
    _check(request)
    incoming = pa.schema([storable(field) for field in request.schema])
    existing = _existing(connection, request)
    return settle(existing, incoming, evolution=request.evolution, write=request.write, table=request.table)


def prepare(connection: sqlite3.Connection, request: LoadRequest, settled: Settled, now: str) -> None:
    """Make or alter the table so that it is as settled."""
    table = quote_identifier(request.table)
    history = request.write is Write.SCD2
    exists = _kind(connection, request.table) is not None
    if exists and request.write is Write.REPLACE:
        connection.execute(f"DROP TABLE {table}" if settled.retyped else f"DELETE FROM {table}")
        exists = not settled.retyped
    if not exists:
        listed = [f"{quote_identifier(field.name)} {made_type(field)}" for field in settled.table]
        listed += [f"{name} TIMESTAMPTZ" for name in _HISTORY] if history else []
        connection.execute(f"CREATE TABLE {table} ({', '.join(listed)})")
    else:
        for field in settled.added:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {quote_identifier(field.name)} {made_type(field)}")
        for field in settled.retyped:
            _retype(connection, request.table, field)
        if history:
            _add_history(connection, table, {column.name for column in columns(connection, request.table)}, now)
    if request.key:
        index = quote_identifier(f"{_KEY_INDEX}{request.table}")
        connection.execute(f"CREATE INDEX IF NOT EXISTS {index} ON {table} ({names(request.key)})")


def declared_types(connection: sqlite3.Connection, request: LoadRequest, settled: Settled) -> dict[str, str]:
    """The declared type of each written column: the table's own where it stays, so that affinities agree."""
    declared = {field.name: made_type(field) for field in settled.table}
    if _kind(connection, request.table) is not None:
        changed = {field.name for field in (*settled.added, *settled.retyped)}
        own = {column.name.lower(): column.declared for column in columns(connection, request.table)}
        declared |= {name: own[name.lower()] for name in declared if name not in changed and name.lower() in own}
    return declared


def _check(request: LoadRequest) -> None:
    refuse_clashing(request.schema.names, table=request.table, system="SQLite", code="sqlite.invalid_column")
    name = request.table
    if not name or "\0" in name or name.lower().startswith(("sqlite_", META_PREFIX)):
        raise ConfigError(
            f"{name!r} cannot be a table in SQLite",
            hint=f"a name is not empty, has no NUL and does not begin with sqlite_ or {META_PREFIX}; set `table`",
            code="sqlite.invalid_name",
        )
    count = len(request.schema) + (len(_HISTORY) if request.write is Write.SCD2 else 0)
    if count > _MOST_COLUMNS:
        raise ConfigError(
            f"table {name!r}: {count} columns are more than SQLite's {_MOST_COLUMNS}",
            hint="leave columns out with a select step",
            code="sqlite.too_many_columns",
        )


def _kind(connection: sqlite3.Connection, table: str) -> str | None:
    found = connection.execute(
        "SELECT type FROM sqlite_master WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE", (table,)
    ).fetchall()
    return found[0][0] if found else None


def _existing(connection: sqlite3.Connection, request: LoadRequest) -> pa.Schema | None:
    kind = _kind(connection, request.table)
    if kind is None:
        return None
    if kind == "view":
        raise ConfigError(
            f"{request.table!r} is a view, which cannot be loaded",
            hint="drop the view, or give the table another name in the pipeline",
            code="sqlite.is_view",
        )
    spelled = {name.lower(): name for name in request.schema.names}
    hidden = _HISTORY if request.write is Write.SCD2 else ()
    return pa.schema(
        [
            column.field.with_name(spelled.get(column.name.lower(), column.name))
            for column in columns(connection, request.table)
            if column.name not in hidden
        ]
    )


def _retype(connection: sqlite3.Connection, table: str, field: pa.Field) -> None:
    """A new column takes the values and the name of the old one; it stands last. Raises SchemaChanged."""
    quoted, old, new = (quote_identifier(name) for name in (table, field.name, f"_hw_new_{field.name}"))
    before = next(column.declared for column in columns(connection, table) if column.name == field.name)
    try:
        connection.execute(f"ALTER TABLE {quoted} ADD COLUMN {new} {made_type(field)}")
        connection.execute(f"UPDATE {quoted} SET {new} = {_converted(old, before, field)}")
        connection.execute(f"ALTER TABLE {quoted} DROP COLUMN {old}")
        connection.execute(f"ALTER TABLE {quoted} RENAME COLUMN {new} TO {old}")
    except sqlite3.OperationalError as cause:
        raise SchemaChanged(
            f"table {table!r}: column {field.name!r} cannot be made a {made_type(field)} ({cause})",
            hint="it is part of a key, an index or a view: change the table by hand, or load it afresh",
        ) from cause


def _converted(column: str, before: str, field: pa.Field) -> str:
    if made_type(field).startswith("TEXT_"):
        return f"CAST({column} AS TEXT)"
    known = declared_field("", before)
    if pa.types.is_timestamp(field.type) and known is not None and pa.types.is_date(known.type):
        return f"{column} || ' 00:00:00.000000'"
    return column


def _add_history(connection: sqlite3.Connection, table: str, known: set[str], now: str) -> None:
    """A table that was loaded otherwise before: what it holds stands from now on."""
    for name in _HISTORY:
        if name not in known:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {name} TIMESTAMPTZ")
    if VALID_FROM not in known:
        connection.execute(f"UPDATE {table} SET {VALID_FROM} = ?", (now,))
