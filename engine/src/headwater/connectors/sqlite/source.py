"""sqlite as a source: every table and view of the file.

A stream is read by one statement of one connection, so it is one consistent snapshot; it is one partition, since SQLite
gains nothing from several readers in a process. The file is opened read-only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import ClassVar, cast

import pyarrow as pa

from headwater.connectors.sqlite.catalog import Column, columns, describe, relations, row_name
from headwater.connectors.sqlite.config import SqliteConfig
from headwater.connectors.sqlite.connect import open_reading, place_of
from headwater.connectors.sqlite.decode import Unfit, decode
from headwater.connectors.sqlite.errors import translated
from headwater.connectors.sqlite.select import pushable, select
from headwater.sdk.config import PluginConfig
from headwater.sdk.errors import DataError, TransientError, UnknownColumn, UnknownName
from headwater.sdk.stream import Discovery, Json, Partition, Partitions, ReadRequest, Stream
from headwater.toolkit.arrow_filter import filter_table
from headwater.toolkit.arrow_types import field_type_name
from headwater.toolkit.identifiers import quote_identifier
from headwater.toolkit.pushdown import predicate_from_json, predicate_to_json, range_from_json, range_to_json

_BATCH_BYTES = 16 * 1024 * 1024
_STORED_AS: dict[type, str] = {int: "an INTEGER", float: "a REAL", str: "a TEXT", bytes: "a BLOB"}
_FIRST_BATCH, _SMALLEST_BATCH, _LARGEST_BATCH = 1_000, 16, 50_000


class SqliteSource:
    config_type: ClassVar[type[PluginConfig]] = SqliteConfig

    def __init__(self, config: SqliteConfig) -> None:
        self._config = config
        self._place = place_of(config.file)
        self._catalog: sqlite3.Connection | None = None
        self._reading: set[sqlite3.Connection] = set()
        self._closed = False

    def check(self) -> None:
        self._relations()

    def discover(self, pattern: str = "*", *, after: str | None = None, limit: int = 500) -> Discovery:
        found = [name for name in self._relations() if fnmatchcase(name, pattern) and (after is None or name > after)]
        with translated(self._place):
            page = tuple(describe(self._open(), name) for name in found[:limit])
        return Discovery(page, page[-1].name if len(found) > limit else None)

    def describe(self, stream: str) -> Stream:
        found = self._relations()
        if stream not in found:
            raise UnknownName("stream", stream, found, place=self._place)
        with translated(self._place):
            return describe(self._open(), stream)

    def plan(self, request: ReadRequest) -> Partitions:
        name = request.stream.name
        self.describe(name)
        with translated(self._place):
            known = {column.name: column for column in columns(self._open(), name)}
        for column in request.columns:
            if column not in known:
                raise UnknownColumn(column, known, place=f"{self._place}, {name!r}")
        pushed = tuple(item for item in request.predicates if pushable(known[item.column], item))
        cursor = request.cursor
        detail: dict[str, Json] = {
            "columns": [[column, field_type_name(known[column].field)] for column in request.columns],
            "predicates": [predicate_to_json(item) for item in pushed],
            "cursor": range_to_json(cursor, None if cursor is None else known[cursor.column].field.type),
        }
        schema = pa.schema([known[column].field for column in request.columns])
        return Partitions(schema, (Partition("all", name, detail),), pushed)

    def read(self, partition: Partition) -> pa.RecordBatchReader:
        with translated(self._place):
            known = {column.name: column for column in columns(self._open(), partition.stream)}
        wanted = [name for name, _ in cast(list[list[str]], partition.detail["columns"])]
        schema = pa.schema([known[name].field for name in wanted])
        return pa.RecordBatchReader.from_batches(schema, self._batches(partition, known, schema))

    def preview(self, stream: Stream, limit: int) -> pa.Table:
        partitions = self.plan(ReadRequest(stream, tuple(stream.schema.names)))
        first: list[pa.RecordBatch] = []
        for batch in self.read(partitions.items[0]):
            first.append(batch)
            if sum(item.num_rows for item in first) >= limit:
                break
        return pa.Table.from_batches(first, partitions.schema).slice(0, limit)

    def close(self) -> None:
        self._closed = True
        for connection in tuple(self._reading):
            connection.interrupt()
        if self._catalog is not None:
            self._catalog.close()
            self._catalog = None

    def _batches(
        self, partition: Partition, known: Mapping[str, Column], schema: pa.Schema
    ) -> Iterator[pa.RecordBatch]:
        """One connection for the read; the cursor's column is read along, to look at it again."""
        detail = partition.detail
        predicates = [
            predicate_from_json(cast(Mapping[str, Json], item)) for item in cast(list[Json], detail["predicates"])
        ]
        cursor = range_from_json(cast(Mapping[str, Json] | None, detail["cursor"]))
        names = list(schema.names)
        if cursor is not None and cursor.column not in names:
            names.append(cursor.column)
        query, values = select(partition.stream, names, known, predicates, cursor)
        fields = pa.schema([known[name].field for name in names])
        connection = open_reading(self._config.file, self._config.lock_timeout_s)
        self._reading.add(connection)
        try:
            for rows in self._fetch(connection, query, values):
                batch = self._decode(connection, partition.stream, rows, fields)
                if cursor is None:
                    yield batch
                else:
                    inside = filter_table(pa.Table.from_batches([batch]), (), cursor)
                    yield from inside.select(schema.names).combine_chunks().to_batches()
        finally:
            self._reading.discard(connection)
            connection.close()

    def _fetch(
        self, connection: sqlite3.Connection, query: str, values: list[object]
    ) -> Iterator[list[tuple[object, ...]]]:
        """Rows in pieces of about 16 MB, by the size of the piece before."""
        with translated(self._place):
            found = connection.execute(query, values)
        count = _FIRST_BATCH
        while True:
            self._stop_if_closed()
            with translated(self._place):
                rows = found.fetchmany(count)
            self._stop_if_closed()
            if not rows:
                return
            yield rows
            size = sum(len(value) if isinstance(value, (str, bytes)) else 8 for value in rows[-1]) or 1
            count = max(_SMALLEST_BATCH, min(_LARGEST_BATCH, _BATCH_BYTES // size, count * 4))

    def _decode(
        self, connection: sqlite3.Connection, stream: str, rows: Sequence[tuple[object, ...]], fields: pa.Schema
    ) -> pa.RecordBatch:
        arrays: list[pa.Array] = []
        for field, column in zip(fields, zip(*rows, strict=True), strict=True):
            try:
                arrays.append(decode(column, field))
            except Unfit as cause:
                raise self._unfit(connection, stream, field, cause.value) from cause
        return pa.RecordBatch.from_arrays(arrays, schema=fields)

    def _unfit(self, connection: sqlite3.Connection, stream: str, field: pa.Field, value: object) -> DataError:
        """SQLite is asked again where the value stands: it is rare, and the rowid need not be read for every row."""
        where = ""
        with translated(self._place):
            name = row_name(connection, stream)
            if name is not None:
                column = quote_identifier(field.name)
                same = f"typeof({column}) = typeof(?1) AND {column} = ?1"
                found = connection.execute(
                    f"SELECT {name} FROM {quote_identifier(stream)} WHERE {same} LIMIT 1", (value,)
                ).fetchall()
                where = f" in row {found[0][0]}" if found else ""
        kind = _STORED_AS.get(type(value), "a value")
        return DataError(
            f"{self._place}, table {stream!r}: column {field.name!r} holds {kind}{where} that is no "
            f"{field_type_name(field)}",
            hint="repair the value, or read the table through a view that casts it",
            code="data.value_does_not_fit",
        )

    def _stop_if_closed(self) -> None:
        if self._closed:
            raise TransientError(f"{self._place}: the source was closed during a read", code="sqlite.closed")

    def _open(self) -> sqlite3.Connection:
        if self._catalog is None:
            self._catalog = open_reading(self._config.file, self._config.lock_timeout_s)
        return self._catalog

    def _relations(self) -> dict[str, str]:
        with translated(self._place):
            return relations(self._open())
