"""Where an incremental read stands: from a stored checkpoint to the next read's range, and from what was read to the
next checkpoint. Pure.

A checkpoint's value is `{"mode": "incremental", "cursor": {"column", "type", "value"}, "marks": […], "marked_by":
[…]}`. The next read begins *at* the cursor value (minus the lag), so rows that share it are never lost. Appending
must not deliver those rows twice: `marks` are short digests of the rows in [value - lag, value], and rows with a
known mark are deduplicated. A mark covers the key *and* the cursor, so that a newer version of a row is a new row.
`malformed` are digests of records that could not be parsed and were set aside by an earlier run.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal

import pyarrow as pa

from headwater.plan.model import Scan
from headwater.sdk.destination import Write
from headwater.sdk.errors import DataError
from headwater.sdk.stream import CursorRange, Json
from headwater.toolkit.arrow_types import type_name
from headwater.toolkit.deferred import compute as pc
from headwater.toolkit.scalars import from_json, to_json

MARKS_LIMIT = 200_000
# So many batches' marks are kept apart before those that fell out of reach are dropped.
COMPACT_EVERY = 64
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Position:
    """What the destination's last checkpoint says. `value` is None at the beginning, and as long as no row had a cursor
    value; `began` tells the two apart. `malformed` are marks of records that were set aside already: without
    a cursor value, they come again with the next read.
    """

    value: pa.Scalar | None = None
    marks: frozenset[str] = frozenset()
    marked_by: tuple[str, ...] = ()
    began: bool = False
    malformed: frozenset[str] = frozenset()


def position_of(checkpoint: Mapping[str, Json] | None, scan: Scan) -> Position:
    """Raises DataError when the cursor has another type or column than the checkpoint."""
    if scan.mode == "full" or scan.cursor is None or checkpoint is None or checkpoint.get("mode") != "incremental":
        return Position()
    marks, marked_by, aside = (_texts(checkpoint.get(name)) for name in ("marks", "marked_by", "malformed"))
    stored = checkpoint.get("cursor")
    if not isinstance(stored, dict):
        return Position(None, frozenset(marks), marked_by, began=True, malformed=frozenset(aside))
    if stored.get("column") != scan.cursor:
        raise DataError(
            f"stream {scan.stream.name!r} stands at cursor {stored.get('column')!r}, "
            f"but the pipeline now reads by {scan.cursor!r}",
            hint="reset the state of this stream, or go back to the old cursor",
            code="data.cursor_changed",
        )
    value = from_json(stored.get("value"), scan.stream.schema.field(scan.cursor).type, column=scan.cursor)
    return Position(value, frozenset(marks), marked_by, began=True, malformed=frozenset(aside))


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def cursor_range(scan: Scan, position: Position, write: Write) -> CursorRange | None:
    """What to read next. Rows without a cursor value: always when writing them again is harmless, else in the first
    read only.
    """
    if scan.mode == "full" or scan.cursor is None:
        return None
    lower = scan.start if position.value is None else minus_lag(position.value, scan.lag)
    return CursorRange(scan.cursor, lower=lower, nulls=not position.began or write in (Write.MERGE, Write.SCD2))


def minus_lag(value: pa.Scalar, lag: float | None) -> pa.Scalar:
    """`value - lag`, never more than that; the lag is in seconds for dates and times, in the column's unit for numbers.
    The type stays, and its lowest value is the end.
    """
    data_type = value.type
    if not lag or not value.is_valid:
        return value
    if pa.types.is_timestamp(data_type):
        return _lowered(value, 64, math.ceil(lag * 1_000_000))
    if pa.types.is_date(data_type):
        return _lowered(value, 32, math.ceil(lag / DAY_S))
    if pa.types.is_integer(data_type):
        lowest = -(1 << (data_type.bit_width - 1)) if pa.types.is_signed_integer(data_type) else 0
        return pa.scalar(max(lowest, value.as_py() - math.ceil(lag)), data_type)
    if pa.types.is_floating(data_type):
        return pa.scalar(value.as_py() - lag, data_type)
    if pa.types.is_decimal(data_type):
        step = Decimal(1).scaleb(-data_type.scale)
        lowest = (1 - Decimal(10) ** data_type.precision) * step
        lowered = (value.as_py() - Decimal(str(lag))).quantize(step, ROUND_FLOOR)
        return pa.scalar(max(lowest, lowered), data_type)
    return value


def _lowered(value: pa.Scalar, bits: int, by: int) -> pa.Scalar:
    number = pa.int64() if bits == 64 else pa.int32()
    return pa.scalar(max(-(1 << (bits - 1)), value.cast(number).as_py() - by), number).cast(value.type)


def is_endless(value: pa.Scalar) -> bool:
    """NaN and infinity: a cursor that stood there would never see another row."""
    return pa.types.is_floating(value.type) and value.is_valid and not math.isfinite(value.as_py())


@dataclass(slots=True)
class Observed:
    """The highest cursor value among the rows read so far, and the marks of the rows near it."""

    lag: float | None = None
    highest: pa.Scalar | None = None
    without_value: int = 0
    _near: list[pa.RecordBatch] = field(default_factory=list[pa.RecordBatch])

    def add(self, cursor: pa.Array, marks: pa.Array | None) -> None:
        """One batch: its cursor column and, when rows are marked, their marks (null where not computed)."""
        self.without_value += cursor.null_count
        top = pc.max(cursor.filter(pc.is_finite(cursor)) if pa.types.is_floating(cursor.type) else cursor)
        if top.is_valid and (self.highest is None or pc.greater(top, self.highest).as_py()):
            self.highest = top
        if marks is None:
            return
        near = self._reachable(pa.record_batch([cursor, marks], names=["cursor", "mark"]))
        if near.num_rows:
            self._near.append(near)
        if len(self._near) >= COMPACT_EVERY:
            whole = pa.Table.from_batches(self._near).combine_chunks().to_batches()
            self._near = [self._reachable(batch) for batch in whole]

    def _reachable(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """The marked rows that the next read meets again."""
        cursor, wanted = rows.column("cursor"), pc.is_valid(rows.column("mark"))
        if self.highest is not None:
            ahead = pc.greater_equal(cursor, minus_lag(self.highest, self.lag))
            if pa.types.is_floating(cursor.type):
                ahead = pc.or_(ahead, pc.is_nan(cursor))
            wanted = pc.and_(wanted, pc.fill_null(ahead, fill_value=False))
        return rows.filter(wanted)

    def marks(self) -> list[str]:
        found = {mark for batch in self._near for mark in self._reachable(batch).column("mark").to_pylist()}
        if len(found) > MARKS_LIMIT:
            raise DataError(
                f"{len(found):,} rows share the highest cursor values: too many to tell apart when appending",
                hint="use `write: merge` with a key, a finer cursor, or a smaller lag",
                code="data.cursor_too_coarse",
            )
        return sorted(found)


def next_checkpoint(
    scan: Scan, before: Position, observed: Observed, *, marked_by: tuple[str, ...] = ()
) -> dict[str, Json]:
    """The checkpoint to commit with the rows. Without new rows an incremental stream stays where it was."""
    if scan.mode == "full" or scan.cursor is None:
        return {"mode": "full"}
    highest = observed.highest
    ahead = highest is not None and (before.value is None or pc.greater_equal(highest, before.value).as_py())
    value = highest if ahead else before.value
    checkpoint: dict[str, Json] = {"mode": "incremental"}
    if value is not None:
        name = type_name(value.type)
        checkpoint["cursor"] = {"column": scan.cursor, "type": name, "value": to_json(value)}
    if marked_by:
        # A read that ended below its beginning (the last rows are gone from the source) still delivered what it found.
        marks = observed.marks() if ahead else sorted(before.marks.union(observed.marks()))
        checkpoint["marks"] = list[Json](marks)
        checkpoint["marked_by"] = list[Json](marked_by)
    return checkpoint
