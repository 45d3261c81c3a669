"""The first rows of a stream after any step, with the rows that were set aside on the way; nothing is written
anywhere.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from headwater.plan.model import Chain
from headwater.run.context import RunContext
from headwater.run.events import ignore
from headwater.run.local.database import Database
from headwater.run.local.errors import read_failure
from headwater.run.local.feed import Feed
from headwater.run.local.notes import Notes
from headwater.run.local.relation import native_scan_of, open_relation
from headwater.run.local.sides import DerivedSource, derived_sql, side_tables
from headwater.run.local.stream_path import StreamPath
from headwater.run.position import Observed
from headwater.run.prepare import Prepared
from headwater.run.quarantine import Quarantine
from headwater.run.stop import StopFlag
from headwater.sdk.errors import ConfigError
from headwater.sdk.source import Source
from headwater.sdk.stream import ReadRequest

# How many rows are read at most to find those that are shown: all may be filtered or rejected.
LOOK_AT_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Previewed:
    """`rejected` holds the quarantine's columns (see `quarantine.SCHEMA`)."""

    stream: str
    after: str
    rows: pa.Table
    rejected: pa.Table


def preview_stream(chain: Chain, prepared: Prepared, home: Path, *, after: int | None, limit: int) -> Previewed:
    """Raises ConfigError when the stream has no step of that number."""
    shortened, label = _up_to(chain, after)
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="preview-", dir=home) as folder:
        return _preview(shortened, prepared, Path(folder), label, limit)


def _up_to(chain: Chain, after: int | None) -> tuple[Chain, str]:
    if after is None:
        return chain, chain.steps[-1].name if chain.steps else "read"
    numbers = sorted({step.number for step in chain.steps})
    if after != 0 and after not in numbers:
        raise ConfigError(
            f"stream {chain.name!r} has no step {after}",
            hint=f"steps: 0 (as read), {', '.join(str(number) for number in numbers)}",
            code="config.unknown_step",
        )
    steps = tuple(step for step in chain.steps if step.number <= after)
    return replace(chain, steps=steps), steps[-1].name if steps else "read"


def _preview(chain: Chain, prepared: Prepared, folder: Path, label: str, limit: int) -> Previewed:
    database = Database(threads=1, memory_mb=prepared.plan.engine.memory_mb, spill=folder)
    pipeline = prepared.plan.pipeline
    context = RunContext("preview", pipeline, folder, prepared.connections, StopFlag(), ignore)
    quarantine = Quarantine(folder, pipeline=pipeline, stream=chain.name, run_id="preview")
    source: Source = DerivedSource(chain) if chain.derived else prepared.connections.source(chain.scan.source)
    path = StreamPath(chain, database, Notes(Observed(), quarantine), watch=None, hashed=False, ordered=True)
    try:
        with side_tables(chain, context, database):
            batches = _rows(chain, source, path, database, limit)
        rows = pa.Table.from_batches(batches, schema=chain.schema).slice(0, limit)
        return Previewed(chain.name, label, rows, quarantine.peek(limit))
    finally:
        path.interrupt()
        source.close()
        path.close()
        quarantine.discard()
        database.close()


def _rows(chain: Chain, source: Source, path: StreamPath, database: Database, limit: int) -> list[pa.RecordBatch]:
    if chain.derived is not None:
        return list(_first(path.batches(_head(derived_sql(chain))), limit))
    scan = chain.scan
    failures: list[BaseException] = []
    partitions = source.plan(ReadRequest(scan.stream, scan.columns, scan.predicates, parallelism=1))
    feed = Feed(source, partitions.items, failures.append)
    by = native_scan_of(source, partitions)
    relation = open_relation(path.first, by, partitions, feed, lanes=1, pipes=database.pipes)
    try:
        return list(_first(path.batches(_head(relation.sql), marked=relation.marked), limit))
    except Exception as error:
        raise read_failure(failures[0] if failures else error, scan) from error
    finally:
        path.interrupt()
        relation.close()


def _head(relation: str) -> str:
    return f"(SELECT * FROM {relation} LIMIT {LOOK_AT_ROWS})"


def _first(batches: Iterator[pa.RecordBatch], limit: int) -> Iterator[pa.RecordBatch]:
    found = 0
    for batch in batches:
        yield batch
        found += batch.num_rows
        if found >= limit:
            return
