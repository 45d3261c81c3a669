"""duckdb as a source: every table and view of the file.

While a source is open, DuckDB's lock keeps other processes from writing the file, so all its reads see the same rows.
Large tables are split by ranges of `rowid`; a view is one partition.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import ClassVar, cast
from weakref import WeakSet

import duckdb
import pyarrow as pa

from headwater.connectors.duckdb.catalog import Relation, columns, describe, relations
from headwater.connectors.duckdb.config import DuckdbConfig
from headwater.connectors.duckdb.database import Lease
from headwater.connectors.duckdb.errors import translate, translated
from headwater.connectors.duckdb.select import pushable, select
from headwater.connectors.duckdb.types import Column
from headwater.sdk.config import PluginConfig
from headwater.sdk.errors import TransientError, UnknownName
from headwater.sdk.stream import Discovery, Json, Partition, Partitions, ReadRequest, Stream
from headwater.toolkit.arrow_types import normalise_batch
from headwater.toolkit.pushdown import predicate_to_json, range_to_json

_BATCH_ROWS = 65_536
_ROWS_OF_A_PARTITION = 500_000


class DuckdbSource:
    config_type: ClassVar[type[PluginConfig]] = DuckdbConfig

    def __init__(self, config: DuckdbConfig) -> None:
        self._config = config
        self._lease = Lease(config.file, write=False, memory_limit=config.memory_limit)
        self._reading: WeakSet[duckdb.DuckDBPyConnection] = WeakSet()
        self._closed = False

    def check(self) -> None:
        self._relations()

    def discover(self, pattern: str = "*", *, after: str | None = None, limit: int = 500) -> Discovery:
        found = [
            (name, relation)
            for name, relation in self._relations().items()
            if fnmatchcase(name, pattern) and (after is None or name > after)
        ]
        with translated(self._lease.place):
            cursor = self._lease.cursor()
            page = tuple(describe(cursor, name, relation) for name, relation in found[:limit])
        return Discovery(page, page[-1].name if len(found) > limit else None)

    def describe(self, stream: str) -> Stream:
        relation = self._relation(stream)
        with translated(self._lease.place):
            return describe(self._lease.cursor(), stream, relation)

    def plan(self, request: ReadRequest) -> Partitions:
        relation = self._relation(request.stream.name)
        with translated(self._lease.place):
            known = {column.field.name: column for column in columns(self._lease.cursor(), relation)}
        place = f"{self._lease.place}, {request.stream.name!r}"
        for name in request.columns:
            if name not in known:
                raise UnknownName("column", name, known, place=place, code="config.unknown_column")
        pushed = tuple(item for item in request.predicates if pushable(known[item.column], item))
        cursor = request.cursor
        detail: dict[str, Json] = {
            "schema": relation.schema,
            "table": relation.name,
            "columns": list(request.columns),
            "predicates": [predicate_to_json(item) for item in pushed],
            "cursor": range_to_json(cursor, None if cursor is None else known[cursor.column].field.type),
        }
        schema = pa.schema([known[name].field for name in request.columns])
        ranges = _ranges(relation, request.parallelism, known)
        items = tuple(
            Partition(
                f"rows-{start}" if len(ranges) > 1 else "all", request.stream.name, {**detail, "rows": [start, stop]}
            )
            for start, stop in ranges
        )
        return Partitions(schema, items, pushed)

    def read(self, partition: Partition) -> pa.RecordBatchReader:
        detail = partition.detail
        relation = Relation(str(detail["schema"]), str(detail["table"]), None, is_table=True)
        with translated(self._lease.place):
            known = {column.field.name: column for column in columns(self._lease.cursor(), relation)}
        wanted = [known[name] for name in cast(list[str], detail["columns"])]
        schema = pa.schema([column.field for column in wanted])
        query, values = select(relation, wanted, known, detail)
        return pa.RecordBatchReader.from_batches(schema, self._batches(query, values, schema))

    def _batches(self, query: str, values: list[object], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        with self._lease.reading() as cursor:
            self._reading.add(cursor)
            try:
                self._stop_if_closed()
                for batch in cursor.sql(query, params=values).to_arrow_reader(_BATCH_ROWS):
                    self._stop_if_closed()
                    yield normalise_batch(batch, schema)
                self._stop_if_closed()
            except (duckdb.Error, pa.ArrowInvalid, OSError) as cause:
                self._stop_if_closed()
                known = cause if isinstance(cause, duckdb.Error) else duckdb.InvalidInputException(str(cause))
                raise translate(known, self._lease.place) from cause

    def preview(self, stream: Stream, limit: int) -> pa.Table:
        partitions = self.plan(ReadRequest(stream, tuple(stream.schema.names)))
        (whole,) = partitions.items
        limited = Partition(whole.id, whole.stream, {**whole.detail, "limit": limit})
        return self.read(limited).read_all()

    def close(self) -> None:
        self._closed = True
        for cursor in list(self._reading):
            cursor.interrupt()
        self._lease.close()

    def _stop_if_closed(self) -> None:
        if self._closed:
            raise TransientError(f"{self._lease.place}: the source was closed during a read", code="duckdb.closed")

    def _relations(self) -> dict[str, Relation]:
        with translated(self._lease.place):
            return relations(self._lease.cursor(), self._config.db_schema)

    def _relation(self, name: str) -> Relation:
        found = self._relations()
        if name not in found:
            raise UnknownName("stream", name, found, place=self._lease.place)
        return found[name]


def _ranges(relation: Relation, parallelism: int, known: dict[str, Column]) -> list[tuple[int | None, int | None]]:
    """Ranges of rowid that cover every row whatever it is, about equal for a table without deleted rows."""
    parts = min(parallelism, (relation.rows or 0) // _ROWS_OF_A_PARTITION + 1)
    hidden = any(name.lower() == "rowid" for name in known)
    if parts == 1 or not relation.is_table or hidden:
        return [(None, None)]
    bounds = [None, *((relation.rows or 0) * part // parts for part in range(1, parts)), None]
    return list(pairwise(bounds))
