"""The general way of a stream: scan → segments of SQL and batch processors → queues. Yields clean batches, notes the
rest.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from headwater.plan.lower import Lowered
from headwater.plan.model import Chain, RuleRef, Step
from headwater.run.local.database import Database
from headwater.run.local.notes import Notes
from headwater.run.local.segments import (
    CURSOR,
    HASH,
    MARK,
    Segment,
    Watch,
    cut,
    first_query,
    later_query,
    with_hash,
)
from headwater.run.local.split import split
from headwater.sdk.errors import DataError, InternalError
from headwater.toolkit.arrow_types import normalise_batch

BATCH_ROWS = 65_536


class StreamPath:
    """Runs a chain's segments over one relation, in cursors of its own."""

    def __init__(
        self,
        chain: Chain,
        database: Database,
        notes: Notes,
        *,
        watch: Watch | None,
        hashed: bool,
        ordered: bool,
    ) -> None:
        self._chain = chain
        self._database = database
        self._notes = notes
        self._watch = watch
        self._hashed = hashed
        self._ordered = ordered
        self._segments = cut(chain.steps)
        self._cursors: list[duckdb.DuckDBPyConnection] = []
        self.first = self.open_cursor()

    def open_cursor(self) -> duckdb.DuckDBPyConnection:
        cursor = self._database.cursor(ordered=self._ordered)
        self._cursors.append(cursor)
        return cursor

    def interrupt(self) -> None:
        for cursor in self._cursors:
            cursor.interrupt()

    def close(self) -> None:
        for cursor in self._cursors:
            cursor.close()

    @property
    def is_single_query(self) -> bool:
        return len(self._segments) == 1

    def first_sql(self, relation: str, *, marked: bool = False) -> Lowered:
        query = first_query(relation, self._chain.scan.schema, self._segments[0], self._watch, marked=marked)
        return with_hash(query) if self._hashed and len(self._segments) == 1 else query

    def batches(self, relation: str, *, marked: bool = False) -> Iterator[pa.RecordBatch]:
        """Clean batches in the chain's schema. The count of every row is in the notes."""
        query = self.first_sql(relation, marked=marked)
        flow = self._run(self.first, query, is_first=True)
        for number, segment in enumerate(self._segments[1:], start=1):
            flow = self._next_segment(number, segment, self._segments[number - 1].batch, flow)
        for batch in flow:
            with self._notes.lock:
                self._notes.tally.passed += batch.num_rows
            yield batch

    def _run(self, cursor: duckdb.DuckDBPyConnection, query: Lowered, *, is_first: bool) -> Iterator[pa.RecordBatch]:
        reader = cursor.sql(query.sql).to_arrow_reader(BATCH_ROWS)
        for batch in reader:
            clean = self._part(batch, query.rules, is_first=is_first)
            if clean.num_rows:
                yield normalise_batch(clean.select(query.schema.names), query.schema)

    def _part(self, batch: pa.RecordBatch, rules: tuple[RuleRef, ...], *, is_first: bool) -> pa.RecordBatch:
        parted = split(batch)
        if parted.rejected is not None:
            _refuse_fatal(parted.rejected, rules)
            self._notes.quarantine.add(parted.rejected, rules)
        with self._notes.lock:
            tally = self._notes.tally
            tally.read += parted.tally.read if is_first else 0
            tally.filtered += parted.tally.filtered
            tally.rejected += parted.tally.rejected
            tally.deduplicated += parted.tally.deduplicated
            if is_first and self._watch is not None:
                marks = batch.column(MARK) if self._watch.marked_by else None
                self._notes.observed.add(batch.column(CURSOR), marks)
            if HASH in parted.clean.schema.names and parted.clean.num_rows:
                self._notes.content += pc.sum(parted.clean.column(HASH)).as_py()
        return parted.clean

    def _next_segment(
        self, number: int, segment: Segment, before: Step | None, flow: Iterator[pa.RecordBatch]
    ) -> Iterator[pa.RecordBatch]:
        if before is None or before.batch is None:
            raise InternalError("a segment follows one that has no batch processor")
        reader = pa.RecordBatchReader.from_batches(before.after, _apply(before, flow))
        cursor = self.open_cursor()
        name = f"__hw_segment_{number}"
        cursor.register(name, reader)
        query = later_query(name, before.after, segment)
        if self._hashed and number == len(self._segments) - 1:
            query = with_hash(query)
        return self._run(cursor, query, is_first=False)


def _apply(step: Step, flow: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    if step.batch is None:
        raise InternalError("a batch step without its processor")
    for batch in flow:
        made = step.batch.process(batch)
        if made.num_rows != batch.num_rows or not made.schema.equals(step.after):
            raise InternalError(
                f"step {step.number} ({step.name}) answered {made.num_rows} rows of {made.schema.names} "
                f"to {batch.num_rows} rows; it declared the same rows of {step.after.names}",
                hint="a batch processor keeps rows and order, and gives exactly its output_schema",
                code="processor.broke_contract",
            )
        yield made


def _refuse_fatal(why: pa.StructArray, rules: tuple[RuleRef, ...]) -> None:
    """A rule of severity `fail` ends the load at the first row that breaks it, and names that row."""
    fatal = [index for index, ref in enumerate(rules) if ref.rule.severity == "fail"]
    if not fatal:
        return
    for item in why.to_pylist():
        broken = [rules[index] for index in item["rules"] if index in fatal]
        if broken:
            ref = broken[0]
            raise DataError(
                f"step {ref.step} ({ref.step_name}), rule {ref.rule.id!r}: {ref.rule.message}; "
                f"first row: {item['row'][:500]}",
                hint="correct the row at the source, or let the rule reject instead of fail",
                code="data.rule_failed",
            )
