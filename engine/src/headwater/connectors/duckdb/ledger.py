"""`_headwater_loads`: what Headwater committed into a DuckDB file, and the checkpoints that were committed with it.

Rows are only ever added: the newest row of a pipeline, stream and table holds its checkpoint (NULL: none). A row
without a load id was set by hand. Every statement runs in the transaction of the cursor it is given.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import duckdb

from headwater.connectors.duckdb.catalog import META_PREFIX
from headwater.sdk.destination import Checkpoint, Committed, LoadRequest
from headwater.sdk.stream import Json
from headwater.toolkit.table_sql import quote

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = "load_id, pipeline, stream, table_name, committed_at, checkpoint, written, deduplicated, changed"


class Ledger:
    def __init__(self, schema: str) -> None:
        self._schema = schema
        self._table = f"{quote(schema)}.{quote(f'{META_PREFIX}loads')}"

    def create(self, cursor: duckdb.DuckDBPyConnection) -> None:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {quote(self._schema)}")
        cursor.execute(
            f"CREATE TABLE IF NOT EXISTS {self._table} (position UBIGINT, load_id VARCHAR, pipeline VARCHAR NOT NULL,"
            " stream VARCHAR NOT NULL, table_name VARCHAR NOT NULL, committed_at TIMESTAMP WITH TIME ZONE NOT NULL,"
            " checkpoint VARCHAR, written UBIGINT, deduplicated UBIGINT, changed VARCHAR)"
        )

    def exists(self, cursor: duckdb.DuckDBPyConnection) -> bool:
        found = "SELECT 1 FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?"
        return bool(cursor.execute(found, [self._schema, f"{META_PREFIX}loads"]).fetchall())

    def committed(self, cursor: duckdb.DuckDBPyConnection, load_id: str, table: str) -> Committed | None:
        """What an earlier commit of this load did, if there was one."""
        found = cursor.execute(
            f"SELECT written, deduplicated, changed FROM {self._table} WHERE load_id = ? AND table_name = ?",
            [load_id, table],
        ).fetchall()
        if not found:
            return None
        written, deduplicated, changed = found[0]
        return Committed(written, deduplicated, json.loads(changed), replayed=True)

    def last(self, cursor: duckdb.DuckDBPyConnection, request: LoadRequest) -> Checkpoint | None:
        return next(
            (
                item
                for item in self.checkpoints(cursor, request.pipeline)
                if (item.stream, item.table) == (request.stream, request.table)
            ),
            None,
        )

    def checkpoints(self, cursor: duckdb.DuckDBPyConnection, pipeline: str) -> tuple[Checkpoint, ...]:
        rows = cursor.execute(
            "SELECT load_id, pipeline, stream, table_name, epoch_us(committed_at), checkpoint "
            f"FROM {self._table} WHERE pipeline = ? QUALIFY row_number() OVER "
            "(PARTITION BY stream, table_name ORDER BY position DESC) = 1 ORDER BY stream, table_name",
            [pipeline],
        ).fetchall()
        return tuple(
            Checkpoint(
                json.loads(row[5]), row[0] or "", _EPOCH + timedelta(microseconds=row[4]), row[1], row[2], row[3]
            )
            for row in rows
            if row[5] is not None
        )

    def record(
        self,
        cursor: duckdb.DuckDBPyConnection,
        place: tuple[str, str, str],
        checkpoint: Mapping[str, Json] | None,
        *,
        load_id: str | None,
        committed: Committed,
        now: datetime,
    ) -> None:
        """`place` is pipeline, stream, table."""
        text = None if checkpoint is None else json.dumps(checkpoint, ensure_ascii=False)
        counts = [committed.written, committed.deduplicated, json.dumps(dict(committed.changed))]
        cursor.execute(
            f"INSERT INTO {self._table} (position, {_COLUMNS}) "
            f"SELECT coalesce(max(position), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM {self._table}",
            [load_id, *place, now, text, *counts],
        )
