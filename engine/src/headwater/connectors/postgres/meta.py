"""What a schema remembers of its loads: one row for each pipeline, stream and table, written in the load's own
transaction.

`revision` changes with every write of the row, so a commit notices when another came between. The checkpoint is
JSON text, kept to the letter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, cast

from headwater.connectors.postgres.catalog import META_TABLE
from headwater.connectors.postgres.connect import Connection
from headwater.connectors.postgres.quoting import literal, name
from headwater.sdk.destination import Checkpoint, Committed
from headwater.sdk.stream import Json

_CREATE = """
CREATE TABLE {table} (
    pipeline text NOT NULL, stream text NOT NULL, "table" text NOT NULL,
    target text NOT NULL, load_id text NOT NULL, checkpoint text, result text,
    committed_at timestamptz NOT NULL, revision bigint NOT NULL,
    PRIMARY KEY (pipeline, stream, "table")
)
"""
_COLUMNS = "pipeline, stream, target, load_id, checkpoint, result, committed_at, revision"


@dataclass(frozen=True, slots=True)
class LoadKey:
    """Whose row it is: `table` is the table's name without schema, `target` as the project file names it."""

    pipeline: str
    stream: str
    table: str
    target: str


@dataclass(frozen=True, slots=True)
class LoadRow:
    checkpoint: Checkpoint | None
    load_id: str
    result: Committed | None
    revision: int


def meta_table(schema: str) -> str:
    return f"{name(schema)}.{name(META_TABLE)}"


def exists(connection: Connection, schema: str) -> bool:
    found = connection.execute(
        "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname = %s AND relname = %s",
        [schema, META_TABLE],
    )
    return found.fetchone() is not None


def create(connection: Connection, schema: str) -> None:
    """Make the table unless it is there; two loads that do so at once do not collide."""
    if exists(connection, schema):
        return
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{schema}.{META_TABLE}"])
        if not exists(connection, schema):
            connection.execute(_CREATE.format(table=meta_table(schema)).encode())


def read(connection: Connection, schema: str, key: LoadKey) -> LoadRow | None:
    statement = f"SELECT {_COLUMNS} FROM {meta_table(schema)} WHERE {_where(key)}"
    row = connection.execute(statement.encode()).fetchone()
    return None if row is None else _load_row(row)


def checkpoints(connection: Connection, pipeline: str) -> list[Checkpoint]:
    """Of all schemas whose record this user may read."""
    schemas = connection.execute(
        "SELECT nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE relname = %s"
        " AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') ORDER BY nspname",
        [META_TABLE],
    ).fetchall()
    found: list[Checkpoint] = []
    for (schema,) in schemas:
        table = meta_table(str(schema))
        statement = f"SELECT {_COLUMNS} FROM {table} WHERE pipeline = {literal(pipeline)} ORDER BY stream, target"
        rows = [_load_row(row) for row in connection.execute(statement.encode()).fetchall()]
        found += [row.checkpoint for row in rows if row.checkpoint is not None]
    return found


def store(
    connection: Connection,
    schema: str,
    key: LoadKey,
    *,
    load_id: str,
    checkpoint: Mapping[str, Json] | None,
    expected: int | None,
) -> bool:
    """Write the row if it is still at the expected revision (None: not there); False when another writer was first."""
    table = meta_table(schema)
    text = "NULL" if checkpoint is None else literal(json.dumps(dict(checkpoint), ensure_ascii=False))
    if expected is None:
        values = ", ".join(literal(part) for part in (key.pipeline, key.stream, key.table, key.target, load_id))
        statement = (
            f'INSERT INTO {table} (pipeline, stream, "table", target, load_id, checkpoint, committed_at, revision)'
            f" VALUES ({values}, {text}, now(), 1) ON CONFLICT DO NOTHING"
        )
    else:
        statement = (
            f"UPDATE {table} SET target = {literal(key.target)}, load_id = {literal(load_id)}, checkpoint = {text},"
            f" result = NULL, committed_at = now(), revision = revision + 1"
            f" WHERE {_where(key)} AND revision = {expected}"
        )
    return connection.execute(statement.encode()).rowcount == 1


def store_result(connection: Connection, schema: str, key: LoadKey, result: Committed) -> None:
    """What the commit did, so that its repetition can answer the same."""
    text = json.dumps({**asdict(result), "changed": dict(result.changed)})
    statement = f"UPDATE {meta_table(schema)} SET result = {literal(text)} WHERE {_where(key)}"
    connection.execute(statement.encode())


def overwrite(connection: Connection, schema: str, key: LoadKey, value: Mapping[str, Json] | None) -> None:
    """Set a checkpoint by hand, or forget it."""
    if value is None:
        connection.execute(f"DELETE FROM {meta_table(schema)} WHERE {_where(key)}".encode())
        return
    text = literal(json.dumps(dict(value), ensure_ascii=False))
    statement = (
        f"UPDATE {meta_table(schema)} SET checkpoint = {text}, committed_at = now(), revision = revision + 1"
        f" WHERE {_where(key)}"
    )
    if connection.execute(statement.encode()).rowcount == 0:
        store(connection, schema, key, load_id="", checkpoint=value, expected=None)


def _where(key: LoadKey) -> str:
    return f'pipeline = {literal(key.pipeline)} AND stream = {literal(key.stream)} AND "table" = {literal(key.table)}'


def _load_row(row: tuple[Any, ...]) -> LoadRow:
    pipeline, stream, target, load_id, checkpoint, result, committed_at, revision = row
    found = None
    if checkpoint is not None:
        found = Checkpoint(
            value=cast(Mapping[str, Json], json.loads(checkpoint)),
            load_id=load_id,
            committed_at=cast(datetime, committed_at).astimezone(UTC),
            pipeline=pipeline,
            stream=stream,
            table=target,
        )
    done = None if result is None else Committed(**json.loads(result))
    return LoadRow(found, load_id, done, revision)
