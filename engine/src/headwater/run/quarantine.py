"""Where rejected rows go: one Parquet file per stream and run, sealed before the load is published.

`<home>/quarantine/<pipeline>/<stream>/<run_id>.parquet`. While a load is not committed its file is named `….pending`;
it gets its name after the commit, or is removed with the load. One row per rejected row, whatever number of rules it
broke.
"""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from headwater.plan.model import RuleRef
from headwater.sdk.errors import DataError
from headwater.sdk.source import Malformed

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


class Quarantine:
    """The rejected rows of one stream in one run. Nothing is created before the first row."""

    def __init__(self, home: Path, *, pipeline: str, stream: str, run_id: str) -> None:
        folder = home / "quarantine" / quote(pipeline, safe="") / quote(stream, safe="")
        self.path = folder / f"{run_id}.parquet"
        self.rows = 0
        self._pending = folder / f"{run_id}.parquet.pending"
        self._facts = (run_id, pipeline, stream)
        self._lock = threading.Lock()
        self._writer: pq.ParquetWriter | None = None

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
        nothing = pa.nulls(len(why))
        self._write(steps.take(first), names.take(first), broken, why.field("row"), nothing, nothing)

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
        step, name, rules, row, file, line = columns
        count = len(step)
        facts = [pa.array([fact] * count, pa.string()) for fact in self._facts]
        now = pa.array([datetime.now(UTC)] * count, SCHEMA.field("rejected_at").type)
        cells = [*facts, step, name, rules, row, file.cast(pa.string()), line.cast(pa.int64()), now]
        batch = pa.RecordBatch.from_arrays(cells, schema=SCHEMA)
        with self._lock:
            try:
                self._open().write_batch(batch)
            except OSError as cause:
                raise self._unwritable(cause) from cause
            self.rows += count

    def _open(self) -> pq.ParquetWriter:
        if self._writer is None:
            self._pending.parent.mkdir(parents=True, exist_ok=True)
            self._writer = pq.ParquetWriter(self._pending, SCHEMA, compression="zstd")
        return self._writer

    def seal(self) -> None:
        """Make the rows durable. Called before the commit: a run whose quarantine cannot be kept publishes nothing."""
        with self._lock:
            if self._writer is None:
                return
            try:
                self._writer.close()
                self._writer = None
                with self._pending.open("rb") as written:
                    os.fsync(written.fileno())
            except OSError as cause:
                raise self._unwritable(cause) from cause

    def peek(self, limit: int) -> pa.Table:
        """The first rejected rows, before anything is published."""
        self.seal()
        return pq.read_table(self._pending).slice(0, limit) if self._pending.exists() else SCHEMA.empty_table()

    def publish(self) -> None:
        """Called after the first commit."""
        if self._pending.exists():
            self._pending.replace(self.path)

    def discard(self) -> None:
        with self._lock:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
            self._pending.unlink(missing_ok=True)
            self.rows = 0

    def _unwritable(self, cause: OSError) -> DataError:
        return DataError(
            f"the quarantine {self._pending} cannot be written: {cause.strerror or cause}",
            hint="free space or give the right to write there; nothing of this load was published",
            code="quarantine.unwritable",
        )
