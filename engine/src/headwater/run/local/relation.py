"""What DuckDB scans for one read: files by itself, parsed byte lanes, or batch lanes."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import duckdb
import pyarrow as pa

from headwater.run.local.feed import Feed
from headwater.sdk.source import CsvBytes, FileScan, Malformed, NativeScan, Source
from headwater.sdk.stream import Partitions
from headwater.toolkit.scan_sql import csv_bytes_sql, scan_sql

MALFORMED_TEXT_BYTES = 4096


@dataclass(slots=True)
class Relation:
    """A table expression for one cursor, and the lanes behind it."""

    sql: str
    kind: str
    feed: Feed
    is_file_scan: bool = False
    threads: list[threading.Thread] = field(default_factory=list[threading.Thread])
    pipes: list[Path] = field(default_factory=list[Path])

    def malformed(self, cursor: duckdb.DuckDBPyConnection) -> list[Malformed]:
        """Records set aside by this read, once it is over."""
        return [*self.feed.malformed, *(_rejected_by_duckdb(cursor) if self.is_file_scan else [])]

    def close(self) -> None:
        self.feed.stop()
        for thread in self.threads:
            thread.join(timeout=5)
        for pipe in self.pipes:
            pipe.unlink(missing_ok=True)


def native_scan_of(source: Source, partitions: Partitions) -> FileScan | CsvBytes | None:
    return source.native_scan(partitions.items) if isinstance(source, NativeScan) and partitions.items else None


def open_relation(
    cursor: duckdb.DuckDBPyConnection,
    scan: FileScan | CsvBytes | None,
    partitions: Partitions,
    feed: Feed,
    *,
    lanes: int,
    pipes: Path,
) -> Relation:
    """The relation yields `partitions.schema`'s columns by name."""
    if isinstance(scan, FileScan):
        return Relation(f"({scan_sql(scan)})", "file scan", feed, is_file_scan=True)
    count = max(1, min(lanes, len(partitions.items)))
    if isinstance(scan, CsvBytes):
        paths = [pipes / f"lane-{uuid4().hex[:12]}" for _ in range(count)]
        threads = [feed.start_bytes(path) for path in paths]
        sql = _union([csv_bytes_sql(scan.columns, scan.conversions, str(path)) for path in paths])
        return Relation(sql, "byte stream", feed, threads=threads, pipes=paths)
    names = _register(cursor, [feed.batches(partitions.schema) for _ in range(count)])
    return Relation(_union([f"SELECT * FROM {name}" for name in names]), "record batches", feed)


def _register(cursor: duckdb.DuckDBPyConnection, readers: Sequence[pa.RecordBatchReader]) -> list[str]:
    names = [f"__hw_lane_{index}" for index in range(len(readers))]
    for name, reader in zip(names, readers, strict=True):
        cursor.register(name, reader)
    return names


def _union(queries: Sequence[str]) -> str:
    return "(" + " UNION ALL ".join(queries) + ")"


def _rejected_by_duckdb(cursor: duckdb.DuckDBPyConnection) -> list[Malformed]:
    """Lines that read_csv(store_rejects) set aside: one entry per line, its errors joined."""
    tables = cursor.execute("SELECT table_name FROM duckdb_tables() WHERE table_name = 'reject_errors'").fetchall()
    if not tables:
        return []
    rows = cursor.execute(
        "SELECT s.file_path, e.line, min(e.column_name), string_agg(e.error_message, '; '), min(e.csv_line)"
        " FROM reject_errors e JOIN reject_scans s USING (scan_id, file_id)"
        " GROUP BY s.file_path, e.line, e.line_byte_position ORDER BY s.file_path, e.line"
    ).fetchall()
    return [
        Malformed(file, int(line), column, message, (text or "")[:MALFORMED_TEXT_BYTES])
        for file, line, column, message, text in rows
    ]
