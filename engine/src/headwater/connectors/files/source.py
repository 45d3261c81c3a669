"""files as a source: CSV, Parquet and JSON below a path; see docs/connectors/files.md for what is a stream.

A read sees the files as they were when it was planned, or fails. What a scan by the engine would refuse, and small
files, are read by `read`, which sets records that are no rows aside and says where they stand.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import ClassVar

import duckdb
import pyarrow as pa

from headwater.connectors.files.catalog import Table, find_tables
from headwater.connectors.files.config import FilesConfig
from headwater.connectors.files.csv_shape import csv_shape
from headwater.connectors.files.database import Database
from headwater.connectors.files.errors import closed, read_error
from headwater.connectors.files.json_shape import json_shape
from headwater.connectors.files.parquet_shape import parquet_shape
from headwater.connectors.files.partitions import Part, Reading, check_unchanged, make_partitions, reading_of
from headwater.connectors.files.read import PartitionRead
from headwater.connectors.files.shape import Shape
from headwater.connectors.files.table_shape import table_shape
from headwater.connectors.files.text_input import check_plain_lines
from headwater.sdk.config import PluginConfig
from headwater.sdk.errors import ConfigError, DataError, HeadwaterError, UnknownColumn, UnknownName
from headwater.sdk.source import FileScan, Malformed
from headwater.sdk.stream import Discovery, Partition, Partitions, ReadRequest, Stream
from headwater.toolkit.identifiers import quote_identifier
from headwater.toolkit.scan_sql import scan_sql
from headwater.toolkit.storage import LocalStorage, local_path

log = logging.getLogger(__name__)

# Below this, a scan by the engine saves little, and `read` takes what it would refuse: in JSON, any malformed record.
_NATIVE_FROM_BYTES = {"csv": 32_000_000, "json": 256_000_000, "parquet": 0}


# Shapes of the same files by the same config: a run describes a stream, and its source object then plans it anew.
_SHAPES_KEPT = 128
_shapes: OrderedDict[tuple[object, ...], Shape] = OrderedDict()


class FilesSource:
    config_type: ClassVar[type[PluginConfig]] = FilesConfig

    def __init__(self, config: FilesConfig) -> None:
        self._config = config
        self._storage = LocalStorage()
        self._root = local_path(config.url)
        self._config_text = config.model_dump_json()
        self._malformed: dict[str, tuple[Malformed, ...]] = {}
        self._database = Database(self._root)

    def check(self) -> None:
        tables = self._tables()
        if not tables:
            raise ConfigError(
                f"there is no data file in {self._root}",
                hint="known extensions are .csv .tsv .parquet .json .jsonl .ndjson, with .gz or .zst; or set format",
                code="files.not_found",
            )
        for table in tables.values():
            for file in table.files[:1]:
                self._storage.open(file.path).close()

    def discover(self, pattern: str = "*", *, after: str | None = None, limit: int = 500) -> Discovery:
        found = [
            table
            for name, table in self._tables().items()
            if fnmatchcase(name, pattern) and (after is None or name > after)
        ]
        page = tuple(self._listed(table) for table in found[:limit])
        return Discovery(page, page[-1].name if len(found) > limit else None)

    def describe(self, stream: str) -> Stream:
        return self._stream(self._table(stream))

    def plan(self, request: ReadRequest) -> Partitions:
        table = self._table(request.stream.name)
        shape = self._shape(table)
        known = {field.name: field for field in shape.schema}
        cursor = request.cursor.column if request.cursor is not None else None
        for name in (*request.columns, *([cursor] if cursor else [])):
            if name not in known:
                raise UnknownColumn(name, known, place=f"stream {table.name!r} of {self._root}")
        needed = [*request.columns, *([cursor] if cursor and cursor not in request.columns else [])]
        schema = pa.schema([known[name] for name in needed])
        items = make_partitions(shape, request, schema, self._config.on_malformed)
        output = pa.schema([known[name] for name in request.columns])
        return Partitions(output, items, upper=self._upper(items, known[cursor]) if cursor else None)

    def read(self, partition: Partition) -> pa.RecordBatchReader:
        reading = reading_of(partition)
        return pa.RecordBatchReader.from_batches(reading.output, self._batches(partition.id, reading))

    def malformed(self, partition: Partition) -> tuple[Malformed, ...]:
        return self._malformed.pop(partition.id, ())

    def native_scan(self, partitions: Sequence[Partition]) -> FileScan | None:
        """None where only `read` will do: text that must be decoded or decompressed first, and little text."""
        if not partitions:
            return None
        readings = [reading_of(partition) for partition in partitions]
        first, files = readings[0], [text for reading in readings for text in reading.files]
        if first.format != "parquet":
            size = sum(text.file.entry.size_bytes for text in files)
            plain = all(text.is_plain and (first.format == "csv" or text.encoding == "utf-8") for text in files)
            if size < _NATIVE_FROM_BYTES[first.format] or not plain or first.on_malformed == "fail":
                return None
            for text in files:
                check_plain_lines(self._storage, text.file)
        if not files:
            return None
        for reading in readings:
            check_unchanged(self._storage, reading)
        return first.scan([(part, self._names(part)) for part in _joined(readings)])

    def location(self, partitions: Sequence[Partition]) -> str | None:
        paths = {text.file.path for partition in partitions for text in reading_of(partition).files}
        return paths.pop() if len(paths) == 1 else None

    def open_bytes(self, partition: Partition) -> Iterator[bytes]:
        raise DataError(f"partition {partition.id} is no byte stream", code="files.no_bytes")

    def preview(self, stream: Stream, limit: int) -> pa.Table:
        partitions = self.plan(ReadRequest(stream, tuple(stream.schema.names)))
        batches: list[pa.RecordBatch] = []
        rows = 0
        for item in partitions.items:
            with self.read(item) as reader:
                for batch in reader:
                    batches.append(batch)
                    rows += batch.num_rows
                    if rows >= limit:
                        return pa.Table.from_batches(batches, partitions.schema).slice(0, limit)
        return pa.Table.from_batches(batches, partitions.schema)

    def close(self) -> None:
        self._database.close()

    def _batches(self, partition_id: str, reading: Reading) -> Iterator[pa.RecordBatch]:
        read = PartitionRead(self._storage, self._database, reading)
        for batch in read.batches():
            self._stop_if_closed()
            if batch.num_rows:
                yield batch
        self._stop_if_closed()
        self._malformed[partition_id] = tuple(read.malformed)

    def _stop_if_closed(self) -> None:
        if self._database.is_closed:
            raise closed(self._root)

    def _tables(self) -> dict[str, Table]:
        return find_tables(self._storage, self._root, self._config)

    def _table(self, name: str) -> Table:
        found = self._tables()
        if name not in found:
            raise UnknownName("stream", name, found, place=self._root)
        return found[name]

    def _shape(self, table: Table) -> Shape:
        place = f"stream {table.name!r} of {self._root}"
        if table.state is not None:
            return table_shape(self._storage, table, self._config, place)
        key = (self._config_text, table.name, tuple(file.entry for file in table.files))
        shape = _shapes.get(key)
        if shape is None:
            shape = _shapes[key] = self._found_shape(table, place)
            if len(_shapes) > _SHAPES_KEPT:
                _shapes.popitem(last=False)
        return shape

    def _found_shape(self, table: Table, place: str) -> Shape:
        match table.files[0].format:
            case "csv":
                return csv_shape(self._storage, self._database, table.files, self._config, place)
            case "json":
                return json_shape(self._storage, self._database, table.files, self._config, place)
            case "parquet":
                return parquet_shape(self._storage, table.files, self._config, place)

    def _stream(self, table: Table) -> Stream:
        shape = self._shape(table)
        return Stream(
            table.name,
            shape.schema,
            cursor_candidates=tuple(field.name for field in shape.schema if _may_be_cursor(field.type)),
            row_estimate=shape.rows,
            size_bytes=sum(file.entry.size_bytes for file in table.files),
        )

    def _listed(self, table: Table) -> Stream:
        """One file that cannot be read does not hide the others; asked for by name, it says why."""
        try:
            return self._stream(table)
        except HeadwaterError as error:
            log.warning(
                "stream cannot be described",
                exc_info=error,
                extra={"event": "files_stream_unreadable", "stream": table.name, "code": error.public_code},
            )
            return Stream(table.name, pa.schema([]))

    def _upper(self, items: Sequence[Partition], field: pa.Field) -> pa.Scalar | None:
        """Parquet says its highest values in its footers; other formats would have to be read for it."""
        readings = [reading_of(item) for item in items]
        if readings[0].format != "parquet" or pa.types.is_floating(field.type):
            return None
        name = quote_identifier(field.name)
        scan = readings[0].scan([(part, self._names(part)) for part in _joined(readings)])
        try:
            with self._database.session() as (connection, _):
                found = connection.sql(f"SELECT max({name}) AS highest FROM {scan_sql(scan)}").to_arrow_table()
        except duckdb.Error as error:
            raise read_error(error, readings[0].files) from error
        highest = found.column("highest")[0].cast(field.type)
        return highest if highest.is_valid else None

    def _names(self, part: Part) -> list[str]:
        return [self._storage.scannable(text.file.path) for text in part.files]


def _joined(readings: Sequence[Reading]) -> list[Part]:
    """The parts of all partitions, those of one layout together again."""
    joined: list[Part] = []
    for part in (part for reading in readings for part in reading.parts):
        same = next((at for at, other in enumerate(joined) if replace(other, files=part.files) == part), None)
        if same is None:
            joined.append(part)
        else:
            joined[same] = replace(part, files=joined[same].files + part.files)
    return joined


def _may_be_cursor(data_type: pa.DataType) -> bool:
    is_ = pa.types
    return (
        is_.is_integer(data_type) or is_.is_decimal(data_type) or is_.is_date(data_type) or is_.is_timestamp(data_type)
    )
