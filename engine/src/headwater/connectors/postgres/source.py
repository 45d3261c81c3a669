"""postgres as a source: tables, views and foreign tables as streams named `schema.table`.

All partitions that one source object plans are read on one exported snapshot, so rows that are written meanwhile
are seen by all of them or by none. Rows come by COPY: as CSV for `read` and for an engine that parses by itself, as
PostgreSQL's own binary format for a destination that takes it unread.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import ClassVar, cast

import psycopg
import pyarrow as pa

from headwater.connectors.postgres.catalog import PgTable, find_stream, list_tables
from headwater.connectors.postgres.config import PostgresConfig
from headwater.connectors.postgres.connect import Connection, Connections, server_of
from headwater.connectors.postgres.csv_scan import conversions, numbers
from headwater.connectors.postgres.decode import decode_csv
from headwater.connectors.postgres.errors import Place, statement_error
from headwater.connectors.postgres.glob import posix_regex
from headwater.connectors.postgres.partitions import (
    Reading,
    cut,
    field_of,
    first_rows,
    partition_schema,
    reading_of,
)
from headwater.connectors.postgres.pushdown import cursor_operand
from headwater.connectors.postgres.quoting import name
from headwater.connectors.postgres.read_copy import copy_bytes, reading
from headwater.connectors.postgres.select import row_label, text
from headwater.connectors.postgres.snapshot import Snapshot
from headwater.connectors.postgres.wire import FORMAT
from headwater.sdk.config import PluginConfig
from headwater.sdk.errors import ConfigError, UnknownName, Unsupported
from headwater.sdk.source import CsvBytes
from headwater.sdk.stream import Discovery, Partition, Partitions, ReadRequest, Stream

_DECODED_CHUNK_BYTES = 8 << 20
_CURSORS = ("timestamptz", "timestamp", "date")
_KEYS = ("int8", "int4", "int2")


class PostgresSource:
    """Source, NativeScan (CSV bytes), WireSource and Preview. Safe for parallel reads."""

    config_type: ClassVar[type[PluginConfig]] = PostgresConfig

    def __init__(self, config: PostgresConfig) -> None:
        self._config = config
        self._server = server_of(config)
        self._connections = Connections(self._server)
        self._snapshot = Snapshot(self._server)

    def check(self) -> None:
        schema = self._config.db_schema
        with self._asking(f"schema {schema}" if schema else "") as connection:
            rows = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_'").fetchall()
        schemas = [str(row[0]) for row in rows]
        if schema is not None and schema not in schemas:
            raise UnknownName("schema", schema, schemas, place=self._server.name)

    def discover(self, pattern: str = "*", *, after: str | None = None, limit: int = 500) -> Discovery:
        with self._asking("") as connection:
            tables = list_tables(
                connection,
                schema=self._config.db_schema,
                pattern=posix_regex(pattern),
                after=after,
                limit=limit + 1,
            )
        streams = tuple(self._stream(table) for table in tables[:limit])
        return Discovery(streams, next=streams[-1].name if len(tables) > limit and streams else None)

    def describe(self, stream: str) -> Stream:
        with self._asking(f"stream {stream}") as connection:
            found = find_stream(connection, stream)
        if len(found) > 1:
            raise ConfigError(
                f"stream {stream} ({self._server.name}): two tables have this name, for their names hold dots",
                hint="rename one, or read a view of it",
                code="postgres.ambiguous_stream",
            )
        if not found:
            known = self.discover(limit=5000).streams
            raise UnknownName("stream", stream, [item.name for item in known], place=self._server.name)
        if not found[0].columns:
            raise ConfigError(
                f"stream {stream} ({self._server.name}): there is no column that user {self._server.user!r} may read",
                hint=f"GRANT SELECT ON {stream} TO {self._server.user}",
                code="postgres.no_rights",
            )
        return self._stream(found[0])

    def plan(self, request: ReadRequest) -> Partitions:
        place = self._place(request.stream.name)
        snapshot = self._shared_snapshot(place)
        with reading(self._connections, snapshot=snapshot, place=place, statement_timeout_s=0) as connection:
            tables = find_stream(connection, request.stream.name)
            if not tables:
                raise UnknownName("stream", request.stream.name, [], place=self._server.name)
            selected = reading_of(tables[0], request, policy=self._config.infinity)
            items = cut(connection, selected, snapshot=snapshot, parallelism=request.parallelism)
        upper = self._upper(selected, request, snapshot=snapshot) if snapshot is not None else None
        return Partitions(selected.schema, items, selected.pushed, upper)

    def read(self, partition: Partition) -> pa.RecordBatchReader:
        schema = partition_schema(partition)
        return pa.RecordBatchReader.from_batches(schema, self._batches(partition, schema))

    def native_scan(self, partitions: Sequence[Partition]) -> CsvBytes | None:
        """CSV bytes, except for a single column: its NULL would be an empty line, which parsers read as no row."""
        if not partitions:
            return None
        schema = partition_schema(partitions[0])
        longest = cast("int | None", partitions[0].detail.get("longest"))
        counts = bool(partitions[0].detail["counts"])
        numbered = numbers(schema, counts=counts)
        return CsvBytes(schema, conversions(schema, counts=counts), longest, numbered) if len(schema) > 1 else None

    def open_bytes(self, partition: Partition) -> Iterator[bytes]:
        return self._copy(partition, query="text", options="FORMAT csv")

    def wire_formats(self, partitions: Partitions) -> tuple[str, ...]:
        return (FORMAT,) if partitions.items else ()

    def wire_schema(self, partitions: Partitions) -> tuple[tuple[str, str], ...]:
        columns = partitions.items[0].detail["wire"]
        assert isinstance(columns, list)
        return tuple((str(pair[0]), str(pair[1])) for pair in columns if isinstance(pair, list))

    def read_wire(self, partition: Partition, format: str) -> Generator[bytes, None, int]:
        if format != FORMAT:
            raise Unsupported(f"postgres: there is no wire format {format!r}", hint=f"there is: {FORMAT}")
        return self._copy(partition, query="binary", options="FORMAT binary")

    def preview(self, stream: Stream, limit: int) -> pa.Table:
        place = self._place(stream.name)
        request = ReadRequest(stream, tuple(stream.schema.names))
        with reading(
            self._connections,
            snapshot=None,
            place=place,
            statement_timeout_s=self._config.statement_timeout_s,
        ) as connection:
            tables = find_stream(connection, stream.name)
        if not tables:
            raise UnknownName("stream", stream.name, [], place=self._server.name)
        selected = reading_of(tables[0], request, policy=self._config.infinity)
        return self.read(first_rows(selected, limit)).read_all()

    def close(self) -> None:
        self._connections.close()
        self._snapshot.close()

    def _place(self, stream: str) -> Place:
        return Place(self._server.name, f"stream {stream}")

    def _asking(self, what: str) -> _Asking:
        return _Asking(self._connections, Place(self._server.name, what))

    def _shared_snapshot(self, place: Place) -> str | None:
        try:
            return self._snapshot.id()
        except psycopg.Error as error:
            raise statement_error(error, place) from error

    def _stream(self, table: PgTable) -> Stream:
        timed = [column.name for column in table.columns if column.type.name in _CURSORS]
        whole = [
            column.name
            for column in table.columns
            if column.type.name in _KEYS and (column.identity or table.primary_key == (column.name,))
        ]
        return Stream(
            name=table.stream,
            schema=pa.schema([field_of(column, policy=self._config.infinity) for column in table.columns]),
            primary_key=table.primary_key,
            cursor_candidates=(*timed, *whole),
            row_estimate=table.rows,
            size_bytes=table.size_bytes,
        )

    def _batches(self, partition: Partition, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        place = str(self._place(partition.stream))
        chunks = self._copy(partition, query="text", options="FORMAT csv", chunk_bytes=_DECODED_CHUNK_BYTES)
        for chunk in chunks:
            yield decode_csv(chunk, schema, place=place, counts=bool(partition.detail["counts"]))

    def _copy(
        self, partition: Partition, *, query: str, options: str, chunk_bytes: int = 1 << 20
    ) -> Generator[bytes, None, int]:
        snapshot = partition.detail["snapshot"]
        return copy_bytes(
            self._connections,
            str(partition.detail[query]),
            options=options,
            snapshot=None if snapshot is None else str(snapshot),
            place=self._place(partition.stream),
            statement_timeout_s=self._config.statement_timeout_s,
            chunk_bytes=chunk_bytes,
        )

    def _upper(self, selected: Reading, request: ReadRequest, *, snapshot: str | None) -> pa.Scalar | None:
        """The highest cursor value of the rows that are read."""
        if request.cursor is None:
            return None
        table = selected.table
        column = next(item for item in table.columns if item.name == request.cursor.column)
        operand = cursor_operand(column, policy=selected.policy)
        label = row_label((), has_ctid=False)
        where = " AND ".join((*selected.where, f"{name(column.name)} IS NOT NULL"))
        query = (
            f"SELECT {text(column, policy=selected.policy, label=label)} FROM {name(table.schema)}.{name(table.name)}"
            f" WHERE {where} ORDER BY {operand} DESC NULLS LAST LIMIT 1"
        )
        chunks = copy_bytes(
            self._connections,
            query,
            options="FORMAT csv",
            snapshot=snapshot,
            place=self._place(request.stream.name),
            statement_timeout_s=self._config.statement_timeout_s,
        )
        found = b"".join(chunks)
        if not found:
            return None
        schema = pa.schema([field_of(column, policy=selected.policy).with_nullable(True)])
        batch = decode_csv(found, schema, place=str(self._place(request.stream.name)))
        scalar = batch.column(0)[0]
        return scalar if scalar.is_valid else None


class _Asking:
    """A connection for questions to the catalog, outside of any transaction."""

    def __init__(self, connections: Connections, place: Place) -> None:
        self._connections = connections
        self._place = place
        self._connection: Connection | None = None

    def __enter__(self) -> Connection:
        self._connection = self._connections.take()
        return self._connection

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if self._connection is not None:
            self._connections.give(self._connection)
        if isinstance(error, psycopg.Error):
            raise statement_error(error, self._place) from error
