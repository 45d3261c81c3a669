"""Deliver one stream to loads that stand at the same place: plan the read, choose the fastest right way, verify,
commit.
"""

from __future__ import annotations

import os
from functools import partial

import duckdb
import pyarrow as pa

from headwater.plan.model import Chain, EngineOptions
from headwater.run.context import RunContext
from headwater.run.events import Progress, StreamStarted
from headwater.run.local import native, streamed, wire
from headwater.run.local.content import verify_content
from headwater.run.local.database import Database
from headwater.run.local.flow import Flow, Given
from headwater.run.local.judge import judge
from headwater.run.local.notes import Notes
from headwater.run.local.open_load import OpenLoad
from headwater.run.local.publish import keep_absent, publish
from headwater.run.local.relation import native_scan_of
from headwater.run.local.segments import Watch
from headwater.run.local.sides import DerivedSource, derived_sql, side_tables
from headwater.run.local.stream_path import StreamPath
from headwater.run.position import Observed, cursor_range, is_endless, minus_lag
from headwater.run.quarantine import Delivered, Quarantine
from headwater.run.watched import clean_up, watched
from headwater.sdk.destination import NativeSink, Write
from headwater.sdk.errors import DataError, SchemaChanged
from headwater.sdk.source import Located, Source
from headwater.sdk.stream import Partitions, ReadRequest


def deliver(
    chain: Chain,
    loads: list[OpenLoad],
    context: RunContext,
    database: Database,
    options: EngineOptions,
    attempt: int,
    given: Given | None = None,
) -> Notes:
    """Every load ends committed or with its own failure set. Raises what ended the read; then nothing is committed.

    `given` are rows that come from no source; a derived stream gets them from its query.
    """
    if chain.derived is not None:
        given = partial(_derived, chain)
    with side_tables(chain, context, database) as quarantines:
        return _Delivery(chain, loads, context, database, options, attempt, given).run(quarantines)


def _derived(chain: Chain, cursor: duckdb.DuckDBPyConnection) -> tuple[str, bool]:
    return derived_sql(chain), False


class _Delivery:
    def __init__(
        self,
        chain: Chain,
        loads: list[OpenLoad],
        context: RunContext,
        database: Database,
        options: EngineOptions,
        attempt: int,
        given: Given | None,
    ) -> None:
        self._chain = chain
        self._loads = loads
        self._context = context
        self._database = database
        self._options = options
        self._attempt = attempt
        self._given = given

    def run(self, side_quarantines: list[Quarantine]) -> Notes:
        chain, context, loads = self._chain, self._context, self._loads
        quarantine = Quarantine(
            context.quarantine_home,
            pipeline=context.pipeline,
            stream=chain.name,
            run_id=context.run_id,
            key=chain.scan.primary_key,
        )
        quarantines = [quarantine, *side_quarantines]
        notes = Notes(Observed(chain.scan.lag), quarantine)
        source: Source = DerivedSource(chain) if self._given else context.connections.source(chain.scan.source)
        try:
            flow = self._flow(source, notes)
            self._move(flow)
            self._on_progress(notes)
            judge(chain, loads, notes, self._options)
            watched(lambda: verify_content(flow), context.stop, what=f"verify {chain.name}")
            context.stop.check()
            belongs_to = [Delivered(load.plan.destination, load.plan.table, load.request.load_id) for load in loads]
            for kept in quarantines:
                kept.seal(belongs_to)
            if any(kept.rows for kept in quarantines):
                keep_absent(loads)
            publish(chain, loads, notes, flow.watch_cursor, context.stop)
            return notes
        finally:
            if any(load.committed for load in loads):
                for kept in quarantines:
                    kept.publish()
            elif not any(load.in_doubt for load in loads):
                for kept in quarantines:
                    kept.discard()
            clean_up(source.close, context.stop, what=f"close {chain.scan.source}")

    def _flow(self, source: Source, notes: Notes) -> Flow:
        chain, loads, options, stop = self._chain, self._loads, self._options, self._context.stop
        lanes = chain.scan.parallelism or options.threads or os.cpu_count() or 1
        partitions = watched(lambda: _plan_read(source, chain, loads, lanes), stop, what=f"plan {chain.name}")
        if isinstance(source, Located):
            notes.quarantine.file = source.location(partitions.items)
        watch = _watch(chain, loads, partitions)
        if watch is None:
            notes.observed.highest = _known_upper(partitions)
        flow = Flow(chain, source, partitions, loads, self._database, options, stop, notes, self._on_progress)
        flow.watch_cursor = watch
        flow.hashed = any(load.plan.verify == "checksum" for load in loads)
        flow.ordered = any(_order_matters(chain, load) for load in loads)
        flow.lanes = 1 if flow.ordered else lanes
        flow.given = self._given
        return flow

    def _move(self, flow: Flow) -> None:
        if flow.given is not None:
            self._tell("query")
            return streamed.run(flow, None)
        plain = not flow.chain.steps and flow.watch_cursor is None and not flow.hashed and len(flow.loads) == 1
        copied = wire.shared_wire(flow.source, flow.partitions, flow.loads[0]) if plain and not flow.ordered else None
        if copied is not None:
            self._tell("wire copy")
            return wire.run(flow, copied)
        scan = native_scan_of(flow.source, flow.partitions)
        sink = flow.loads[0].load
        if scan is not None and isinstance(sink, NativeSink):
            path = StreamPath(
                flow.chain, flow.database, flow.notes, watch=flow.watch_cursor, hashed=False, ordered=flow.ordered
            )
            if native.possible(flow, path):
                self._tell("native write")
                if native.run(flow, path, sink, scan):
                    return None
            path.close()
        self._tell("stream")
        return streamed.run(flow, scan)

    def _tell(self, path: str) -> None:
        self._context.emit(StreamStarted(self._chain.name, self._attempt, path))

    def _on_progress(self, notes: Notes) -> None:
        name, estimate, t = self._chain.name, self._chain.scan.stream.row_estimate, notes.tally
        self._context.emit(Progress(name, t.read, t.filtered, t.rejected, t.deduplicated, t.passed, estimate))


