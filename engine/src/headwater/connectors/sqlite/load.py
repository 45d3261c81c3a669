"""One load into an SQLite table: rows wait in a temporary table, and one transaction publishes them.

The temporary table belongs to this connection alone and vanishes with it, whatever happens; until the commit, the file
itself is not written, so other writers are not kept waiting.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pyarrow as pa

from headwater.connectors.sqlite import encode
from headwater.connectors.sqlite.decode import decode
from headwater.connectors.sqlite.errors import translated
from headwater.connectors.sqlite.target import declared_types, prepare, settle_schema
from headwater.sdk.destination import Checkpoint, Committed, LoadRequest, Receipt, SchemaChange, Write
from headwater.sdk.errors import Busy, Cancelled, DataError
from headwater.sdk.stream import Json
from headwater.toolkit.arrow_types import conform
from headwater.toolkit.file_lock import FileLock
from headwater.toolkit.identifiers import quote_identifier
from headwater.toolkit.json_text import decode as decode_json
from headwater.toolkit.load_ledger import LEDGER, LoadLedger
from headwater.toolkit.table_sql import TableSql, staged_names

_STAGING, _WINNING = "temp.hw_staging", "temp.hw_winning"
_READ_ROWS = 10_000


def ledger(connection: sqlite3.Connection) -> LoadLedger:
    return LoadLedger(quote_identifier(LEDGER), lambda sql, values: connection.execute(sql, tuple(values)).fetchall())


def has_ledger(connection: sqlite3.Connection) -> bool:
    found = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return bool(connection.execute(found, (LEDGER,)).fetchall())


class SqliteLoad:
    """`_lock` is held while a statement runs, never while rows are awaited; so an abort has not long to wait."""

    def __init__(self, connection: sqlite3.Connection, lock: FileLock, request: LoadRequest, place: str) -> None:
        """Takes over the connection and the table's lock."""
        self._connection = connection
        self._table_lock = lock
        self._request = request
        self._place = f"{place}, table {request.table!r}"
        self._lock = threading.Lock()
        self._writer = threading.Lock()
        self._ended = threading.Event()
        self._spans: dict[str, tuple[int, int]] = {}
        self._rows = 0
        self._done: Committed | None = None
        with translated(self._place):
            self._last = self._newest()
            self._settled = settle_schema(connection, request)
            types = declared_types(connection, request, self._settled)
            staged = staged_names(len(self._settled.written))
            listed = [f"{name} {types[column]}" for name, column in zip(staged, self._settled.written, strict=True)]
            connection.execute(f"CREATE TEMPORARY TABLE hw_staging ({', '.join(listed)})")
        self.schema_changes: tuple[SchemaChange, ...] = self._settled.changes

    def last_checkpoint(self) -> Checkpoint | None:
        return self._last

    def write(self, partition_id: str, reader: pa.RecordBatchReader) -> Receipt:
        with self._writer:
            start = stop = self._rows
            for batch in reader:
                stop = self._insert(batch)
            self._spans[partition_id] = (start, stop)
        return Receipt(partition_id, stop - start)

    def readback(self, receipts: Sequence[Receipt]) -> pa.RecordBatchReader:
        """What the columns hold that the table takes; a column that the policy ignores is NULL."""
        spans = [self._spans[receipt.partition_id] for receipt in receipts]
        inside = " OR ".join(f"rowid BETWEEN {start + 1} AND {stop}" for start, stop in spans) or "0"
        with self._lock, translated(self._place):
            self._stop_if_ended()
            found = self._connection.execute(f"SELECT * FROM {_STAGING} WHERE {inside}")
        pieces = iter(lambda: found.fetchmany(_READ_ROWS), [])
        schema = self._request.schema
        return pa.RecordBatchReader.from_batches(schema, (self._decoded(rows) for rows in pieces))

    def keep_absent(self) -> None:
        self._request = replace(self._request, full=False)

    def commit(self, receipts: Sequence[Receipt], checkpoint: Mapping[str, Json] | None) -> Committed:
        with self._lock, translated(self._place):
            if self._done is not None:
                return Committed(self._done.written, self._done.deduplicated, self._done.changed, replayed=True)
            self._stop_if_ended()
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._done = self._committed_before() or self._publish(receipts, checkpoint)
                self._connection.execute("COMMIT")
            except BaseException:
                self._done = None
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self._end()
            return self._done

    def abort(self) -> None:
        self._ended.set()
        with self._lock:
            self._end()

    def _insert(self, batch: pa.RecordBatch) -> int:
        """Insert the batch; how many rows this load has inserted so far."""
        written = self._settled.written
        rows = encode.rows(batch, written, self._settled.table)
        marks = ", ".join("?" * len(written))
        with self._lock, translated(self._place):
            self._stop_if_ended()
            self._connection.execute("BEGIN")
            try:
                self._connection.executemany(f"INSERT INTO {_STAGING} VALUES ({marks})", rows)
            finally:
                self._connection.execute("COMMIT")
            self._rows += batch.num_rows
            return self._rows

    def _decoded(self, rows: Sequence[tuple[object, ...]]) -> pa.RecordBatch:
        columns = dict(zip(self._settled.written, zip(*rows, strict=True), strict=True))
        arrays: list[pa.Array] = []
        for field in self._request.schema:
            if field.name not in columns:
                arrays.append(pa.nulls(len(rows), field.type))
            elif pa.types.is_list(field.type) or pa.types.is_struct(field.type):
                nested = [
                    decode_json(text, field.type)
                    for text in columns[field.name]
                    if text is None or isinstance(text, str)
                ]
                arrays.append(pa.array(nested, field.type))
            else:
                stored = decode(columns[field.name], self._settled.table.field(field.name))
                arrays.append(conform(stored, field))
        return pa.RecordBatch.from_arrays(arrays, schema=self._request.schema)

    def _publish(self, receipts: Sequence[Receipt], checkpoint: Mapping[str, Json] | None) -> Committed:
        request, now = self._request, datetime.now(UTC)
        self._check_unchanged()
        self._keep_only(receipts)
        moment = now.strftime("%Y-%m-%d %H:%M:%S.%f+00:00")
        prepare(self._connection, request, self._settled, moment)
        committed = self._apply(sum(receipt.rows for receipt in receipts), moment)
        record = ledger(self._connection)
        record.create()
        place = (request.pipeline, request.stream, request.table)
        record.record(place, checkpoint, load_id=request.load_id, committed=committed, now=now)
        return committed

    def _apply(self, received: int, now: str) -> Committed:
        request = self._request
        sql = TableSql(
            target=quote_identifier(request.table),
            staging=_STAGING,
            winning=_WINNING,
            columns=self._settled.written,
            key=request.key,
            cursor=request.cursor if request.cursor in self._settled.written else None,
            differs="IS NOT",
            now="?1",
        )
        if request.write in (Write.APPEND, Write.REPLACE):
            return Committed(received, changed={"inserted": self._count(sql.append())})
        self._refuse_null_keys(sql)
        written = self._choose_winners(sql)
        if request.write is Write.MERGE:
            updated, inserted = self._count(sql.update_changed()), self._count(sql.insert_new())
            changed = {"inserted": inserted, "updated": updated, "unchanged": written - inserted - updated}
        else:
            updated = self._count(sql.close_changed(), now)
            closed = self._count(sql.close_absent(), now) if request.full else 0
            opened = self._count(sql.open_versions(), now)
            unchanged = written - opened
            changed = {"inserted": opened - updated, "updated": updated, "unchanged": unchanged, "closed": closed}
        return Committed(written, received - written, changed)

    def _choose_winners(self, sql: TableSql) -> int:
        """Make the table of winning rows, found by their key; how many there are."""
        types = self._connection.execute(
            "SELECT name, type FROM temp.pragma_table_info('hw_staging', 'temp')"
        ).fetchall()
        self._connection.execute(
            f"CREATE TEMPORARY TABLE hw_winning ({', '.join(f'{name} {kind}' for name, kind in types)})"
        )
        count = self._count(f"INSERT INTO {_WINNING} {sql.winners()}")
        keys = ", ".join(sql.staged(column) for column in sql.key)
        self._connection.execute(f"CREATE INDEX temp.hw_winning_key ON hw_winning ({keys})")
        return count

    def _refuse_null_keys(self, sql: TableSql) -> None:
        (counts,) = self._connection.execute(sql.null_keys()).fetchall()
        for column, rows in zip(self._request.key, counts, strict=True):
            if rows:
                raise DataError(
                    f"{self._place}: key column {column!r} is NULL in {rows} rows",
                    hint="choose a key without NULLs, or filter these rows out",
                    code="data.null_key",
                )

    def _keep_only(self, receipts: Sequence[Receipt]) -> None:
        kept = {receipt.partition_id for receipt in receipts}
        spans = sorted(span for name, span in self._spans.items() if name in kept)
        if sum(stop - start for start, stop in spans) == self._rows:
            return
        at = 0
        for start, stop in [*spans, (self._rows, self._rows)]:
            self._connection.execute(f"DELETE FROM {_STAGING} WHERE rowid > {at} AND rowid <= {start}")
            at = stop

    def _check_unchanged(self) -> None:
        """What was read at `open` must still hold: nobody had the file locked meanwhile."""
        if self._newest() != self._last:
            raise Busy(f"{self._place}: its checkpoint was changed during the load", hint="run the pipeline again")
        if settle_schema(self._connection, self._request) != self._settled:
            raise Busy(f"{self._place}: the table was altered during the load", hint="run the pipeline again")

    def _newest(self) -> Checkpoint | None:
        return ledger(self._connection).last(self._request) if has_ledger(self._connection) else None

    def _committed_before(self) -> Committed | None:
        if not has_ledger(self._connection):
            return None
        return ledger(self._connection).committed(self._request.load_id, self._request.table)

    def _count(self, statement: str, *values: object) -> int:
        return self._connection.execute(statement, values).rowcount

    def _stop_if_ended(self) -> None:
        if self._ended.is_set():
            raise Cancelled(f"{self._place}: the load has ended")

    def _end(self) -> None:
        """Let go of everything. Does nothing the second time."""
        self._ended.set()
        self._connection.close()
        self._table_lock.release()
