"""What a source does, in order: construct (no I/O) · check · describe | discover · plan · read per partition · close.

A source class is named by an entry point in the group `headwater.sources`. It is used from several threads: `read`
runs in parallel for different partitions. Every method may raise ConfigError (a person must act), TransientError (the
run retries the stream from `plan` on) or DataError (the load fails, naming the place).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal, Protocol, runtime_checkable

import pyarrow as pa

from headwater.sdk.config import PluginConfig
from headwater.sdk.stream import Discovery, Json, Partition, Partitions, ReadRequest, Stream


@runtime_checkable
class Source(Protocol):
    """Reads streams of one system. The constructor takes the validated config and does no I/O."""

    config_type: ClassVar[type[PluginConfig]]

    def check(self) -> None:
        """Connect and prove the right to read. Raises ConfigError or TransientError that names host, user and what is
        wrong.
        """
        ...

    def discover(self, pattern: str = "*", *, after: str | None = None, limit: int = 500) -> Discovery:
        """Streams whose name matches the glob, in name order, at most `limit` after `after`."""
        ...

    def describe(self, stream: str) -> Stream:
        """The stream of exactly this name. Raises UnknownName with the nearest names."""
        ...

    def plan(self, request: ReadRequest) -> Partitions:
        """Split one read. All partitions of one source object see one consistent snapshot where the system can give
        it.
        """
        ...

    def read(self, partition: Partition) -> pa.RecordBatchReader:
        """Rows of one partition, lazily: memory is bounded by a few batches whatever the partition's size."""
        ...

    def close(self) -> None:
        """Release connections and snapshots. Safe to call twice; a running `read` of another thread then ends with an
        error.
        """
        ...


@dataclass(frozen=True, slots=True)
class FileScan:
    """Files an engine may read by itself: `options` are those of `toolkit.scan_sql`.

    `columns` are the file's own columns with the types to read them as; the read yields the request's projection of
    them.
    """

    format: Literal["csv", "parquet", "json"]
    files: tuple[str, ...]
    columns: pa.Schema
    options: dict[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True)
class CsvBytes:
    """A CSV byte stream per partition: no header, `,` between fields, `"` quotes, empty unquoted field = NULL.

    `conversions` gives per column the DuckDB-flavoured SQL that turns the text column (same name) into the declared
    type; a column without one is cast. `longest`: bytes that no record exceeds, where that is known; it lets the engine
    take smaller buffers. `read_as` gives DuckDB's type of a column with a conversion where that is not VARCHAR.
    """

    columns: pa.Schema
    conversions: dict[str, str] = field(default_factory=dict[str, str])
    longest: int | None = None
    read_as: dict[str, str] = field(default_factory=dict[str, str])


@runtime_checkable
class NativeScan(Protocol):
    """Optional: the engine may read the files, or parse the bytes, itself. Must give the same rows as `read`."""

    def native_scan(self, partitions: Sequence[Partition]) -> FileScan | CsvBytes | None:
        """How to scan these partitions together, or None when only `read` will do."""
        ...

    def open_bytes(self, partition: Partition) -> Iterator[bytes]:
        """The bytes of one partition of a `CsvBytes` scan, in chunks of any size; rows may straddle chunks.

        A generator may return the number of rows it sent; the engine then holds it against what it parsed.
        """
        ...


@runtime_checkable
class WireSource(Protocol):
    """Optional: rows as bytes of a wire format, so that a plain copy skips decoding.

    Both ends must name the same format and the same `wire_schema`, or the engine does not use it.
    """

    def wire_formats(self, partitions: Partitions) -> tuple[str, ...]:
        """Names of the formats offered for this read, best first; e.g. `postgres-copy-binary`."""
        ...

    def wire_schema(self, partitions: Partitions) -> tuple[tuple[str, str], ...]:
        """(column, type as the system names it) of the bytes, in order."""
        ...

    def read_wire(self, partition: Partition, format: str) -> Iterator[bytes]:
        """The bytes of one partition, a complete message of the format. The generator's return value is the row
        count.
        """
        ...


@runtime_checkable
class Located(Protocol):
    """Optional: rows can be told by where they come from, which rejected rows then say."""

    def location(self, partitions: Sequence[Partition]) -> str | None:
        """The one file, say, that all of these partitions read; None when there are several. Reads nothing."""
        ...


@runtime_checkable
class Preview(Protocol):
    """Optional: the first rows of a stream, cheaper than a read."""

    def preview(self, stream: Stream, limit: int) -> pa.Table: ...


@dataclass(frozen=True, slots=True)
class Malformed:
    """A record that could not be parsed at all: where it stands, why, and its text (cut at 4 KiB)."""

    file: str
    line: int | None
    column: str | None
    message: str
    text: str


@runtime_checkable
class MalformedRows(Protocol):
    """Optional: a source whose `read` sets unparsable records aside instead of failing."""

    def malformed(self, partition: Partition) -> tuple[Malformed, ...]:
        """What the finished read of this partition set aside; never more than `read` skipped."""
        ...
