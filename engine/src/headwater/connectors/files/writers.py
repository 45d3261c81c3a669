"""Batches into files of a format: complete, durable, and of a size that readers like.

A small batch never becomes a row group of its own: one per 10,000 rows costs readers and writers many times over.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import chain

import duckdb
import pyarrow as pa

from headwater.connectors.files.commit_log import LiveFile
from headwater.connectors.files.config import Format
from headwater.connectors.files.dictionaries import repeating_columns
from headwater.connectors.files.folder import data_file_name
from headwater.connectors.files.meanwhile import Meanwhile
from headwater.sdk.destination import FileTarget
from headwater.sdk.errors import Cancelled, DataError, HeadwaterError
from headwater.sdk.stream import Json
from headwater.toolkit.arrow_types import logical
from headwater.toolkit.deferred import parquet as pq
from headwater.toolkit.identifiers import quote_identifier
from headwater.toolkit.scan_sql import copy_sql, session_settings
from headwater.toolkit.storage import Storage, storage_error

GROUP_ROWS = 122_880
_GROUP_BYTES = 64 << 20
_COPY_MEMORY = "512MB"
# More digits than a JSON number keeps in most readers.
_SAFE_DIGITS = 15


@dataclass(slots=True)
class FileWriter:
    """`compression` is None for none. `max_bytes` is measured in Arrow's memory, about what CSV and JSON take."""

    storage: Storage
    format: Format
    compression: str | None
    max_bytes: int
    _running: set[duckdb.DuckDBPyConnection] = field(default_factory=set[duckdb.DuckDBPyConnection])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def stop(self) -> None:
        """Interrupt what DuckDB writes now."""
        with self._lock:
            for connection in self._running:
                connection.interrupt()

    def write(self, folder: str, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> list[LiveFile]:
        """All rows, in as many files as need be; no file for no rows."""
        files: list[LiveFile] = []
        for some in _portions(batches, self.max_bytes):
            name = data_file_name(self.format, self.compression)
            path = f"{folder}/{name}"
            try:
                with Meanwhile(self.storage, path):
                    rows = (
                        self._parquet(path, schema, some)
                        if self.format == "parquet"
                        else self._copy(path, schema, some)
                    )
            except (OSError, pa.ArrowException, duckdb.Error) as error:
                raise write_error(error, path) from error
            files.append(self.finished(path, name, rows))
        return files

    def finished(self, path: str, name: str, rows: int) -> LiveFile:
        """A file that is written, made durable."""
        self.storage.sync(path)
        entry = self.storage.stat(path)
        packed = None if self.format == "parquet" else self.compression
        return LiveFile(name, rows, entry.size_bytes if entry is not None else 0, packed)

    def _parquet(self, path: str, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> int:
        rows = 0
        groups = _groups(batches, schema)
        first = next(groups)
        with pq.ParquetWriter(
            path, schema, compression=self.compression or "none", use_dictionary=repeating_columns(first)
        ) as writer:
            for group in chain([first], groups):
                writer.write_table(group, row_group_size=GROUP_ROWS * 2)
                rows += group.num_rows
        return rows

    def _copy(self, path: str, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> int:
        rows = 0

        def counted() -> Iterator[pa.RecordBatch]:
            nonlocal rows
            for batch in batches:
                rows += batch.num_rows
                yield batch

        # Under names that no column of a user clashes with; the query gives them their own.
        plain = pa.schema([field.with_name(f"c{at}") for at, field in enumerate(schema)])
        renamed = (pa.record_batch(batch.columns, schema=plain) for batch in counted())
        with self._connection() as connection, closing(pa.RecordBatchReader.from_batches(plain, renamed)) as reader:
            connection.register("rows", reader)
            connection.execute(copy_sql(_select(schema, self.format), self.target(path)))
        return rows

    @contextmanager
    def _connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with duckdb.connect() as connection:
            for statement in session_settings(memory_limit=_COPY_MEMORY, threads=1):
                connection.execute(statement)
            connection.execute("SET preserve_insertion_order = true")
            with self._lock:
                self._running.add(connection)
            try:
                yield connection
            finally:
                with self._lock:
                    self._running.discard(connection)

    def target(self, path: str) -> FileTarget:
        """The file as DuckDB is to write it."""
        if self.format == "parquet":
            options: dict[str, Json] = {
                "compression": self.compression or "uncompressed",
                "row_group_size": GROUP_ROWS,
            }
        else:
            options = {"compression": self.compression or "none"}
        return FileTarget(path, self.format, options)


def _select(schema: pa.Schema, format: Format) -> str:
    cells = [f"{_text(f'c{at}', field, format)} AS {quote_identifier(field.name)}" for at, field in enumerate(schema)]
    return f"SELECT {', '.join(cells)} FROM rows"


def _text(column: str, field: pa.Field, format: Format) -> str:
    """The value as its file format keeps it exactly."""
    is_ = pa.types
    if is_.is_interval(field.type):
        return f"CAST({column} AS VARCHAR)"
    if format == "csv":
        return f"CAST(to_json({column}) AS VARCHAR)" if is_.is_nested(field.type) else column
    if logical(field) == "json":
        return f"CAST({column} AS JSON)"
    if is_.is_decimal(field.type) and field.type.precision > _SAFE_DIGITS:
        return f"CAST({column} AS VARCHAR)"
    if is_.is_floating(field.type):
        return f"CASE WHEN isfinite({column}) THEN to_json({column}) ELSE to_json(CAST({column} AS VARCHAR)) END"
    return column


def _portions(batches: Iterator[pa.RecordBatch], max_bytes: int) -> Iterator[Iterator[pa.RecordBatch]]:
    """The batches in portions of about that size; each must be taken whole before the next."""
    for first in batches:
        if not first.num_rows:
            continue

        def portion(first: pa.RecordBatch = first) -> Iterator[pa.RecordBatch]:
            size = 0
            for batch in chain([first], batches):
                yield batch
                size += batch.nbytes
                if size >= max_bytes:
                    return

        yield portion()


def _groups(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    held: list[pa.RecordBatch] = []
    rows, size = 0, 0
    for batch in batches:
        held.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= GROUP_ROWS or size >= _GROUP_BYTES:
            yield pa.Table.from_batches(held, schema)
            held, rows, size = [], 0, 0
    if held:
        yield pa.Table.from_batches(held, schema)


def write_error(error: OSError | pa.ArrowException | duckdb.Error, path: str) -> HeadwaterError:
    what = f"cannot write {path}"
    if isinstance(error, duckdb.InterruptException):
        return Cancelled(f"{path}: the load was aborted")
    if isinstance(error, duckdb.ConversionException | duckdb.InvalidInputException):
        return DataError(
            f"{what}: {str(error).splitlines()[0]}",
            hint="a value is not what its column's type says, such as json that is none",
            code="data.invalid_value",
        )
    if isinstance(error, duckdb.Error):
        return storage_error(OSError(str(error).splitlines()[0]), what)
    return storage_error(error, what)
