"""DuckDB writes the destination's file by itself: for a chain without rejects into one file format it knows."""

from __future__ import annotations

import duckdb

from headwater.plan.lower import Lowered
from headwater.run.local.errors import read_failure
from headwater.run.local.feed import Feed
from headwater.run.local.flow import Flow
from headwater.run.local.relation import open_relation
from headwater.run.local.settle import settle
from headwater.run.local.stream_path import StreamPath
from headwater.run.local.witnesses import has_witnesses
from headwater.sdk.destination import NativeSink
from headwater.sdk.source import CsvBytes, FileScan
from headwater.toolkit.scan_sql import copy_sql


def possible(flow: Flow, path: StreamPath) -> bool:
    """One load that takes files; nothing to watch or to set aside; no batch processor."""
    if len(flow.loads) != 1 or not isinstance(flow.loads[0].load, NativeSink):
        return False
    if has_witnesses(flow.chain):
        return False
    return flow.watch_cursor is None and not flow.hashed and path.is_single_query and not path.first_sql("t").hidden


def run(flow: Flow, path: StreamPath, sink: NativeSink, scan: FileScan | CsvBytes) -> bool:
    """Written in one statement, in the hope that every text is of its type. False when one is not: nothing was written
    then, and the rows must go the way that sets such rows aside.
    """
    feed = Feed(flow.source, flow.partitions.items, flow.fail)
    relation = open_relation(
        path.first, scan, flow.partitions, feed, lanes=flow.lanes, pipes=flow.database.pipes, marks=False
    )
    flow.on_interrupt(feed.stop)
    flow.on_interrupt(path.interrupt)
    unfit: list[duckdb.Error] = []
    try:
        writer = flow.start(_write, flow, path, sink, path.first_sql(relation.sql), unfit)
        flow.wait([writer], lambda: flow.check_source(feed.pulse))
        if unfit and isinstance(scan, FileScan) and scan.format != "parquet":
            return False
        if unfit:
            raise read_failure(unfit[0], flow.chain.scan)
        settle(flow, feed, relation, path)
        return True
    finally:
        feed.stop()
        path.close()
        relation.close()


def _write(flow: Flow, path: StreamPath, sink: NativeSink, query: Lowered, unfit: list[duckdb.Error]) -> None:
    load = flow.loads[0]
    try:
        target = sink.target("0")
        (rows,) = path.first.execute(copy_sql(query.sql, target)).fetchone() or (0,)
    except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
        unfit.append(error)
        return
    except BaseException as error:
        flow.fail(error)
        return
    try:
        flow.receive(load, sink.written("0", target, rows))
        flow.notes.passed(rows)
    except BaseException as error:
        flow.fail_load(load, error)
