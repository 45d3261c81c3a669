"""The general way of a stream: scan → segments of SQL and batch processors → queues. Yields clean batches, notes the
rest.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress

import duckdb
import pyarrow as pa

from headwater.plan.lower import Lowered
from headwater.plan.model import Chain, RuleRef, Step
from headwater.run.checks import Measured
from headwater.run.local.audit import Audit
from headwater.run.local.batch_step import apply_batch, refuse_fatal
from headwater.run.local.database import Database
from headwater.run.local.hidden_values import bind_hidden
from headwater.run.local.notes import Notes
from headwater.run.local.segments import (
    CURSOR,
    HASH,
    KNOWN_MARKS,
    MARK,
    Segment,
    Watch,
    cut,
    first_query,
    later_query,
    with_hash,
)
from headwater.run.local.split import split
from headwater.run.local.witnesses import has_witnesses
from headwater.toolkit.arrow_types import normalise_batch
from headwater.toolkit.deferred import compute as pc

log = logging.getLogger(__name__)

BATCH_ROWS = 16_384


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
        self._witnessed = has_witnesses(chain)
        self._cursors: list[duckdb.DuckDBPyConnection] = []
        self._errors: list[BaseException] = []
        self._first: duckdb.DuckDBPyConnection | None = None

    @property
    def first(self) -> duckdb.DuckDBPyConnection:
        """The cursor of the first query; a plain copy never asks for one."""
        if self._first is None:
            self._first = self.open_cursor()
            if self._watch is not None and self._watch.before.marks:
                marks = pa.array(self._watch.before.marks, pa.string())
                self._first.register(KNOWN_MARKS, pa.table({"mark": marks}))
        return self._first

    def open_cursor(self) -> duckdb.DuckDBPyConnection:
        cursor = self._database.cursor(ordered=self._ordered)
        bind_hidden(cursor, self._chain)
        self._cursors.append(cursor)
        return cursor

    def interrupt(self) -> None:
        """May come late: cursors that are closed by then have nothing to interrupt."""
        for cursor in list(self._cursors):
            with suppress(duckdb.ConnectionException):
                cursor.interrupt()

    def close(self) -> None:
        for cursor in self._cursors:
            try:
                cursor.close()
            except duckdb.Error as busy:
                # A thread that was left behind is still inside, and DuckDB refuses to pull the ground from under it.
                log.info("cursor left open", exc_info=busy, extra={"event": "cursor_left"})

    @property
    def is_single_query(self) -> bool:
        return len(self._segments) == 1

    def first_sql(self, relation: str, *, marked: bool = False, again: str | None = None) -> Lowered:
        query = first_query(self._chain, relation, self._segments[0], self._watch, marked=marked, again=again)
        return with_hash(query) if self._hashed and self.is_single_query else query

    def batches(self, relation: str, *, marked: bool = False, again: str | None = None) -> Iterator[pa.RecordBatch]:
        """Clean batches in the chain's schema. The count of every row is in the notes."""
        query = self.first_sql(relation, marked=marked, again=again)
        self._notes.rules.expect(query.rules)
        flow, schema = self._run(self.first, query, is_first=True), query.schema
        for number, segment in enumerate(self._segments):
            if number:
                flow, schema = self._later(number, segment, flow, schema)
            if segment.audited is not None:
                flow = self._audit(segment.audited, flow, schema)
            if segment.batch is not None:
                flow, schema = apply_batch(segment.batch, flow), segment.batch.after
        for batch in flow:
            with self._notes.lock:
                self._notes.tally.passed += batch.num_rows
            if self._witnessed:
                self._notes.seen.pass_by(batch)
            yield batch

    def _later(
        self, number: int, segment: Segment, flow: Iterator[pa.RecordBatch], schema: pa.Schema
    ) -> tuple[Iterator[pa.RecordBatch], pa.Schema]:
        """A further query over what came out of the segment before."""
        hashed = self._hashed and number == len(self._segments) - 1
        if segment.is_empty and not hashed:
            return flow, schema
        cursor = self.open_cursor()
        name = f"__hw_segment_{number}"
        cursor.register(name, pa.RecordBatchReader.from_batches(schema, self._noting_errors(flow)))
        query = later_query(self._chain, name, schema, segment)
        self._notes.rules.expect(query.rules)
        query = with_hash(query) if hashed else query
        return self._run(cursor, query, is_first=False), query.schema

    def _audit(self, step: Step, flow: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        audit = Audit(step.measures, schema, self.open_cursor())
        yield from audit.pass_by(flow)
        self._notes.measured.extend(
            Measured(step.number, step.name, rule, audit.values.get(rule.id)) for rule in audit.rules
        )

    def _noting_errors(self, flow: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """DuckDB reports what its input raises in its own words: keep the original error aside."""
        try:
            yield from flow
        except GeneratorExit:
            raise
        except BaseException as error:
            self._errors.append(error)
            raise

    def _run(self, cursor: duckdb.DuckDBPyConnection, query: Lowered, *, is_first: bool) -> Iterator[pa.RecordBatch]:
        try:
            for batch in cursor.sql(query.sql).to_arrow_reader(BATCH_ROWS):
                clean = self._part(batch, query.rules, is_first=is_first)
                if clean.num_rows:
                    yield normalise_batch(clean.select(query.schema.names), query.schema)
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            raise self._errors[0] if self._errors else error from error

    def _part(self, batch: pa.RecordBatch, rules: tuple[RuleRef, ...], *, is_first: bool) -> pa.RecordBatch:
        parted = split(batch)
        if parted.rejected is not None:
            refuse_fatal(parted.rejected, rules)
            self._notes.saw_rejected(parted.rejected, rules)
            self._notes.quarantine.add(parted.rejected, rules)
            if self._witnessed:
                self._notes.seen.add_set_aside(parted.rejected, rules)
        if parted.warned is not None:
            self._notes.saw_warned(parted.warned, rules)
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
