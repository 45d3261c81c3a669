"""What an SQLite file holds: tables and views with their columns and keys."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from headwater.connectors.sqlite.types import declared_field, sampled_field
from headwater.sdk.stream import Stream
from headwater.toolkit.identifiers import quote_identifier
from headwater.toolkit.load_ledger import META_PREFIX
from headwater.toolkit.scalars import cursor_type_error

_SAMPLED_ROWS = 10_000
_COLUMNS_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Column:
    """`declared` is the type as the table's DDL spells it, "" when there is none."""

    field: pa.Field
    declared: str
    key_place: int

    @property
    def name(self) -> str:
        return self.field.name


def relations(connection: sqlite3.Connection) -> dict[str, str]:
    """Every table and view, in name order: name → `table` or `view`. SQLite's and Headwater's own are left out."""
    rows = connection.execute("SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')").fetchall()
    return dict(sorted((name, kind) for name, kind in rows if not name.startswith(("sqlite_", META_PREFIX))))


def columns(connection: sqlite3.Connection, relation: str) -> tuple[Column, ...]:
    """The columns of a table or view; those whose declared type says nothing are judged by a sample."""
    described = connection.execute(f"PRAGMA table_xinfo({quote_identifier(relation)})").fetchall()
    known = [(name, declared or "", key) for _, name, declared, _, _, key, hidden in described if hidden != 1]
    fields = {name: declared_field(name, declared) for name, declared, _ in known}
    vague = [name for name, field in fields.items() if field is None]
    sampled = _sample(connection, relation, vague)
    return tuple(Column(fields[name] or sampled[name], declared, key) for name, declared, key in known)


def _sample(connection: sqlite3.Connection, relation: str, names: list[str]) -> dict[str, pa.Field]:
    found: dict[str, pa.Field] = {}
    for at in range(0, len(names), _COLUMNS_AT_ONCE):
        some = names[at : at + _COLUMNS_AT_ONCE]
        listed = ", ".join(f"group_concat(DISTINCT typeof({quote_identifier(name)}))" for name in some)
        inner = f"SELECT * FROM {quote_identifier(relation)} LIMIT {_SAMPLED_ROWS}"
        (row,) = connection.execute(f"SELECT {listed} FROM ({inner})").fetchall()
        for name, stored in zip(some, row, strict=True):
            found[name] = sampled_field(name, frozenset((stored or "null").split(",")) - {"null"})
    return found


def describe(connection: sqlite3.Connection, relation: str) -> Stream:
    found = columns(connection, relation)
    return Stream(
        name=relation,
        schema=schema_of(found),
        primary_key=tuple(item.name for item in sorted(found, key=lambda item: item.key_place) if item.key_place),
        cursor_candidates=tuple(item.name for item in found if cursor_type_error(item.name, item.field.type) is None),
    )


def schema_of(found: Iterable[Column]) -> pa.Schema:
    return pa.schema([column.field for column in found])


def row_name(connection: sqlite3.Connection, relation: str) -> str | None:
    """A name under which the table's rowid can be read; None for views and tables without one."""
    taken = {column.name.lower() for column in columns(connection, relation)}
    for name in ("rowid", "_rowid_", "oid"):
        if name not in taken:
            try:
                connection.execute(f"SELECT {name} FROM {quote_identifier(relation)} LIMIT 0")
            except sqlite3.OperationalError:
                return None
            return name
    return None
