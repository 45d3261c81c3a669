"""One load into one table: rows staged by COPY from several connections, published in one transaction.

The control connection holds an advisory lock on the target from `open` to the end, so two loads never meet, and the
lock ends with the process. The commit runs on it too: a load that lost its lock cannot publish.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import psycopg
import pyarrow as pa

from headwater.connectors.postgres import meta
from headwater.connectors.postgres.catalog import find_table
from headwater.connectors.postgres.connect import Connection, Connections, cancel
from headwater.connectors.postgres.encode import CopyEncoder
from headwater.connectors.postgres.errors import Place, statement_error
from headwater.connectors.postgres.quoting import names
from headwater.connectors.postgres.readback import readback
from headwater.connectors.postgres.stage import Stage, drop_stage, keep_only
from headwater.connectors.postgres.target import ARRIVAL, Target
from headwater.connectors.postgres.types import wire_type
from headwater.connectors.postgres.wire import FORMAT
from headwater.connectors.postgres.write import append, merge, scd2
from headwater.connectors.postgres.write import replace as replacing
from headwater.connectors.postgres.write.job import Job
from headwater.sdk.destination import Checkpoint, Committed, LoadRequest, Receipt, SchemaChange, Write
from headwater.sdk.errors import Busy, Cancelled, TransientError, Unsupported
from headwater.sdk.stream import Json

# Rows of one write; beyond it the order of two writes that ran side by side has no meaning anyway.
ARRIVALS_PER_WRITE = 1 << 40

_STRATEGIES: dict[Write, Callable[[Job], Committed]] = {
    Write.APPEND: append.publish,
    Write.REPLACE: replacing.publish,
    Write.MERGE: merge.publish,
    Write.SCD2: scd2.publish,
}


class PostgresLoad:
    """Load, Readback and WireLoad. `write` may run in several threads."""

    def __init__(
        self,
        request: LoadRequest,
        *,
        target: Target,
        stage: Stage,
        key: meta.LoadKey,
        row: meta.LoadRow | None,
        control: Connection,
        writers: Connections,
        lock_timeout_s: int,
    ) -> None:
        self.schema_changes: tuple[SchemaChange, ...] = target.changes
        self._request = request
        self._target = target
        self._stage = stage
        self._key = key
        self._row = row
        self._control = control
        self._writers = writers
        self._lock_timeout_s = lock_timeout_s
        self._place = Place(writers.server.name, f"table {target.schema}.{target.name}")
        self._writes = itertools.count()
        self._staged: dict[str, Receipt] = {}
        self._wire_columns: tuple[str, ...] | None = None
        self._committed: Committed | None = None
        self._ending = threading.Lock()
        self._ended = False

    def last_checkpoint(self) -> Checkpoint | None:
        return self._row.checkpoint if self._row else None

    def write(self, partition_id: str, reader: pa.RecordBatchReader) -> Receipt:
        columns = [column.field.name for column in self._stage.columns]
        arrival = None
        if self._stage.arrival:
            columns.append(ARRIVAL)
            arrival = next(self._writes) * ARRIVALS_PER_WRITE
        encoder = CopyEncoder(self._stage.columns, place=str(self._place), arrival=arrival)

        def chunks() -> Iterator[bytes]:
            yield encoder.header()
            for batch in reader:
                yield from encoder.batch(batch)
            yield encoder.trailer()

        return self._copy(partition_id, chunks(), columns=columns)

    def accepts_wire(self, format: str, wire_schema: tuple[tuple[str, str], ...]) -> bool:
        """Only bytes that every staged column takes as they are, and with all of the load's columns."""
        if format != FORMAT or {column for column, _ in wire_schema} != set(self._target.columns):
            return False
        try:
            staged = find_table(self._control, self._stage.schema, self._stage.name)
        except psycopg.Error as error:
            raise statement_error(error, self._place) from error
        types = {column.name: wire_type(column) for column in staged.columns} if staged else {}
        if any(types.get(column) != wire for column, wire in wire_schema):
            return False
        self._wire_columns = tuple(column for column, _ in wire_schema)
        return True

    def write_wire(self, partition_id: str, format: str, chunks: Iterable[bytes]) -> Receipt:
        if format != FORMAT or self._wire_columns is None:
            raise Unsupported(f"{self._place}: {format} was not agreed upon", hint="ask accepts_wire first")
        return self._copy(partition_id, chunks, columns=self._wire_columns)

    def readback(self, receipts: Sequence[Receipt]) -> pa.RecordBatchReader:
        return readback(self._writers, self._stage, self._request.schema, receipts, self._place)

    def keep_absent(self) -> None:
        self._request = replace(self._request, full=False)

    def commit(self, receipts: Sequence[Receipt], checkpoint: Mapping[str, Json] | None) -> Committed:
        with self._ending:
            if self._committed is not None:
                return replace(self._committed, replayed=True)
            if self._ended:
                raise Cancelled(f"{self._place}: the load was aborted")
            self._committed = self._replay() or self._try_to_publish(receipts, checkpoint)
            self._close()
            return self._committed

    def abort(self) -> None:
        self._writers.close()
        if not self._ending.acquire(blocking=False):
            # A commit runs in another thread: end its statement, then wait for it to give up.
            cancel(self._control)
            self._ending.acquire()
        try:
            if not self._ended:
                self._drop()
                self._close()
        finally:
            self._ending.release()

    def _copy(self, partition_id: str, chunks: Iterable[bytes], *, columns: Sequence[str]) -> Receipt:
        """Stage one COPY stream in a transaction of its own; all of it or nothing."""
        statement = f"COPY {self._stage.qualified} ({names(columns)}) FROM STDIN (FORMAT binary)"
        connection = self._writers.take()
        try:
            # What is staged need not survive a crash of the server: the load would not either.
            connection.execute("BEGIN; SET LOCAL synchronous_commit = off; SET LOCAL statement_timeout = 0")
            row = connection.execute("SELECT txid_current()").fetchone()
            size = 0
            with connection.cursor() as cursor:
                with cursor.copy(statement.encode()) as copy:
                    for chunk in chunks:
                        copy.write(chunk)
                        size += len(chunk)
                rows = cursor.rowcount
            connection.execute("COMMIT")
        except psycopg.Error as error:
            if self._writers.closed:
                raise Cancelled(f"{self._place}: the load was aborted") from error
            raise statement_error(error, self._place) from error
        finally:
            self._writers.give(connection)
        receipt = Receipt(partition_id, rows, {"xid": str(row[0]) if row else ""}, size)
        self._staged[partition_id] = receipt
        return receipt

    def _replay(self) -> Committed | None:
        """What an earlier commit of this very load answered, before this process began."""
        if self._row is None or self._row.load_id != self._request.load_id or self._row.result is None:
            return None
        self._drop()
        return replace(self._row.result, replayed=True)

    def _try_to_publish(self, receipts: Sequence[Receipt], checkpoint: Mapping[str, Json] | None) -> Committed:
        """All or nothing. When the connection is lost at the last moment, the server is asked what became of it."""
        done = False
        try:
            committed = self._publish(receipts, checkpoint)
            done = True
        except psycopg.Error as error:
            stored = self._stored_after_all() if self._control.broken else None
            if stored is None:
                raise statement_error(error, self._place) from error
            return stored
        finally:
            if not done and not self._control.closed:
                self._control.execute("ROLLBACK")
        return committed

    def _publish(self, receipts: Sequence[Receipt], checkpoint: Mapping[str, Json] | None) -> Committed:
        control, schema = self._control, self._target.schema
        limits = f"SET LOCAL lock_timeout = '{self._lock_timeout_s}s'; SET LOCAL statement_timeout = 0"
        control.execute(f"BEGIN; {limits}".encode())
        expected = self._row.revision if self._row else None
        stored = meta.store(
            control,
            schema,
            self._key,
            load_id=self._request.load_id,
            checkpoint=checkpoint,
            expected=expected,
        )
        if not stored:
            raise Busy(
                f"{self._place}: another load of stream {self._key.stream} was committed, or its state was reset,"
                " while this one ran",
                hint="nothing of this load was kept; run again",
                code="postgres.concurrent_commit",
            )
        if {item.partition_id for item in receipts} != set(self._staged):
            keep_only(control, self._stage, receipts)
        rows = sum(item.rows for item in receipts)
        job = Job(control, self._target, self._stage, self._request, self._count() if self._stage.arrival else rows)
        done = _STRATEGIES[self._request.write](job)
        if done.written + done.deduplicated != rows:
            raise TransientError(
                f"{self._place}: {rows} rows were staged, {done.written + done.deduplicated} are there at the commit",
                hint="did the server restart? nothing of this load was kept; the run tries again",
                code="postgres.staging_lost",
            )
        meta.store_result(control, schema, self._key, done)
        drop_stage(control, self._stage)
        control.execute("COMMIT")
        self.schema_changes = (*self.schema_changes, *job.changes)
        return done

    def _count(self) -> int:
        row = self._control.execute(f"SELECT count(*) FROM {self._stage.qualified}".encode()).fetchone()
        return int(row[0]) if row else 0

    def _stored_after_all(self) -> Committed | None:
        """What is known of a commit whose answer got lost with the connection."""
        try:
            with self._writers.server.connect() as again:
                row = meta.read(again, self._target.schema, self._key)
        except (psycopg.Error, TransientError):
            return None
        if row is None or row.load_id != self._request.load_id or row.result is None:
            return None
        return replace(row.result, replayed=True)

    def _drop(self) -> None:
        """Remove the staging table; what cannot be removed now is swept by the next load of this table."""
        try:
            if self._control.info.transaction_status.name != "IDLE":
                self._control.execute("ROLLBACK")
            self._control.execute("SET lock_timeout = '3s'")
            drop_stage(self._control, self._stage)
        except psycopg.Error:
            self._control.close()

    def _close(self) -> None:
        """End all connections, and with them the lock."""
        self._ended = True
        self._writers.close()
        self._control.close()
