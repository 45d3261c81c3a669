"""Part a batch that left the chain's query: clean rows, rejected rows, and the count of every fate."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from headwater.plan.lower import DEDUPLICATED, FATE, FILTERED, REJECTED, WARNED, WHY
from headwater.toolkit.deferred import compute as pc


@dataclass(slots=True)
class Tally:
    """Rows of one chain so far. `read = filtered + rejected + deduplicated + passed`."""

    read: int = 0
    filtered: int = 0
    rejected: int = 0
    deduplicated: int = 0
    passed: int = 0

    def add(self, other: Tally) -> None:
        self.read += other.read
        self.filtered += other.filtered
        self.rejected += other.rejected
        self.deduplicated += other.deduplicated
        self.passed += other.passed


@dataclass(frozen=True, slots=True)
class Split:
    clean: pa.RecordBatch
    rejected: pa.StructArray | None
    warned: pa.ListArray | None
    tally: Tally


def split(batch: pa.RecordBatch) -> Split:
    """`clean` keeps all columns but those of fates; `rejected` is the `why` of rejected rows, `warned` what rows
    broke.
    """
    names = batch.schema.names
    everything = Tally(read=batch.num_rows, passed=batch.num_rows)
    kept = [name for name in names if name not in (FATE, WHY, WARNED)]
    warned = _given(batch.column(WARNED)) if WARNED in names else None
    if FATE not in names:
        return Split(batch if warned is None and WARNED not in names else batch.select(kept), None, warned, everything)
    fate = batch.column(FATE)
    if fate.null_count == batch.num_rows:
        return Split(batch.select(kept), None, warned, everything)
    counts = {item["values"]: item["counts"] for item in pc.value_counts(fate.drop_null()).to_pylist()}
    clean = batch.select(kept).filter(pc.is_null(fate))
    rejected = None
    if counts.get(REJECTED):
        rejected = batch.column(WHY).filter(pc.fill_null(pc.equal(fate, REJECTED), False))
    tally = Tally(
        read=batch.num_rows,
        filtered=counts.get(FILTERED, 0),
        rejected=counts.get(REJECTED, 0),
        deduplicated=counts.get(DEDUPLICATED, 0),
        passed=clean.num_rows,
    )
    return Split(clean, rejected, warned, tally)


def _given(warned: pa.ListArray) -> pa.ListArray | None:
    return None if warned.null_count == len(warned) else warned.drop_null()
