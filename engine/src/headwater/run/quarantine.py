"""Where rejected rows go: one Parquet file per stream and run, sealed before the load is published.

`<home>/quarantine/<pipeline>/<stream>/<run_id>.parquet`. While a load is not committed its file is named `….pending`;
it gets its name after the commit, or is removed with the load. A process may die between the two, or not learn whether
the commit went through: the file says which loads it belongs to, and `recover` asks their destinations. One row per
rejected row, whatever number of rules it broke.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa

from headwater.plan.model import RuleRef
from headwater.run.naming import file_name
from headwater.sdk.errors import DataError
from headwater.sdk.source import Malformed
from headwater.toolkit.deferred import parquet as pq

log = logging.getLogger(__name__)

RUN_KEY, STREAM_KEY, LOADS_KEY = b"headwater.run_id", b"headwater.stream", b"headwater.loads"
KEY_KEY = b"headwater.key"
PENDING = ".pending"
_GROUP_ROWS, _GROUP_BYTES = 4096, 4 << 20
RULE = pa.struct([("id", pa.string()), ("column", pa.string()), ("message", pa.string())])
SCHEMA = pa.schema(
    [
        ("run_id", pa.string()),
        ("pipeline", pa.string()),
        ("stream", pa.string()),
        ("step", pa.int32()),
        ("step_name", pa.string()),
        ("rules", pa.list_(RULE)),
        ("row", pa.string()),
        ("file", pa.string()),
        ("line", pa.int64()),
        ("rejected_at", pa.timestamp("us", "UTC")),
    ]
)


@dataclass(frozen=True, slots=True)
class Delivered:
    """A load whose rejected rows a file holds."""

    destination: str
    table: str
    load_id: str


def folder_of(home: Path, pipeline: str, stream: str) -> Path:
    return home / "quarantine" / file_name(pipeline) / file_name(stream)


def sweep(home: Path, pipeline: str) -> None:
    """Remove what was never sealed, by a run that is dead: nothing it belongs to was published."""
    for pending in (home / "quarantine" / file_name(pipeline)).glob(f"*/*{PENDING}"):
        if not _loads_of(pending):
            pending.unlink(missing_ok=True)


def recover(folder: Path, known: Mapping[tuple[str, str], str | None]) -> list[Path]:
    """Settle what a dead run sealed: publish the files of loads that were committed after all, remove the others.

    `known` says, by destination and table, which load the destination holds as its last. Files about others wait.
    """
    published: list[Path] = []
    for pending in sorted(folder.glob(f"*{PENDING}")):
        loads = _loads_of(pending)
        if any(known.get((load.destination, load.table)) == load.load_id for load in loads):
            published.append(pending.replace(pending.with_suffix("")))
        elif loads and all((load.destination, load.table) in known for load in loads):
            pending.unlink(missing_ok=True)
    return published


def _loads_of(pending: Path) -> list[Delivered]:
    """None of a file that was never sealed, or is damaged."""
    try:
        metadata = pq.read_metadata(pending).metadata or {}
        return [Delivered(*item) for item in json.loads(metadata.get(LOADS_KEY, b"[]"))]
    except (OSError, TypeError, ValueError):  # what pyarrow calls invalid is a ValueError
        return []


class Quarantine:
    """The rejected rows of one stream in one run. Nothing is created before the first row."""

    def __init__(self, home: Path, *, pipeline: str, stream: str, run_id: str, key: Sequence[str] = ()) -> None:
        """`key`: the columns that identify a row of the stream; `file` may be set to the one all rows come from."""
        self.file: str | None = None
        self._key = tuple(key)
        self.path = folder_of(home, pipeline, stream) / f"{run_id}.parquet"
        self.rows = 0
        self._pending: Path | None = None
        self._facts = (run_id, pipeline, stream)
        self._lock = threading.Lock()
        self._writer: Any = None  # a ParquetWriter
        self._held: list[pa.RecordBatch] = []

    def add(self, why: pa.StructArray, rules: tuple[RuleRef, ...]) -> None:
        """Rows rejected by rules: `why` holds rule positions and the row as JSON."""
        positions = why.field("rules")
        steps = pa.array([ref.step for ref in rules], pa.int32())
        names = pa.array([ref.step_name for ref in rules], pa.string())
        described = pa.array(
            [{"id": r.rule.id, "column": r.rule.column, "message": r.rule.message} for r in rules], RULE
        )
        offsets = positions.offsets
        first = positions.flatten().take(offsets[:-1]) if len(offsets) > 1 else positions.flatten()
        broken = pa.ListArray.from_arrays(offsets, described.take(positions.values), type=pa.list_(RULE))
        file, line = pa.array([self.file] * len(why), pa.string()), pa.nulls(len(why))
        self._write(steps.take(first), names.take(first), broken, why.field("row"), file, line)

    def add_malformed(self, records: list[Malformed]) -> None:
        """Records that could not be parsed: step 0, the read itself."""
        rules = [[{"id": "malformed", "column": item.column, "message": item.message}] for item in records]
        self._write(
            pa.array([0] * len(records), pa.int32()),
            pa.array(["read"] * len(records), pa.string()),
            pa.array(rules, pa.list_(RULE)),
            pa.array([item.text for item in records], pa.string()),
            pa.array([item.file for item in records], pa.string()),
            pa.array([item.line for item in records], pa.int64()),
        )

    def _write(self, *columns: pa.Array) -> None:
        step, name, rules, text, file, line = columns
        rows = len(step)
        facts = [pa.array([fact] * rows, pa.string()) for fact in self._facts]
        now = pa.array([datetime.now(UTC)] * rows, SCHEMA.field("rejected_at").type)
        cells = [*facts, step, name, rules, text, file.cast(pa.string()), line.cast(pa.int64()), now]
        batch = pa.RecordBatch.from_arrays(cells, schema=SCHEMA)
        with self._lock:
            try:
                self._open()
                self._held.append(batch)
                if sum(item.num_rows for item in self._held) >= _GROUP_ROWS or batch.nbytes >= _GROUP_BYTES:
                    self._flush()
            except OSError as cause:
                raise self._unwritable(cause) from cause
            self.rows += rows

    def _flush(self) -> None:
        """A row group of its own for the few rejected rows of each batch would cost more than the rows."""
        held, self._held = self._held, []
        if held and self._writer is not None:
            self._writer.write_table(pa.Table.from_batches(held))

    def _open(self) -> Any:
        if self._writer is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path, self._pending = _claimed(self.path)
            self._writer = pq.ParquetWriter(self._pending, SCHEMA, compression="zstd")
        return self._writer

    def seal(self, loads: Sequence[Delivered] = ()) -> None:
        """Make the rows durable. Called before the commit: a run whose quarantine cannot be kept publishes nothing."""
        with self._lock:
            if self._writer is None or self._pending is None:
                return
            stated = json.dumps([[load.destination, load.table, load.load_id] for load in loads])
            try:
                run_id, _, stream = (fact.encode() for fact in self._facts)
                self._flush()
                facts = {RUN_KEY: run_id, STREAM_KEY: stream, LOADS_KEY: stated.encode()}
                self._writer.add_key_value_metadata({**facts, KEY_KEY: json.dumps(self._key).encode()})
                self._writer.close()
                self._writer = None
                for path in (self._pending, self._pending.parent):
                    _sync(path)
            except OSError as cause:
                raise self._unwritable(cause) from cause

    def peek(self, limit: int) -> pa.Table:
        """The first rejected rows, before anything is published."""
        self.seal()
        return SCHEMA.empty_table() if self._pending is None else pq.read_table(self._pending).slice(0, limit)

    def publish(self) -> None:
        """Called after a commit, which an unwritable folder cannot undo: then `recover` gives the name later."""
        try:
            if self._pending is not None:
                self._pending.replace(self.path)
                self._pending = None
        except OSError as error:
            log.warning("quarantine not published", exc_info=error, extra={"event": "quarantine_pending"})

    def discard(self) -> None:
        """What cannot be removed now is removed by `sweep` or `recover`."""
        with self._lock:
            try:
                if self._writer is not None:
                    self._writer.close()
                if self._pending is not None:
                    self._pending.unlink(missing_ok=True)
            except OSError as error:
                log.warning("quarantine not removed", exc_info=error, extra={"event": "quarantine_left"})
            self._writer = None
            self._pending = None
            self._held = []
            self.rows = 0

    def discard_unsealed(self) -> None:
        """Whoever sealed it has said what becomes of it."""
        if self._writer is not None:
            self.discard()

    def _unwritable(self, cause: OSError) -> DataError:
        return DataError(
            f"the quarantine {self.path} cannot be written: {cause.strerror or cause}",
            hint="free space or give the right to write there; nothing of this load was published",
            code="quarantine.unwritable",
        )


def _claimed(path: Path) -> tuple[Path, Path]:
    """A name that nobody has, and its pending form: a run may read a stream more than once, for loads that stand at
    different places, and nothing is written over.
    """
    for number in count(1):
        free = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
        pending = free.with_name(f"{free.name}{PENDING}")
        try:
            os.close(os.open(pending, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
        except FileExistsError:
            continue
        if not free.exists():
            return free, pending
        pending.unlink()
    raise AssertionError("there is always another number")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
