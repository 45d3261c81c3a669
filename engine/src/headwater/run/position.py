"""Where an incremental read stands: from a stored checkpoint to the next read's range, and from what was read to the
next checkpoint. Pure.

A checkpoint's value is `{"mode": "incremental", "cursor": {"column", "type", "value"}, "marks": […], "marked_by":
[…]}`. The next read begins *at* the cursor value (minus the lag), so rows that share it are never lost. Appending
must not deliver those rows twice: `marks` are short digests of the rows in [value - lag, value], and rows with a
known mark are deduplicated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc

from headwater.plan.model import Scan
from headwater.sdk.destination import Write
from headwater.sdk.errors import DataError
from headwater.sdk.stream import CursorRange, Json
from headwater.toolkit.arrow_types import type_name
from headwater.toolkit.scalars import from_json, to_json

MARKS_LIMIT = 200_000


@dataclass(frozen=True, slots=True)
class Position:
    """What the destination's last checkpoint says; `value` None at the beginning."""

    value: pa.Scalar | None = None
    marks: frozenset[str] = frozenset()
    marked_by: tuple[str, ...] = ()


def position_of(checkpoint: Mapping[str, Json] | None, scan: Scan) -> Position:
    """Raises DataError when the cursor has another type or column than the checkpoint."""
    stored = (checkpoint or {}).get("cursor")
    if scan.mode == "full" or scan.cursor is None or not isinstance(stored, dict):
        return Position()
    if stored.get("column") != scan.cursor:
        raise DataError(
            f"stream {scan.stream.name!r} stands at cursor {stored.get('column')!r}, "
            f"but the pipeline now reads by {scan.cursor!r}",
            hint="reset the state of this stream, or go back to the old cursor",
            code="data.cursor_changed",
        )
    data_type = scan.stream.schema.field(scan.cursor).type
    marks = (checkpoint or {}).get("marks")
    marked_by = (checkpoint or {}).get("marked_by")
    return Position(
        from_json(stored.get("value"), data_type, column=scan.cursor),
        frozenset(str(mark) for mark in marks) if isinstance(marks, list) else frozenset(),
        tuple(str(name) for name in marked_by) if isinstance(marked_by, list) else (),
    )


def cursor_range(scan: Scan, position: Position, write: Write) -> CursorRange | None:
    """What to read next. Rows without a cursor value: always when writing them again is harmless, else in the first
    read only.
    """
    if scan.mode == "full" or scan.cursor is None:
        return None
    first = position.value is None
    lower = scan.start if position.value is None else minus_lag(position.value, scan.lag)
    return CursorRange(scan.cursor, lower=lower, nulls=first or write in (Write.MERGE, Write.SCD2))


def minus_lag(value: pa.Scalar, lag: float | None) -> pa.Scalar:
    """`value - lag`; the lag is in seconds for dates and times, in the column's unit for numbers. The type stays."""
    if not lag or not value.is_valid:
        return value
    if pa.types.is_timestamp(value.type):
        return pa.scalar(value.cast(pa.int64()).as_py() - round(lag * 1_000_000), pa.int64()).cast(value.type)
    if pa.types.is_date(value.type):
        return pa.scalar(value.as_py() - timedelta(seconds=lag), value.type)
    if pa.types.is_integer(value.type) or pa.types.is_floating(value.type):
        return pa.scalar(value.as_py() - type(value.as_py())(lag), value.type)
    if pa.types.is_decimal(value.type):
        return pc.cast(pc.subtract(value, pa.scalar(int(lag))), value.type)
    return value


@dataclass(slots=True)
class Observed:
    """The highest cursor value among the rows read so far, and the marks of the rows near it."""

    lag: float | None = None
    highest: pa.Scalar | None = None
    without_value: int = 0
    _near: list[tuple[pa.Scalar, str]] = field(default_factory=list[tuple[pa.Scalar, str]])

    def add(self, cursor: pa.Array, marks: pa.Array | None) -> None:
        """One batch: its cursor column and, when rows are marked, their marks (null where not computed)."""
        self.without_value += cursor.null_count
        top = pc.max(cursor)
        if not top.is_valid:
            return
        if self.highest is None or pc.greater(top, self.highest).as_py():
            self.highest = top
            self._near = [near for near in self._near if _at_least(near[0], minus_lag(top, self.lag))]
        if marks is None:
            return
        wanted = pc.and_(pc.greater_equal(cursor, minus_lag(self.highest, self.lag)), pc.is_valid(marks))
        chosen = pc.fill_null(wanted, False)
        values, texts = cursor.filter(chosen), marks.filter(chosen)
        self._near.extend((value, str(text)) for value, text in zip(values, texts.to_pylist(), strict=True))

    def marks(self) -> list[str]:
        found = sorted({mark for _, mark in self._near})
        if len(found) > MARKS_LIMIT:
            raise DataError(
                f"{len(found):,} rows share the highest cursor values: too many to tell apart when appending",
                hint="use `write: merge` with a key, a finer cursor, or a smaller lag",
                code="data.cursor_too_coarse",
            )
        return found


def _at_least(value: pa.Scalar, floor: pa.Scalar) -> bool:
    return bool(pc.greater_equal(value, floor).as_py())


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
        marks = observed.marks() if ahead else sorted(before.marks)
        checkpoint["marks"] = list[Json](marks)
        checkpoint["marked_by"] = list[Json](marked_by)
    return checkpoint
