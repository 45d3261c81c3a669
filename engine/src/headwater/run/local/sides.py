"""Other streams that a chain reads besides its own: run through their steps into tables of the engine's database,
which spill.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import duckdb
import pyarrow as pa

from headwater.plan.model import Chain, Side
from headwater.run.context import RunContext
from headwater.run.local.database import Database
from headwater.run.local.errors import read_failure
from headwater.run.local.feed import Feed
from headwater.run.local.notes import Notes
from headwater.run.local.relation import Relation, native_scan_of, open_relation
from headwater.run.local.settle import withheld
from headwater.run.local.stream_path import StreamPath
from headwater.run.position import Observed
from headwater.run.quarantine import Quarantine
from headwater.run.watched import clean_up, watched
from headwater.sdk.config import PluginConfig
from headwater.sdk.errors import DataError
from headwater.sdk.source import Source
from headwater.sdk.stream import Discovery, Partition, Partitions, ReadRequest, Stream
from headwater.toolkit.identifiers import quote_identifier


@contextmanager
def side_tables(chain: Chain, context: RunContext, database: Database) -> Iterator[list[Quarantine]]:
    """The tables stand while the block runs. Gives the quarantines of streams that no chain of their own reports."""
    made: list[Side] = []
    quarantines: list[Quarantine] = []
    try:
        for side in chain.sides:
            made.append(side)
            quarantines += _materialise(side, context, database)
        yield quarantines
    except BaseException:
        for quarantine in quarantines:
            quarantine.discard_unsealed()
        raise
    finally:
        clean_up(lambda: _drop(made, database), context.stop, what=f"drop tables beside {chain.name}")


def _drop(sides: list[Side], database: Database) -> None:
    cursor = database.cursor()
    for side in sides:
        cursor.execute(f"DROP TABLE IF EXISTS {quote_identifier(side.table)}").fetchall()
    cursor.close()


def _materialise(side: Side, context: RunContext, database: Database) -> list[Quarantine]:
    """Gives the quarantines that somebody must publish: of the stream itself, and of those that it reads."""
    chain = side.chain
    quarantine = Quarantine(
        context.quarantine_home, pipeline=context.pipeline, stream=chain.name, run_id=context.run_id
    )
    with side_tables(chain, context, database) as quarantines:
        try:
            _read_into_table(side, context, database, quarantine)
        except BaseException:
            quarantine.discard()
            raise
        if side.counted:
            quarantine.discard()
            return quarantines
        return [*quarantines, quarantine]


def _read_into_table(side: Side, context: RunContext, database: Database, quarantine: Quarantine) -> None:
    chain, scan, stop = side.chain, side.chain.scan, context.stop
    notes = Notes(Observed(), quarantine)
    source: Source = DerivedSource(chain) if chain.derived else context.connections.source(scan.source)
    path = StreamPath(chain, database, notes, watch=None, hashed=False, ordered=False)
    relation: Relation | None = None
    failures: list[BaseException] = []
    try:
        request = ReadRequest(scan.stream, scan.columns, scan.predicates)
        partitions = watched(lambda: source.plan(request), stop, what=f"plan {chain.name}")
        sql, marked = derived_sql(chain), False
        if not chain.derived:
            feed = Feed(source, partitions.items, failures.append)
            by = native_scan_of(source, partitions)
            relation = open_relation(path.first, by, partitions, feed, lanes=1, pipes=database.pipes)
            sql, marked = relation.sql, relation.marked
        batches, cursor = path.batches(sql, marked=marked), path.open_cursor()
        with stop.on_stop(path.interrupt):
            watched(lambda: _create(side, batches, cursor), stop, what=f"read {chain.name}")
        stop.check()
        if failures:
            raise failures[0]
        malformed = withheld(chain, relation.malformed(path.first)) if relation is not None else []
        if malformed:
            quarantine.add_malformed(malformed)
    except BaseException as error:
        raise read_failure(failures[0] if failures else error, scan) from error
    finally:
        path.close()
        if relation is not None:
            relation.close()
        clean_up(source.close, stop, what=f"close {scan.source}")


def _create(side: Side, batches: Iterator[pa.RecordBatch], cursor: duckdb.DuckDBPyConnection) -> None:
    table = quote_identifier(side.table)
    cursor.register("__hw_side", pa.RecordBatchReader.from_batches(side.chain.schema, batches))
    kept = ", ".join(quote_identifier(name) for name in side.columns) if side.columns else "*"
    if not side.key:
        cursor.execute(f"CREATE TABLE {table} AS SELECT {kept} FROM __hw_side").fetchall()
        return
    cursor.execute(f"CREATE TABLE {table} AS SELECT DISTINCT {kept}, true AS __hw_found FROM __hw_side").fetchall()
    key = ", ".join(quote_identifier(name) for name in side.key)
    given = " AND ".join(f"{quote_identifier(name)} IS NOT NULL" for name in side.key)
    twins = f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {given} GROUP BY {key} HAVING count(*) > 1)"
    (found,) = cursor.execute(twins).fetchone() or (0,)
    if found:
        raise DataError(
            f"stream {side.chain.name!r} has {found:,} keys ({', '.join(side.key)}) with more than one answer",
            hint="a lookup needs one row per key: deduplicate the stream first, or look up by more columns",
            code="data.lookup_not_unique",
        )


def derived_sql(chain: Chain) -> str:
    """The query of a derived chain over its side tables, which stand under the names of their streams."""
    if chain.derived is None:
        return ""
    named = [
        f"{quote_identifier(side.chain.name)} AS (SELECT * FROM {quote_identifier(side.table)})" for side in chain.sides
    ]
    return f"(WITH {', '.join(named)} SELECT * FROM ({chain.derived.query.sql('duckdb')}))"


class DerivedSource:
    """Stands where a source stands, for a stream that is made of others. There is nothing to connect to."""

    config_type: ClassVar[type[PluginConfig]] = PluginConfig

    def __init__(self, chain: Chain) -> None:
        self._chain = chain

    def check(self) -> None:
        """Always there."""

    def discover(self, pattern: str = "*", *, after: str | None = None, limit: int = 500) -> Discovery:
        return Discovery((self._chain.scan.stream,))

    def describe(self, stream: str) -> Stream:
        return self._chain.scan.stream

    def plan(self, request: ReadRequest) -> Partitions:
        return Partitions(self._chain.scan.schema, (Partition("0", request.stream.name),))

    def read(self, partition: Partition) -> pa.RecordBatchReader:
        return self._chain.scan.schema.empty_table().to_reader()

    def close(self) -> None:
        """Nothing to release."""
