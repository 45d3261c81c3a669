"""Cut a chain where a batch processor stands: each segment is one SQL query, then at most one batch processor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time

import pyarrow as pa

from headwater.plan.lower import Lowered, lower_step, seen_before, start, start_marked
from headwater.plan.model import Chain, Step
from headwater.run.position import Position
from headwater.toolkit.duckdb_sql import duckdb_type
from headwater.toolkit.identifiers import quote_identifier, quote_literal

CURSOR, MARK, HASH = "__hw_cursor", "__hw_mark", "__hw_hash"
# A table of the marks that the checkpoint holds: a list of literals takes seconds to plan.
KNOWN_MARKS = "__hw_known_marks"
# Sums of many 44-bit numbers stay exact in 64 bits for the rows of a batch.
HASH_SHIFT = 20


@dataclass(frozen=True, slots=True)
class Segment:
    """Relational steps as one query; then set rules are measured (`audited`), then a batch processor is applied."""

    steps: tuple[Step, ...]
    audited: Step | None = None
    batch: Step | None = None

    @property
    def is_empty(self) -> bool:
        return not self.steps


def cut(steps: Sequence[Step]) -> list[Segment]:
    """At least one segment; all but the last end with set rules or a batch processor."""
    segments: list[Segment] = []
    relational: list[Step] = []
    for step in steps:
        if step.batch is None:
            relational.append(step)
        if step.batch is not None:
            segments.append(Segment(tuple(relational), batch=step))
            relational = []
        elif step.measures:
            segments.append(Segment(tuple(relational), audited=step))
            relational = []
    return [*segments, Segment(tuple(relational))]


@dataclass(frozen=True, slots=True)
class Watch:
    """What to learn about the rows while they pass: the cursor, and marks of rows from `mark_from` on (all, when
    None).
    """

    cursor: str
    marked_by: tuple[str, ...] = ()
    mark_from: pa.Scalar | None = None
    before: Position = field(default_factory=Position)
    inclusive: bool = True


def first_query(
    chain: Chain,
    relation: str,
    segment: Segment,
    watch: Watch | None,
    *,
    marked: bool = False,
    again: str | None = None,
) -> Lowered:
    """`marked`: the relation marks rows whose texts are not of their type (see `toolkit.scan_columns`). `again` is a
    relation of the same rows.
    """
    schema = chain.scan.schema
    extra = _watched(watch, schema) if watch else []
    query = start_marked(relation, schema, extra, chain.guard) if marked else start(relation, schema, extra)
    query = replace(query, sides=side_tables(chain), again=None if again is None else (relation, again))
    if watch and watch.marked_by and watch.before.marks:
        query = seen_before(query, f"{MARK} IN (SELECT mark FROM {KNOWN_MARKS})")
    if watch and not watch.inclusive and watch.before.value is not None:
        query = seen_before(query, f"{CURSOR} <= {_literal(watch.before.value)}")
    for step in segment.steps:
        query = lower_step(query, step)
    return query


def later_query(chain: Chain, relation: str, schema: pa.Schema, segment: Segment) -> Lowered:
    query = replace(start(relation, schema), sides=side_tables(chain))
    for step in segment.steps:
        query = lower_step(query, step)
    return query


def side_tables(chain: Chain) -> tuple[tuple[str, str], ...]:
    return tuple((side.use, quote_identifier(side.table)) for side in chain.sides)


def with_hash(query: Lowered) -> Lowered:
    """Add a content hash of each row, whatever the order of rows; the sum over all rows identifies the set."""
    sql = f"SELECT *, {row_hash(query.schema)} AS {HASH} FROM ({query.sql})"
    return replace(query, sql=sql, hidden=(*query.hidden, HASH))


def row_hash(schema: pa.Schema) -> str:
    cells = ", ".join(f"CAST({quote_identifier(field.name)} AS {duckdb_type(field.type)})" for field in schema)
    return f"(hash({cells}) >> {HASH_SHIFT})"


def _watched(watch: Watch, schema: pa.Schema) -> list[tuple[str, str]]:
    cursor = quote_identifier(watch.cursor)
    extra = [(CURSOR, cursor)]
    if watch.marked_by:
        cells = [f"coalesce('=' || {quote_identifier(name)}::VARCHAR, '-')" for name in watch.marked_by]
        digest = f"md5(concat_ws(chr(31), {', '.join(cells)}))[:16]"
        if watch.mark_from is not None:
            digest = f"CASE WHEN {cursor} >= {_literal(watch.mark_from)} THEN {digest} END"
        extra.append((MARK, digest))
    return extra


def _literal(scalar: pa.Scalar) -> str:
    """A cursor value as SQL, exactly."""
    value = scalar.as_py()
    text = value.isoformat() if isinstance(value, date | time) else str(value)
    return f"CAST({quote_literal(text)} AS {duckdb_type(scalar.type)})"
