"""A destination over a `MemorySystem`: every write strategy, checkpoints, read-back, faults on demand."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

import pyarrow as pa

from headwater.sdk.config import PluginConfig
from headwater.sdk.destination import (
    Capabilities,
    Checkpoint,
    Committed,
    LoadRequest,
    Receipt,
    SchemaChange,
    Write,
)
from headwater.sdk.errors import Busy, Cancelled, ConfigError, DataError, Unsupported
from headwater.sdk.stream import Json
from headwater.testing.clock import Clock, SystemClock
from headwater.testing.memory_system import MemoryConfig, MemorySystem, MemoryTable
from headwater.testing.memory_write import align, merge, scd2, without_history
from headwater.toolkit.evolution import Settled, settle


class MemoryDestination:
    config_type: ClassVar[type[PluginConfig]] = MemoryConfig

    def __init__(self, config: MemoryConfig, *, clock: Clock | None = None) -> None:
        self._config = config
        self._clock = clock or SystemClock()
        self._system = MemorySystem.named(config.system)

    def check(self) -> None:
        self._system.faults.strike("check", self._system.name)

    def capabilities(self) -> Capabilities:
        return Capabilities(
            writes=self._config.writes,
            transactional=self._config.transactional,
            parallel_writers=self._config.writers,
        )

    def open(self, request: LoadRequest) -> MemoryLoad:
        place = f"memory system {self._system.name!r}, table {request.table!r}"
        if request.write not in self._config.writes:
            hint = "it can: " + ", ".join(sorted(self._config.writes))
            raise Unsupported(f"{place}: cannot write by {request.write}", hint=hint)
        if request.write in (Write.MERGE, Write.SCD2) and not request.key:
            raise ConfigError(f"{place}: {request.write} needs a key", hint="set primary_key on the stream")
        self._system.faults.strike("open", request.table)
        with self._system.lock:
            holder = self._system.live.get(request.table)
            if holder is not None:
                raise Busy(f"{place}: the load {holder} writes it now", hint="wait for it, or stop it")
            stored = self._system.tables.get(request.table)
            existing = None if stored is None else without_history(stored.data.schema, request.write)
            settled = settle(
                existing,
                request.schema,
                evolution=request.evolution,
                write=request.write,
                table=request.table,
            )
            self._system.live[request.table] = request.load_id
            self._system.staged[request.table] = {}
            return MemoryLoad(self._system, request, settled, self._clock)

    def checkpoints(self, pipeline: str) -> tuple[Checkpoint, ...]:
        with self._system.lock:
            found = [item for item in self._system.saved.values() if item.pipeline == pipeline]
        return tuple(sorted(found, key=lambda item: (item.stream, item.table)))

    def set_checkpoint(self, pipeline: str, stream: str, table: str, value: Mapping[str, Json] | None) -> None:
        with self._system.lock:
            if value is None:
                self._system.saved.pop((pipeline, stream, table), None)
            else:
                found = Checkpoint(dict(value), "", self._clock.now(), pipeline, stream, table)
                self._system.saved[pipeline, stream, table] = found

    def close(self) -> None:
        """Nothing is held."""


class MemoryLoad:
    def __init__(self, system: MemorySystem, request: LoadRequest, settled: Settled, clock: Clock) -> None:
        self._system = system
        self._request = request
        self._settled = settled
        self._clock = clock
        self._ended = threading.Event()
        self._last = system.saved.get((request.pipeline, request.stream, request.table))
        self.schema_changes: tuple[SchemaChange, ...] = settled.changes

    def last_checkpoint(self) -> Checkpoint | None:
        return self._last

    def write(self, partition_id: str, reader: pa.RecordBatchReader) -> Receipt:
        batches: list[pa.RecordBatch] = []
        for number, batch in enumerate(reader):
            self._system.faults.strike("write", self._request.table, batch=number)
            if self._ended.is_set():
                raise Cancelled(f"table {self._request.table!r}: the load was ended during a write")
            if not batch.schema.equals(self._request.schema):
                raise DataError(
                    f"table {self._request.table!r}: a batch has the schema {batch.schema}, not the load's",
                    code="data.schema_changed",
                )
            batches.append(batch)
        with self._system.lock:
            if self._ended.is_set() or not self._is_live():
                raise Cancelled(f"table {self._request.table!r}: the load was ended during a write")
            self._system.staged[self._request.table][partition_id] = batches
        return Receipt(partition_id, sum(batch.num_rows for batch in batches))

    def readback(self, receipts: Sequence[Receipt]) -> pa.RecordBatchReader:
        return self._taken(receipts).to_reader()

    def keep_absent(self) -> None:
        self._request = replace(self._request, full=False)

    def commit(self, receipts: Sequence[Receipt], checkpoint: Mapping[str, Json] | None) -> Committed:
        request, system = self._request, self._system
        with system.lock:
            done = system.commits.get((request.load_id, request.table))
            if done is not None:
                self._release()
                return Committed(done.written, done.deduplicated, done.changed, replayed=True)
            if self._ended.is_set() or not self._is_live():
                raise Cancelled(f"table {request.table!r}: the load is not open any more")
            system.faults.strike("commit", request.table)
            now = self._clock.now()
            table, committed = self._apply(self._taken(receipts), now)
            before = system.tables.get(request.table)
            key = request.key or (before.primary_key if before else ())
            system.tables[request.table] = MemoryTable(table, key)
            system.commits[request.load_id, request.table] = committed
            place = (request.pipeline, request.stream, request.table)
            if checkpoint is None:
                system.saved.pop(place, None)
            else:
                system.saved[place] = Checkpoint(dict(checkpoint), request.load_id, now, *place)
            self._release()
        system.faults.strike("committed", request.table)
        return committed

    def _apply(self, rows: pa.Table, now: datetime) -> tuple[pa.Table, Committed]:
        request = self._request
        stored = self._system.tables.get(request.table)
        history = request.write is Write.SCD2
        incoming = align(rows.select(self._settled.written), self._settled.table)
        if request.write is Write.REPLACE or stored is None:
            existing = self._settled.table.empty_table()
        else:
            existing = align(stored.data, self._settled.table, history=history)
        if request.write is Write.MERGE:
            return merge(existing, incoming, self._settled.written, request)
        if history:
            return scd2(existing, incoming, request, now)
        added = incoming.num_rows
        return pa.concat_tables([existing, incoming]), Committed(added, changed={"inserted": added})

    def _taken(self, receipts: Sequence[Receipt]) -> pa.Table:
        staged = self._system.staged.get(self._request.table, {})
        batches = [batch for receipt in receipts for batch in staged[receipt.partition_id]]
        return pa.Table.from_batches(batches, self._request.schema)

    def abort(self) -> None:
        self._ended.set()
        self._system.faults.strike("abort", self._request.table)
        with self._system.lock:
            self._release()

    def _is_live(self) -> bool:
        return self._system.live.get(self._request.table) == self._request.load_id

    def _release(self) -> None:
        self._ended.set()
        if self._is_live():
            del self._system.live[self._request.table]
            self._system.staged.pop(self._request.table, None)