def _plan_read(source: Source, chain: Chain, loads: list[OpenLoad], lanes: int) -> Partitions:
    scan, first = chain.scan, loads[0]
    request = ReadRequest(
        scan.stream,
        scan.columns,
        scan.predicates,
        cursor_range(scan, first.position, first.request.write),
        parallelism=lanes,
    )
    partitions = source.plan(request)
    if not partitions.schema.equals(scan.schema):
        raise SchemaChanged(
            f"stream {scan.stream.name!r} changed while the run was being prepared: "
            f"planned {scan.schema.names}, now {partitions.schema.names}",
            hint="run again",
            code="data.schema_changed",
        )
    return partitions


def _watch(chain: Chain, loads: list[OpenLoad], partitions: Partitions) -> Watch | None:
    """An incremental read is watched when the source does not know its highest cursor value, or when rows must be
    marked.
    """
    scan = chain.scan
    if scan.mode == "full" or scan.cursor is None:
        return None
    before, upper = loads[0].position, _known_upper(partitions)
    # By the plan's word, not the request's: a full refresh replaces what the next run appends to.
    appends = any(load.plan.write is Write.APPEND for load in loads)
    if not scan.inclusive:
        return Watch(scan.cursor, before=before, inclusive=False)
    if not appends:
        return None if upper is not None else Watch(scan.cursor)
    marked_by = before.marked_by or tuple(dict.fromkeys((*(scan.primary_key or scan.columns), scan.cursor)))
    if missing := [name for name in marked_by if name not in scan.columns]:
        raise DataError(
            f"stream {scan.stream.name!r}: rows of the last run are told apart by {list(marked_by)}, "
            f"but {missing} is not read any more",
            hint="read these columns again, or reset the state of this stream",
            code="data.cursor_changed",
        )
    # The first read is the large one: there, only rows near the highest value need a mark. Later reads mark every
    # row, because any of them may be one that was delivered before.
    mark_from = minus_lag(upper, scan.lag) if before.value is None and upper is not None else None
    return Watch(scan.cursor, marked_by, mark_from, before)


def _known_upper(partitions: Partitions) -> pa.Scalar | None:
    upper = partitions.upper
    return None if upper is None or not upper.is_valid or is_endless(upper) else upper


def _order_matters(chain: Chain, load: OpenLoad) -> bool:
    """Rows of one load may share a key only when the source does not promise it unique; without a cursor, the last
    one wins.
    """
    keyed = load.plan.write in (Write.MERGE, Write.SCD2)  # also when a full refresh replaces the table
    if not keyed or load.request.cursor is not None:
        return False
    unique = chain.scan.primary_key
    return not (unique and set(unique) <= set(load.request.key))
