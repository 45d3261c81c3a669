"""Deliver one stream to loads that stand at the same place: plan the read, choose the fastest right way, verify,
commit.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

import duckdb

from headwater.plan.model import Chain, EngineOptions
from headwater.run.context import RunContext
from headwater.run.events import StreamStarted
from headwater.run.local import native, streamed, wire
from headwater.run.local.content import verify_content
from headwater.run.local.database import Database
from headwater.run.local.flow import Flow, Given
from headwater.run.local.judge import judge, remembered
from headwater.run.local.notes import Notes
from headwater.run.local.open_load import OpenLoad
from headwater.run.local.relation import native_scan_of
from headwater.run.local.segments import Watch
from headwater.run.local.sides import DerivedSource, derived_sql, side_tables
from headwater.run.local.stream_path import StreamPath
from headwater.run.position import Observed, cursor_range, minus_lag, next_checkpoint
from headwater.run.quarantine import Quarantine
from headwater.sdk.destination import NativeSink, Write
from headwater.sdk.errors import DataError, SchemaChanged
from headwater.sdk.source import Source
from headwater.sdk.stream import Partitions, ReadRequest


def deliver(
    chain: Chain,
    loads: list[OpenLoad],
    context: RunContext,
    database: Database,
    options: EngineOptions,
    on_progress: Callable[[Notes], None],
    given: Given | None = None,
) -> Notes:
    """Every load ends committed or with its own failure set. Raises what ended the read; then nothing is committed.

    `given` are rows that come from no source; a derived stream gets them from its query.
    """
    if chain.derived is not None:
        given = partial(_derived, chain)
    with side_tables(chain, context, database) as quarantines:
        return _deliver(chain, loads, context, database, options, on_progress, quarantines, given)


def _derived(chain: Chain, cursor: duckdb.DuckDBPyConnection) -> tuple[str, bool]:
    return derived_sql(chain), False


def _deliver(
    chain: Chain,
    loads: list[OpenLoad],
    context: RunContext,
    database: Database,
    options: EngineOptions,
    on_progress: Callable[[Notes], None],
    quarantines: list[Quarantine],
    given: Given | None,
) -> Notes:
    quarantine = Quarantine(context.home, pipeline=context.pipeline, stream=chain.name, run_id=context.run_id)
    notes = Notes(Observed(chain.scan.lag), quarantine)
    source: Source = DerivedSource(chain) if given else context.connections.source(chain.scan.source)
    try:
        lanes = chain.scan.parallelism or options.threads or os.cpu_count() or 1
        partitions = _plan_read(source, chain, loads, lanes)
        watch = _watch(chain, loads, partitions)
        if watch is None and partitions.upper is not None:
            notes.observed.highest = partitions.upper
        flow = Flow(chain, source, partitions, loads, database, options, context.stop, notes, on_progress)
        flow.watch_cursor = watch
        flow.hashed = any(load.plan.verify == "checksum" for load in loads)
        flow.ordered = any(_order_matters(chain, load) for load in loads)
        flow.lanes = 1 if flow.ordered else lanes
        flow.given = given
        _move(flow, context)
        on_progress(notes)
        judge(chain, loads, notes, options)
        verify_content(flow)
        context.stop.check()
        for kept in (quarantine, *quarantines):
            kept.seal()
        _commit(chain, loads, notes, watch, quarantines)
        return notes
    finally:
        if not any(load.committed for load in loads):
            for kept in (quarantine, *quarantines):
                kept.discard()
        source.close()


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
    before = loads[0].position
    appends = any(load.request.write is Write.APPEND for load in loads)
    if not scan.inclusive:
        return Watch(scan.cursor, before=before, inclusive=False)
    if not appends:
        return None if partitions.upper is not None else Watch(scan.cursor)
    marked_by = before.marked_by or scan.primary_key or scan.columns
    if missing := [name for name in marked_by if name not in scan.columns]:
        raise DataError(
            f"stream {scan.stream.name!r}: rows of the last run are told apart by {list(marked_by)}, "
            f"but {missing} is not read any more",
            hint="read these columns again, or reset the state of this stream",
            code="data.cursor_changed",
        )
    # The first read is the large one: there, only rows near the highest value need a mark. Later reads mark every
    # row, because any of them may be one that was delivered before.
    is_first = before.value is None
    mark_from = minus_lag(partitions.upper, scan.lag) if is_first and partitions.upper is not None else None
    return Watch(scan.cursor, tuple(marked_by), mark_from, before)


def _order_matters(chain: Chain, load: OpenLoad) -> bool:
    """Rows of one load may share a key only when the source does not promise it unique; without a cursor, the last
    one wins.
    """
    if load.request.write not in (Write.MERGE, Write.SCD2) or load.request.cursor is not None:
        return False
    unique = chain.scan.primary_key
    return not (unique and set(unique) <= set(load.request.key))


def _move(flow: Flow, context: RunContext) -> None:
    if flow.given is not None:
        _tell(flow, context, "query")
        return streamed.run(flow, None)
    plain = not flow.chain.steps and flow.watch_cursor is None and not flow.hashed and len(flow.loads) == 1
    copied = wire.shared_wire(flow.source, flow.partitions, flow.loads[0]) if plain and not flow.ordered else None
    if copied is not None:
        _tell(flow, context, "wire copy")
        return wire.run(flow, copied)
    scan = native_scan_of(flow.source, flow.partitions)
    sink = flow.loads[0].load
    if scan is not None and isinstance(sink, NativeSink):
        path = StreamPath(
            flow.chain, flow.database, flow.notes, watch=flow.watch_cursor, hashed=False, ordered=flow.ordered
        )
        if native.possible(flow, path):
            _tell(flow, context, "native write")
            if native.run(flow, path, sink, scan):
                return None
        path.close()
    _tell(flow, context, "stream")
    return streamed.run(flow, scan)


def _tell(flow: Flow, context: RunContext, path: str) -> None:
    context.emit(StreamStarted(flow.chain.name, context.resumed, path))


def _commit(
    chain: Chain, loads: list[OpenLoad], notes: Notes, watch: Watch | None, quarantines: list[Quarantine]
) -> None:
    for load in loads:
        if load.failure is not None:
            continue
        if load.staged_rows != notes.tally.passed:
            load.failure = DataError(
                f"{notes.tally.passed:,} rows were sent to table {load.plan.table!r}, "
                f"the destination counted {load.staged_rows:,}",
                hint="nothing was published; run again, and report it if it happens again",
                code="data.rows_missing",
            )
            continue
        marked_by = watch.marked_by if watch and load.request.write is Write.APPEND else ()
        checkpoint = next_checkpoint(chain.scan, load.position, notes.observed, marked_by=marked_by)
        load.checkpoint = load.kept_checkpoint or {**checkpoint, **remembered(chain, notes)}
        try:
            load.committed = load.load.commit(load.receipts, load.checkpoint)
        except Exception as error:
            load.failure = error
            continue
        for kept in (notes.quarantine, *quarantines):
            kept.publish()
