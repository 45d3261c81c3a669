"""Rejected rows as people look at them: found by rule, column, step, state or text, page by page, and counted.

Promises: a page costs the memory of a page and of the row numbers that match, however many rows there are; everything
is JSON-able.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from headwater.run.quarantine_files import Rejects
from headwater.sdk.errors import ConfigError, DataError
from headwater.sdk.stream import Json

State = Literal["open", "replayed", "dismissed"]
STATES: tuple[State, ...] = ("open", "replayed", "dismissed")
_BATCH_ROWS = 16_384


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: all that fit everything that is said. `rule` and `column` are met by any rule that the row broke;
    `text` stands somewhere in the row as it is kept, capitals or not.
    """

    rule: str | None = None
    column: str | None = None
    step: int | None = None
    state: State | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """`values` are the row's columns, or None for a record that could not be read: then `text` is what was there."""

    pipeline: str
    stream: str
    run_id: str
    number: int
    step: int
    step_name: str
    rules: tuple[dict[str, Json], ...]
    values: dict[str, Json] | None
    text: str | None
    file: str | None
    line: int | None
    key: dict[str, Json] | None
    rejected_at: datetime
    state: State
    note: str | None

    def as_dict(self) -> dict[str, Json]:
        """For JSON: `rejected_at` in ISO 8601."""
        return {
            "pipeline": self.pipeline,
            "stream": self.stream,
            "run_id": self.run_id,
            "number": self.number,
            "step": self.step,
            "step_name": self.step_name,
            "rules": [dict(rule) for rule in self.rules],
            "values": self.values,
            "text": self.text,
            "file": self.file,
            "line": self.line,
            "key": self.key,
            "rejected_at": self.rejected_at.isoformat(),
            "state": self.state,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Page:
    """`total` rows are wanted in all; `next` is the offset of the next page, None after the last."""

    rows: tuple[RejectedRow, ...]
    total: int
    next: int | None

    def as_dict(self) -> dict[str, Json]:
        return {"rows": [row.as_dict() for row in self.rows], "total": self.total, "next": self.next}


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How many rows broke a rule, and how many of these are still open. A row counts for every rule it broke."""

    stream: str
    step: int
    step_name: str
    rule: str
    column: str | None
    message: str
    rows: int
    open_rows: int

    def as_dict(self) -> dict[str, Json]:
        return {
            "stream": self.stream,
            "step": self.step,
            "step_name": self.step_name,
            "rule": self.rule,
            "column": self.column,
            "message": self.message,
            "rows": self.rows,
            "open": self.open_rows,
        }


def matching(rejects: Rejects, wanted: Wanted) -> pa.Int64Array:
    """The numbers of the rows that are wanted, in order."""
    if wanted == Wanted():
        return pa.array(range(rejects.rows), pa.int64())
    columns = ["rules", "step", *(["row"] if wanted.text is not None else [])]
    found: list[pa.Array] = []
    for start, batch in _batches(rejects, columns):
        hits = _of_content(batch, wanted)
        numbers = pa.array(range(start, start + batch.num_rows), pa.int64())
        found.append(numbers if hits is None else numbers.filter(hits))
    numbers = pa.concat_arrays(found) if found else pa.array([], pa.int64())
    if wanted.state is None:
        return numbers
    closed = pa.array(sorted(_numbers_in(rejects, wanted.state)), pa.int64())
    inside = pc.is_in(numbers, value_set=closed)
    return numbers.filter(pc.invert(inside) if wanted.state == "open" else inside)


def page(found: Sequence[Rejects], wanted: Wanted, *, offset: int = 0, limit: int = 100) -> Page:
    """Rows `offset` to `offset + limit` of those that are wanted, over all of `found` in its order."""
    rows: list[RejectedRow] = []
    total = 0
    for rejects in found:
        numbers = matching(rejects, wanted)
        first = max(0, offset - total)
        here = numbers.slice(first, max(0, limit - len(rows)))
        rows += _rows_at(rejects, here)
        total += len(numbers)
    after = offset + len(rows)
    return Page(tuple(rows), total, after if after < total else None)


def each_row(found: Sequence[Rejects], wanted: Wanted) -> Iterator[RejectedRow]:
    """All rows that are wanted, one after the other."""
    for rejects in found:
        numbers = matching(rejects, wanted)
        for start in range(0, len(numbers), _BATCH_ROWS):
            yield from _rows_at(rejects, numbers.slice(start, _BATCH_ROWS))


def numbered(
    found: Sequence[Rejects], rows: Sequence[int] | None, wanted: Wanted
) -> list[tuple[Rejects, Sequence[int]]]:
    """Rows by number, or all that are wanted. Raises ConfigError for numbers that nobody, or more than one, has."""
    if rows is None:
        return [(rejects, cast("list[int]", matching(rejects, wanted).to_pylist())) for rejects in found]
    if len(found) > 1:
        raise ConfigError(
            f"row numbers belong to one stream, and these rejected rows: {', '.join(item.stream for item in found)}",
            hint="name the stream",
            code="quarantine.unknown_row",
        )
    (rejects,) = found
    for number in rows:
        if not 0 <= number < rejects.rows:
            raise ConfigError(
                f"run {rejects.run_id} has no rejected row {number} of {rejects.stream}",
                hint=f"they are numbered from 0 to {rejects.rows - 1}",
                code="quarantine.unknown_row",
            )
    return [(rejects, rows)]


def rule_counts(found: Sequence[Rejects]) -> tuple[RuleCount, ...]:
    """Every rule that was broken, the most broken first."""
    counts: list[RuleCount] = []
    for rejects in found:
        closed = pa.array(sorted(rejects.notes.replayed | rejects.notes.dismissed), pa.int64())
        rows: Counter[tuple[object, ...]] = Counter()
        still: Counter[tuple[object, ...]] = Counter()
        for start, batch in _batches(rejects, ["rules", "step", "step_name"]):
            for count in _counted(batch, start, closed).to_pylist():
                key = tuple(count[name] for name in _COUNTED_BY)
                rows[key] += count["rows"]
                still[key] += count["open_rows"]
        for key, count in rows.items():
            step, name, rule, column, message = cast("tuple[int, str, str, str | None, str]", key)
            counts.append(RuleCount(rejects.stream, step, name, rule, column, message, count, still[key]))
    return tuple(sorted(counts, key=lambda item: (-item.rows, item.stream, item.step, item.rule)))


_COUNTED_BY = ["step", "step_name", "id", "column", "message"]


def _counted(batch: pa.RecordBatch, start: int, closed: pa.Int64Array) -> pa.Table:
    """How often each rule of a step was broken in the batch, and by how many rows that are open."""
    rules = batch.column("rules")
    parents = pc.list_parent_indices(rules)
    numbers = pc.add(parents.cast(pa.int64()), start)
    is_open = pc.invert(pc.is_in(numbers, value_set=closed))
    flat = rules.flatten()
    facts = [batch.column(name).take(parents) for name in ("step", "step_name")]
    facts += [flat.field(name) for name in ("id", "column", "message")]
    table = pa.table([*facts, is_open.cast(pa.int64())], names=[*_COUNTED_BY, "open"])
    counted = table.group_by(_COUNTED_BY).aggregate([("open", "count"), ("open", "sum")])
    return counted.rename_columns([*_COUNTED_BY, "rows", "open_rows"])


def _numbers_in(rejects: Rejects, state: State) -> frozenset[int]:
    """With `open`: those that are not."""
    notes = rejects.notes
    if state == "replayed":
        return notes.replayed
    return notes.dismissed - notes.replayed if state == "dismissed" else notes.dismissed | notes.replayed


def _of_content(batch: pa.RecordBatch, wanted: Wanted) -> pa.BooleanArray | None:
    """None: all of them."""
    tests: list[pa.Array] = []
    if wanted.step is not None:
        tests.append(pc.equal(batch.column("step"), wanted.step))
    if wanted.text is not None:
        tests.append(pc.match_substring(batch.column("row"), wanted.text, ignore_case=True))
    if wanted.rule is not None or wanted.column is not None:
        tests.append(_any_rule(batch.column("rules"), wanted))
    hits: pa.BooleanArray | None = None
    for test in tests:
        hits = test if hits is None else pc.and_(hits, test)
    return None if hits is None else pc.fill_null(hits, False)


def _any_rule(rules: pa.ListArray, wanted: Wanted) -> pa.Array:
    """Whether one rule of the row is the one, and about the column."""
    flat = rules.flatten()
    hit = pa.array([True] * len(flat), pa.bool_())
    for name, value in (("id", wanted.rule), ("column", wanted.column)):
        if value is not None:
            hit = pc.and_(hit, pc.fill_null(pc.equal(flat.field(name), value), False))
    parents = pc.unique(pc.filter(pc.list_parent_indices(rules), hit))
    return pc.is_in(pa.array(range(len(rules)), parents.type), value_set=parents)


def _batches(rejects: Rejects, columns: list[str]) -> Iterator[tuple[int, pa.RecordBatch]]:
    start = 0
    try:
        with pq.ParquetFile(rejects.path) as file:
            for batch in file.iter_batches(_BATCH_ROWS, columns=columns):
                yield start, batch
                start += batch.num_rows
    except (pa.ArrowInvalid, OSError) as cause:
        raise DataError(f"{rejects.path} cannot be read: {cause}", code="quarantine.unreadable") from cause


def _rows_at(rejects: Rejects, numbers: pa.Int64Array) -> list[RejectedRow]:
    """In ascending order; only the row groups that hold them are read."""
    if not len(numbers):
        return []
    wanted, rows, start = numbers.to_pylist(), list[RejectedRow](), 0
    with pq.ParquetFile(rejects.path) as file:
        for group in range(file.num_row_groups):
            size = file.metadata.row_group(group).num_rows
            here = [number - start for number in wanted if start <= number < start + size]
            if here:
                table = file.read_row_group(group).take(here)
                rows += [
                    _row(rejects, number + start, row) for number, row in zip(here, table.to_pylist(), strict=True)
                ]
            start += size
    return rows


def _row(rejects: Rejects, number: int, row: dict[str, Json]) -> RejectedRow:
    dismissal = rejects.notes.dismissal_of(number)
    state: State = "replayed" if number in rejects.notes.replayed else "open" if dismissal is None else "dismissed"
    values = parsed(row["row"])
    rules = cast("list[dict[str, Json]]", row["rules"])
    return RejectedRow(
        pipeline=rejects.pipeline,
        stream=rejects.stream,
        run_id=rejects.run_id,
        number=number,
        step=cast("int", row["step"]),
        step_name=cast("str", row["step_name"]),
        rules=tuple(rules),
        values=values,
        text=cast("str | None", row["row"]) if values is None else None,
        file=cast("str | None", row["file"]),
        line=cast("int | None", row["line"]),
        key=_key(rejects, values),
        rejected_at=cast("datetime", row["rejected_at"]),
        state=state,
        note=None if dismissal is None else dismissal.note,
    )


def _key(rejects: Rejects, values: dict[str, Json] | None) -> dict[str, Json] | None:
    """As the row shows it; None where a step before has taken a column of it away."""
    if not rejects.key or values is None or not set(rejects.key) <= values.keys():
        return None
    return {name: values[name] for name in rejects.key}


def parsed(text: Json) -> dict[str, Json] | None:
    """The columns of a kept row; None for a record that could not be read."""
    try:
        values = json.loads(str(text)) if text is not None else None
    except ValueError:
        return None
    return values if isinstance(values, dict) else None
