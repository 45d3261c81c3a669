"""A source over a `MemorySystem`: partitions, predicates, cursors, one snapshot, faults on demand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import ClassVar, cast

import pyarrow as pa
import pyarrow.compute as pc

from headwater.sdk.config import PluginConfig
from headwater.sdk.errors import TransientError
from headwater.sdk.stream import (
    CursorRange,
    Discovery,
    Json,
    Partition,
    Partitions,
    Predicate,
    ReadRequest,
    Stream,
)
from headwater.testing.memory_system import MemoryConfig, MemorySystem, MemoryTable
from headwater.toolkit.arrow_filter import filter_table
from headwater.toolkit.arrow_types import normalise_schema
from headwater.toolkit.pushdown import can_carry, predicate_from_json, predicate_to_json, range_from_json, range_to_json
from headwater.toolkit.scalars import cursor_type_error


class MemorySource:
    config_type: ClassVar[type[PluginConfig]] = MemoryConfig

    def __init__(self, config: MemoryConfig) -> None:
        self._config = config
        self._system = MemorySystem.named(config.system)
        self._snapshot: dict[str, MemoryTable] = {}
        self._closed = False

    def check(self) -> None:
        self._system.faults.strike("check", self._system.name)

    def discover(self, pattern: str = "*", *, after: str | None = None, limit: int = 500) -> Discovery:
        self._system.faults.strike("discover", self._system.name)
        with self._system.lock:
            names = sorted(name for name in self._system.tables if fnmatchcase(name, pattern))
        rest = [name for name in names if after is None or name > after]
        page = rest[:limit]
        return Discovery(tuple(self.describe(name) for name in page), page[-1] if len(rest) > limit else None)

    def describe(self, stream: str) -> Stream:
        stored = self._system.stored(stream)
        schema = normalise_schema(stored.data.schema)
        ordered = tuple(field.name for field in schema if cursor_type_error(field.name, field.type) is None)
        return Stream(
            name=stream,
            schema=schema,
            primary_key=stored.primary_key,
            cursor_candidates=stored.cursor_candidates or ordered,
            row_estimate=stored.data.num_rows,
            size_bytes=stored.data.nbytes,
        )

    def plan(self, request: ReadRequest) -> Partitions:
        name = request.stream.name
        self._system.faults.strike("plan", name)
        stored = self._snapshot.setdefault(name, self._system.stored(name))
        schema = normalise_schema(stored.data.select(request.columns).schema)
        pushed = tuple(item for item in request.predicates if can_carry(stored.data.schema.field(item.column), item))
        rows = stored.data.num_rows
        parts = max(1, min(request.parallelism, rows))
        bounds = [rows * part // parts for part in range(parts + 1)]
        cursor = request.cursor
        cursor_type = None if cursor is None else stored.data.schema.field(cursor.column).type
        detail: dict[str, Json] = {
            "columns": list(request.columns),
            "predicates": [predicate_to_json(item) for item in pushed],
            "cursor": range_to_json(cursor, cursor_type),
        }
        items = tuple(
            Partition(f"rows-{start}-{stop}", name, {**detail, "start": start, "stop": stop})
            for start, stop in pairwise(bounds)
        )
        return Partitions(schema, items, pushed, _highest(stored.data, pushed, cursor))

    def read(self, partition: Partition) -> pa.RecordBatchReader:
        stored = self._snapshot.get(partition.stream) or self._system.stored(partition.stream)
        columns = cast(list[str], partition.detail["columns"])
        schema = normalise_schema(stored.data.select(columns).schema)
        return pa.RecordBatchReader.from_batches(schema, self._batches(stored, partition, schema))

    def _batches(self, stored: MemoryTable, partition: Partition, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        detail = partition.detail
        predicates = [
            predicate_from_json(cast(Mapping[str, Json], item)) for item in cast(list[Json], detail["predicates"])
        ]
        cursor = range_from_json(cast(Mapping[str, Json] | None, detail["cursor"]))
        start, stop = cast(int, detail["start"]), cast(int, detail["stop"])
        for number, first in enumerate(range(start, stop, self._config.batch_rows)):
            self._system.faults.strike("read", partition.stream, batch=number)
            if self._closed:
                raise TransientError(f"memory system {self._system.name!r}: the source was closed during a read")
            piece = stored.data.slice(first, min(self._config.batch_rows, stop - first))
            kept = filter_table(piece, predicates, cursor).select(schema.names)
            yield from kept.cast(schema).combine_chunks().to_batches()

    def close(self) -> None:
        self._closed = True


def _highest(data: pa.Table, pushed: tuple[Predicate, ...], cursor: CursorRange | None) -> pa.Scalar | None:
    if cursor is None:
        return None
    highest = pc.max(filter_table(data, pushed, cursor).column(cursor.column))
    return highest if highest.is_valid else None
