"""One load into a DuckDB table: a transaction that stays open from `open` to `commit`.

replace and append insert into the table itself; merge and scd2 fill a temporary table first. What one write inserts
stands in one piece, so the rows of a partition that got no receipt can be taken out by position.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import duckdb
import pyarrow as pa

from headwater.connectors.duckdb.catalog import ledger
from headwater.connectors.duckdb.database import Lease
from headwater.connectors.duckdb.errors import translated
from headwater.connectors.duckdb.target import prepare
from headwater.connectors.duckdb.types import made_type
from headwater.sdk.destination import Checkpoint, Committed, LoadRequest, Receipt, SchemaChange, Write
from headwater.sdk.errors import Busy, Cancelled, ConfigError, DataError
from headwater.sdk.stream import Json
from headwater.toolkit.arrow_types import normalise_batch
from headwater.toolkit.identifiers import quote_identifier
from headwater.toolkit.table_sql import TableSql, names, staged_names

_CHUNK_BYTES = 48 * 1024 * 1024
_CHUNK_ROWS = 500_000
_numbers = count()


class DuckdbLoad:
    """`_lock` is held while a statement runs, never while rows are awaited; so an abort has not long to wait."""

    def __init__(self, lease: Lease, request: LoadRequest, bare_schema: str) -> None:
        if request.write in (Write.MERGE, Write.SCD2) and not request.key:
            raise ConfigError(
                f"table {request.table!r}: {request.write} needs a key",
                hint="set primary_key on the stream, or write: append",
                code="config.no_key",
            )
        self._lease = lease
        self._bare_schema = bare_schema
        self._request = request
        self._lock = threading.Lock()
        self._writer = threading.Lock()
        self._ended = threading.Event()
        self._now = datetime.now(UTC)
        self._chunk = _Chunk()
        self._positions: dict[str, tuple[int, int]] = {}
        self._rows = 0
        lease.claim(request.table, request.load_id)
        self._cursor = lease.cursor()
        try:
            self._cursor.execute("BEGIN TRANSACTION")
            self._last = ledger(self._cursor, bare_schema).last(request)
            self._target = prepare(self._cursor, request, bare_schema, self._now)
            self._into = self._staging()
        except BaseException:
            self._end()
            raise
        self.schema_changes: tuple[SchemaChange, ...] = self._target.settled.changes

    def last_checkpoint(self) -> Checkpoint | None:
        return self._last

    def write(self, partition_id: str, reader: pa.RecordBatchReader) -> Receipt:
        with self._writer:
            start = stop = self._rows
            waiting, size = list[pa.RecordBatch](), 0
            for batch in reader:
                waiting.append(batch)
                size += max(batch.nbytes, batch.num_rows * _CHUNK_BYTES // _CHUNK_ROWS)
                if size >= _CHUNK_BYTES:
                    stop = self._insert(waiting)
                    waiting, size = [], 0
            stop = self._insert(waiting) if waiting else stop
            self._positions[partition_id] = (start, stop)
        return Receipt(partition_id, stop - start)

    def readback(self, receipts: Sequence[Receipt]) -> pa.RecordBatchReader:
        """What the columns hold that the table takes; a column that the policy ignores is NULL."""
        schema, written = self._request.schema, self._target.settled.written
        with self._lock:
            self._stop_if_ended()
            base = self._base()
            spans = [self._positions[receipt.partition_id] for receipt in receipts]
        own = dict(zip(written, self._into.columns, strict=True))
        listed = [_read_as(own.get(field.name), field) for field in schema]
        named = ", ".join(f"{text} AS c{at}" for at, text in enumerate(listed))
        inside = " OR ".join(f"(rowid >= {base + start} AND rowid < {base + stop})" for start, stop in spans) or "false"
        with translated(self._place):
            query = f"SELECT {named} FROM {self._into.sql} WHERE {inside}"
            found = self._cursor.sql(query).to_arrow_reader(65_536)
        return pa.RecordBatchReader.from_batches(schema, (normalise_batch(batch, schema) for batch in found))

    def keep_absent(self) -> None:
        self._request = replace(self._request, full=False)

    def commit(self, receipts: Sequence[Receipt], checkpoint: Mapping[str, Json] | None) -> Committed:
        request = self._request
        with self._lock, translated(self._place):
            done = self._already()
            if done is not None:
                self._end()
                return done
            self._stop_if_ended()
            self._check_alone()
            self._keep_only(receipts)
            committed = self._publish(sum(receipt.rows for receipt in receipts))
            place = (request.pipeline, request.stream, request.table)
            ledger(self._cursor, self._bare_schema).record(
                place, checkpoint, load_id=request.load_id, committed=committed, now=datetime.now(UTC)
            )
            self._cursor.execute("COMMIT")
            self._end(committed=True)
            return committed

    def abort(self) -> None:
        self._ended.set()
        with self._lock:
            self._end()

    @property
    def _place(self) -> str:
        return f"{self._lease.place}, table {self._request.table!r}"

    def _staging(self) -> _Into:
        """Where `write` puts rows: the table itself where that is all, a temporary one otherwise."""
        settled = self._target.settled
        in_place = self._request.write in (Write.APPEND, Write.REPLACE)
        if in_place and all(name.lower() != "rowid" for name in settled.table.names):
            return _Into(self._target.sql, settled.written)
        types = {field.name: made_type(field) for field in settled.table}
        staged = staged_names(len(settled.written))
        name = f"temp.main.hw_staging_{next(_numbers)}"
        listed = [f"{column} {types[source]}" for column, source in zip(staged, settled.written, strict=True)]
        self._cursor.execute(f"CREATE TEMPORARY TABLE {name} ({', '.join(listed)})")
        return _Into(name, staged, temporary=True)

    def _insert(self, batches: list[pa.RecordBatch]) -> int:
        """Insert the batches; how many rows this load has inserted so far."""
        chunk = pa.Table.from_batches(batches).select(list(self._target.settled.written))
        staged = staged_names(chunk.num_columns)
        into = f"{self._into.sql} ({names(self._into.columns)})"
        with self._lock, translated(self._place):
            self._stop_if_ended()
            self._chunk.fill(self._cursor, chunk.rename_columns(list(staged)))
            try:
                self._cursor.execute(f"INSERT INTO {into} SELECT {', '.join(staged)} FROM {_Chunk.name}")
            except duckdb.ConversionException as cause:
                raise self._refused(cause) from cause
            finally:
                self._chunk.clear()
            self._rows += chunk.num_rows
            return self._rows

    def _refused(self, cause: duckdb.ConversionException) -> DataError:
        """DuckDB names the staged column; the user knows it by its own name."""
        text = str(cause).partition("\n")[0].removeprefix("Conversion Error: ")
        for at, name in reversed(list(enumerate(self._target.settled.written))):
            text = text.replace(f"source column c{at}", f"column {name!r}")
        hint = "cast or filter the column in the pipeline, or change the table"
        return DataError(f"{self._place}: {text}", hint=hint, code="data.value_refused")

    def _base(self) -> int:
        """The rowid of the first row that this transaction inserted: its rows have the highest, one after the other."""
        found = self._cursor.execute(f"SELECT max(rowid) FROM {self._into.sql}").fetchall()
        highest = found[0][0]
        return 0 if highest is None else highest + 1 - self._rows

    def _keep_only(self, receipts: Sequence[Receipt]) -> None:
        kept = {receipt.partition_id for receipt in receipts}
        covered = sorted(span for name, span in self._positions.items() if name in kept)
        if sum(stop - start for start, stop in covered) == self._rows:
            return
        base, at = self._base(), 0
        for start, stop in [*covered, (self._rows, self._rows)]:
            if at < start:
                between = f"rowid >= {base + at} AND rowid < {base + start}"
                self._cursor.execute(f"DELETE FROM {self._into.sql} WHERE {between}")
            at = stop

    def _publish(self, received: int) -> Committed:
        request, into = self._request, self._into
        if not into.temporary:
            return Committed(received, changed={"inserted": received})
        sql = TableSql(
            target=self._target.sql,
            staging=into.sql,
            winning=f"{into.sql}_winning",
            columns=self._target.settled.written,
            key=request.key,
            cursor=request.cursor if request.cursor in self._target.settled.written else None,
            differs="IS DISTINCT FROM",
        )
        if request.write in (Write.APPEND, Write.REPLACE):
            return Committed(received, changed={"inserted": self._count(sql.append())})
        self._refuse_null_keys(sql)
        self._cursor.execute(f"CREATE TEMPORARY TABLE {sql.winning} AS {sql.winners()}")
        written = self._count(f"SELECT count(*) FROM {sql.winning}")
        changed = self._merge(sql, written) if request.write is Write.MERGE else self._keep_history(sql, written)
        return Committed(written, received - written, changed)

    def _merge(self, sql: TableSql, written: int) -> dict[str, int]:
        updated = 0 if self._target.fresh else self._count(sql.update_changed())
        inserted = self._count(sql.insert_new())
        return {"inserted": inserted, "updated": updated, "unchanged": written - inserted - updated}

    def _keep_history(self, sql: TableSql, written: int) -> dict[str, int]:
        updated = self._count(sql.close_changed(), [self._now])
        closed = self._count(sql.close_absent(), [self._now]) if self._request.full else 0
        opened = self._count(sql.open_versions(), [self._now])
        return {"inserted": opened - updated, "updated": updated, "unchanged": written - opened, "closed": closed}

    def _refuse_null_keys(self, sql: TableSql) -> None:
        found = self._cursor.execute(sql.null_keys()).fetchall()
        for column, rows in zip(self._request.key, found[0], strict=True):
            if rows:
                raise DataError(
                    f"{self._place}: key column {column!r} is NULL in {rows} rows",
                    hint="choose a key without NULLs, or filter these rows out",
                    code="data.null_key",
                )

    def _count(self, statement: str, values: list[object] | None = None) -> int:
        return int(self._cursor.execute(statement, values or []).fetchall()[0][0])

    def _already(self) -> Committed | None:
        other = self._lease.cursor()
        try:
            return ledger(other, self._bare_schema).committed(self._request.load_id, self._request.table)
        finally:
            other.close()

    def _check_alone(self) -> None:
        """The checkpoint that was read at `open` must still be the newest."""
        other = self._lease.cursor()
        try:
            newest = ledger(other, self._bare_schema).last(self._request)
        finally:
            other.close()
        if newest != self._last:
            raise Busy(f"{self._place}: its checkpoint was changed during the load", hint="run the pipeline again")

    def _stop_if_ended(self) -> None:
        if self._ended.is_set():
            raise Cancelled(f"{self._place}: the load has ended")

    def _end(self, *, committed: bool = False) -> None:
        """Let go of everything; without a commit the transaction is undone. Does nothing the second time."""
        already = self._cursor_closed
        self._ended.set()
        if already:
            return
        self._cursor_closed = True
        try:
            if not committed:
                self._cursor.execute("ROLLBACK")
        except duckdb.TransactionException:
            pass  # it was never begun, or DuckDB has undone it by itself
        finally:
            self._cursor.close()
            self._lease.release(self._request.table, self._request.load_id)

    _cursor_closed = False


class _Chunk:
    """What DuckDB reads the rows of one insert from: registered once, filled again and again.

    What is registered anew in an open transaction stays in memory until the transaction ends, even when it is taken
    away before. Source: the Arrow PyCapsule interface, `ArrowStream`.
    """

    name = "hw_chunk"

    def __init__(self) -> None:
        self._rows: pa.Table | None = None
        self._registered = False

    def fill(self, cursor: duckdb.DuckDBPyConnection, rows: pa.Table) -> None:
        self._rows = rows
        if not self._registered:
            cursor.register(self.name, self)
            self._registered = True

    def clear(self) -> None:
        self._rows = None

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        assert self._rows is not None
        return self._rows.__arrow_c_stream__(requested_schema)


class _Into:
    """The table that rows are inserted into, and its columns in the order of the load's written ones."""

    def __init__(self, sql: str, columns: Sequence[str], *, temporary: bool = False) -> None:
        self.sql = sql
        self.columns = tuple(columns)
        self.temporary = temporary


def _read_as(column: str | None, field: pa.Field) -> str:
    if column is None:
        return "NULL"
    data_type = "VARCHAR" if pa.types.is_string(field.type) else made_type(field)
    return f"CAST({quote_identifier(column)} AS {data_type})"
