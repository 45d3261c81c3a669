"""What a destination does, in order: construct (no I/O) · check · open(load) · write, in parallel · commit | abort ·
close.

A load is one stream delivered to one destination in one run. Promises every destination keeps:

- nothing of a load is visible to a reader before `commit`;
- `commit` is atomic, and stores the checkpoint in the same transaction as the rows;
- `commit` is idempotent by load id: committing a load that is already committed changes nothing and answers the same;
- after a crash at any point, the next `open` of the same table finds and removes what the dead load left behind;
- `abort` may be called at any time, also when a `write` is still running in another thread, and removes what was
  staged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Literal, Protocol, runtime_checkable

import pyarrow as pa

from headwater.sdk.config import PluginConfig
from headwater.sdk.stream import Json


class Write(StrEnum):
    """How rows meet the rows that are already there."""

    REPLACE = "replace"
    APPEND = "append"
    MERGE = "merge"
    SCD2 = "scd2"


class Evolution(StrEnum):
    """What may happen to the destination's table when the stream's schema has changed."""

    EVOLVE = "evolve"
    FREEZE = "freeze"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a destination can do, as data; the planner refuses everything else before a run.

    `parallel_writers` is how many `write` calls may run at once (1 = one after the other). `transactional`: rows and
    checkpoint become visible together. `identifier_bytes`: longest column or table name.
    `unsupported_types`: project-file type names (`list`, `interval` …) that it cannot store; the planner refuses them.
    """

    writes: frozenset[Write]
    transactional: bool = True
    parallel_writers: int = 1
    adds_columns: bool = True
    widens_columns: bool = True
    identifier_bytes: int | None = None
    unsupported_types: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """Everything a destination needs to know about one load.

    `table` is the rendered template, `schema.table` or `table`. `full` says that the load holds the whole stream (so
    scd2 may close rows that are absent). `cursor` orders rows that share a `key` within the load: the highest wins.
    """

    load_id: str
    pipeline: str
    stream: str
    table: str
    schema: pa.Schema
    write: Write
    key: tuple[str, ...] = ()
    cursor: str | None = None
    evolution: Evolution = Evolution.EVOLVE
    full: bool = True


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a stream stands in a destination: `value` is JSON, written by the engine and given back unchanged."""

    value: Mapping[str, Json]
    load_id: str
    committed_at: datetime
    pipeline: str
    stream: str
    table: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one `write` staged: `rows` is the destination's own count. `detail` is JSON (Spark carries receipts to the
    driver). `size_bytes` is what went over: the size of files, the bytes of a COPY; None where nothing counts them.
    """

    partition_id: str
    rows: int
    detail: Mapping[str, Json] = field(default_factory=dict[str, Json])
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """One difference between the table and the load, and what was done about it."""

    column: str
    change: Literal["created", "added", "widened", "ignored", "missing", "incompatible"]
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Committed:
    """What a commit did, by the destination's own count: `written + deduplicated` = rows of all receipts.

    `deduplicated` are rows of the load that lost against another row of the same key. `changed` says how the table
    moved, e.g. `{"inserted": 10, "updated": 2, "unchanged": 1, "closed": 0}`.
    """

    written: int
    deduplicated: int = 0
    changed: Mapping[str, int] = field(default_factory=dict[str, int])
    replayed: bool = False


@runtime_checkable
class Load(Protocol):
    """One stream on its way into one table. Made by `Destination.open`; never shared between loads."""

    schema_changes: tuple[SchemaChange, ...]

    def last_checkpoint(self) -> Checkpoint | None:
        """The checkpoint that the newest commit of this pipeline, stream and table stored, read at `open`."""
        ...

    def write(self, partition_id: str, reader: pa.RecordBatchReader) -> Receipt:
        """Stage all rows. Called once per partition id, from several threads when capabilities allow. Exhausts the
        reader.
        """
        ...

    def commit(self, receipts: Sequence[Receipt], checkpoint: Mapping[str, Json] | None) -> Committed:
        """Publish exactly the rows of these receipts, with the checkpoint, atomically.

        With None the table has no checkpoint afterwards, whatever it had before.
        """
        ...

    def abort(self) -> None:
        """Drop everything staged. Safe to call twice, after a failed commit, and while a write runs elsewhere."""
        ...


@runtime_checkable
class Destination(Protocol):
    """Writes tables of one system. The constructor takes the validated config and does no I/O."""

    config_type: ClassVar[type[PluginConfig]]

    def check(self) -> None:
        """Connect and prove the right to write, leaving nothing behind."""
        ...

    def capabilities(self) -> Capabilities:
        """No I/O: depends on type and config only."""
        ...

    def open(self, request: LoadRequest) -> Load:
        """Begin a load: read the last checkpoint, settle the schema, sweep what dead loads of this table left.

        Raises SchemaChanged (evolution forbids what the schema needs), Busy (another live load of this table),
        ConfigError.
        """
        ...

    def checkpoints(self, pipeline: str) -> tuple[Checkpoint, ...]:
        """All checkpoints this destination holds for a pipeline; none when it was never written."""
        ...

    def set_checkpoint(self, pipeline: str, stream: str, table: str, value: Mapping[str, Json] | None) -> None:
        """Overwrite a stored checkpoint, or forget it (None); the next run starts from there."""
        ...

    def close(self) -> None: ...


@runtime_checkable
class Readback(Protocol):
    """Optional, of a Load: read what was staged, so that the run can compare content before it publishes."""

    def readback(self, receipts: Sequence[Receipt]) -> pa.RecordBatchReader:
        """The staged rows in the load's schema, any order; called after the last `write`, before `commit`."""
        ...


@runtime_checkable
class KeepsAbsent(Protocol):
    """Of a Load with the strategy scd2: can be told that its rows are not the whole stream after all."""

    def keep_absent(self) -> None:
        """Rows of the stream were set aside on the way: being absent from this load proves nothing, and `commit` closes
        no version for it. Called before `commit`.
        """
        ...


@dataclass(frozen=True, slots=True)
class FileTarget:
    """A file the engine may write by itself, in one piece; `options` are those of `toolkit.scan_sql.copy_sql`."""

    path: str
    format: Literal["csv", "parquet", "json"]
    options: Mapping[str, Json] = field(default_factory=dict[str, Json])


@runtime_checkable
class NativeSink(Protocol):
    """Optional, of a Load: the engine may write files itself and hand them over."""

    def target(self, partition_id: str) -> FileTarget: ...

    def written(self, partition_id: str, target: FileTarget, rows: int) -> Receipt:
        """Take over a finished file; counts its rows itself where the format can say (Parquet footer)."""
        ...


@runtime_checkable
class WireLoad(Protocol):
    """Optional, of a Load: takes bytes of a wire format (see `source.WireSource`)."""

    def accepts_wire(self, format: str, wire_schema: tuple[tuple[str, str], ...]) -> bool: ...

    def write_wire(self, partition_id: str, format: str, chunks: Iterable[bytes]) -> Receipt: ...
