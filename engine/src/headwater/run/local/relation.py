"""What DuckDB scans for one read: files by itself, parsed byte lanes, or batch lanes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

import duckdb
import pyarrow as pa

from headwater.run.local.feed import Feed
from headwater.sdk.source import CsvBytes, FileScan, Malformed, NativeScan, Source
from headwater.sdk.stream import Partitions
from headwater.toolkit.scan_rejects import rejected_records
from headwater.toolkit.scan_sql import can_conflict, csv_bytes_sql, scan_sql

LANES_END_S = 0.5


@dataclass(slots=True)
class Relation:
    """A table expression for one cursor, and the lanes behind it."""

    sql: str
    kind: str
    feed: Feed
    is_file_scan: bool = False
    marked: bool = False
    again: str | None = None
    threads: list[threading.Thread] = field(default_factory=list[threading.Thread])
    pipes: list[Path] = field(default_factory=list[Path])

    def malformed(self, cursor: duckdb.DuckDBPyConnection) -> list[Malformed]:
        """Records set aside by this read, once it is over."""
        if not self.is_file_scan:
            return self.feed.malformed
        return [*rejected_records(lambda sql: cursor.execute(sql).fetchall()), *self.feed.malformed]

    def close(self) -> None:
        """Ends the lanes. One that is blocked in writing to a pipe is freed by reading the rest away; one that is
        blocked in its source is left behind.
        """
        self.feed.stop()
        until = time.monotonic() + LANES_END_S
        for pipe, thread in zip(self.pipes, self.threads, strict=True):
            _drain(pipe, thread, until)
            pipe.unlink(missing_ok=True)


def _drain(pipe: Path, thread: threading.Thread, until: float) -> None:
    thread.join(timeout=0.01)
    if not thread.is_alive():
        return
    with open(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0) as rest:
        while thread.is_alive() and time.monotonic() < until:
            if not rest.read(1 << 20):
                thread.join(timeout=0.01)


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
    marks: bool = True,
) -> Relation:
    """The relation yields `partitions.schema`'s columns by name. Without `marks`, a text of a file that is not of its
    column's type fails the query instead of marking its row. Files can be read `again` by the same query.
    """
    if isinstance(scan, FileScan):
        marked = marks and bool(scan.options.get("store_rejects", True)) and can_conflict(scan)
        sql, again = (scan_sql(item, conflicts="mark" if marked else "fail") for item in (scan, _again(scan)))
        return Relation(sql, "file scan", feed, is_file_scan=True, marked=marked, again=again)
    count = max(1, min(lanes, len(partitions.items)))
    if isinstance(scan, CsvBytes):
        paths = [pipes / f"lane-{uuid4().hex[:12]}" for _ in range(count)]
        threads = [feed.start_bytes(path) for path in paths]
        sql = _union([csv_bytes_sql(scan, str(path)) for path in paths])
        return Relation(sql, "byte stream", feed, threads=threads, pipes=paths)
    names = _register(cursor, [feed.batches(partitions.schema) for _ in range(count)])
    return Relation(_union([f"SELECT * FROM {name}" for name in names]), "record batches", feed)


def _again(scan: FileScan) -> FileScan:
    """The same rows; what cannot be parsed is set aside by the other scan, and passed over by this."""
    if not scan.options.get("store_rejects", True):
        return scan
    return replace(scan, options={**scan.options, "store_rejects": False, "ignore_errors": True})


def _register(cursor: duckdb.DuckDBPyConnection, readers: Sequence[pa.RecordBatchReader]) -> list[str]:
    names = [f"__hw_lane_{index}" for index in range(len(readers))]
    for name, reader in zip(names, readers, strict=True):
        cursor.register(name, reader)
    return names


def _union(queries: Sequence[str]) -> str:
    return "(" + " UNION ALL ".join(queries) + ")"
