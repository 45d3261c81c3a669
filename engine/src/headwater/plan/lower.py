"""Steps → one SQL query over one scan, for DuckDB. Pure text; every row that enters comes out once.

Rows are never dropped inside the query. Three hidden columns travel with them, present only when a step needs them:

- `__hw_fate`: NULL for a row that goes on, else FILTERED, REJECTED or DEDUPLICATED;
- `__hw_why`: for a rejected row, the rules it broke (positions in `Lowered.rules`) and the row as it stood there, as
  JSON;
- what `extra` asks for (the cursor of an incremental read).

Later steps let a row with a fate pass untouched, so the split at the end can count and route every row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from headwater.plan.bind import passed_through
from headwater.plan.model import RuleRef, Step
from headwater.plan.null_check import IsNull
from headwater.sdk.processor import Distinct, Keep, Operation, Output, Project, Reject, Rule
from headwater.toolkit.arrow_types import field_type_name
from headwater.toolkit.duckdb_sql import duckdb_type
from headwater.toolkit.identifiers import quote_identifier, quote_literal
from headwater.toolkit.scan_columns import conflict_column, conflict_text_column

FILTERED, REJECTED, DEDUPLICATED = 1, 2, 3
FATE, WHY = "__hw_fate", "__hw_why"


@dataclass(frozen=True, slots=True)
class Lowered:
    """A query in the making. `hidden` names the hidden columns it has now."""

    sql: str
    schema: pa.Schema
    hidden: tuple[str, ...] = ()
    rules: tuple[RuleRef, ...] = ()

    @property
    def has_fate(self) -> bool:
        return FATE in self.hidden


def start(relation: str, schema: pa.Schema, extra: Sequence[tuple[str, str]] = ()) -> Lowered:
    """Begin over a table expression; `extra` are hidden columns (name, SQL)."""
    columns = [quote_identifier(name) for name in schema.names]
    columns += [f"{sql} AS {quote_identifier(name)}" for name, sql in extra]
    return Lowered(f"SELECT {', '.join(columns)} FROM {relation}", schema, tuple(name for name, _ in extra))


def start_marked(relation: str, schema: pa.Schema, extra: Sequence[tuple[str, str]] = ()) -> Lowered:
    """Begin over a scan that marks texts which are not of their type: such rows are rejected at step 0, the read."""
    names = ", ".join(quote_literal(name) for name in schema.names)
    rules = f"list_transform({conflict_column}, lambda name: list_position([{names}], name) - 1)"
    fate = f"CASE WHEN {conflict_column} IS NOT NULL THEN {REJECTED}::TINYINT END"
    why = f"CASE WHEN {conflict_column} IS NOT NULL THEN {{'rules': {rules}, 'row': {conflict_text_column}}} END"
    query = start(relation, schema, (*extra, (FATE, fate), (WHY, why)))
    return replace(query, rules=tuple(RuleRef(0, "read", _type_rule(field)) for field in schema))


def _type_rule(field: pa.Field) -> Rule:
    text = f"the text of {field.name} is no {field_type_name(field)}"
    return Rule(f"type:{field.name}", field.name, IsNull(field.name), text)


def seen_before(query: Lowered, condition: str) -> Lowered:
    """Mark rows that an earlier run delivered already as deduplicated."""
    return _with_fate(query, f"CASE WHEN {condition} THEN {DEDUPLICATED}::TINYINT END")


def lower_step(query: Lowered, step: Step) -> Lowered:
    """Append a relational step."""
    for operation in step.operations:
        query = _lower_operation(query, operation, step)
    return replace(query, schema=step.after)


def _lower_operation(query: Lowered, operation: Operation, step: Step) -> Lowered:
    match operation:
        case Project(outputs=outputs):
            return _project(query, outputs)
        case Keep(condition=condition):
            sql = condition.sql("duckdb")
            return _with_fate(query, f"CASE WHEN ({sql}) THEN NULL ELSE {FILTERED}::TINYINT END")
        case Reject():
            return _reject(query, operation, step)
        case Distinct():
            return _distinct(query, operation)


def _project(query: Lowered, outputs: Sequence[Output]) -> Lowered:
    selected = [f"{_output_sql(query, output)} AS {quote_identifier(output.name)}" for output in outputs]
    selected += query.hidden
    fields = [pa.field(output.name, output.type or pa.null()) for output in outputs]
    return replace(query, sql=f"SELECT {', '.join(selected)} FROM ({query.sql})", schema=pa.schema(fields))


def _output_sql(query: Lowered, output: Output) -> str:
    sql = output.expression.sql("duckdb")
    if output.type is not None:
        sql = f"CAST({sql} AS {duckdb_type(output.type)})"
    # A row with a fate may hold values that the expression cannot digest.
    guarded = query.has_fate and passed_through(output.expression) is None
    return f"CASE WHEN {FATE} IS NULL THEN {sql} END" if guarded else sql


def _with_fate(query: Lowered, fate: str) -> Lowered:
    columns = [quote_identifier(name) for name in query.schema.names]
    others = [name for name in query.hidden if name != FATE]
    value = f"CASE WHEN {FATE} IS NOT NULL THEN {FATE} ELSE {fate} END" if query.has_fate else fate
    sql = f"SELECT {', '.join([*columns, *others])}, {value} AS {FATE} FROM ({query.sql})"
    return replace(query, sql=sql, hidden=(*others, FATE))


def _reject(query: Lowered, operation: Reject, step: Step) -> Lowered:
    first = len(query.rules)
    refs = tuple(RuleRef(step.number, step.name, rule) for rule in operation.rules)
    broken = ", ".join(
        f"CASE WHEN ({ref.rule.broken.sql('duckdb')}) THEN {first + index} END" for index, ref in enumerate(refs)
    )
    failed = f"list_filter([{broken}], lambda x: x IS NOT NULL)"
    if query.has_fate:
        failed = f"CASE WHEN {FATE} IS NULL THEN {failed} END"
    columns = [quote_identifier(name) for name in query.schema.names]
    pairs = ", ".join(f"{quote_literal(name)}: {quote_identifier(name)}" for name in query.schema.names)
    why = f"CASE WHEN len(__hw_failed) > 0 THEN {{'rules': __hw_failed, 'row': to_json({{{pairs}}})::VARCHAR}}"
    why += f" ELSE {WHY} END" if WHY in query.hidden else " END"
    fate = f"CASE WHEN len(__hw_failed) > 0 THEN {REJECTED}::TINYINT" + (
        f" ELSE {FATE} END" if query.has_fate else " END"
    )
    others = [name for name in query.hidden if name not in (FATE, WHY)]
    inner = f"SELECT *, {failed} AS __hw_failed FROM ({query.sql})"
    sql = f"SELECT {', '.join([*columns, *others])}, {fate} AS {FATE}, {why} AS {WHY} FROM ({inner})"
    return replace(query, sql=sql, hidden=(*others, FATE, WHY), rules=(*query.rules, *refs))


def _distinct(query: Lowered, operation: Distinct) -> Lowered:
    partition = [quote_identifier(name) for name in operation.key]
    if query.has_fate:
        partition.append(f"({FATE} IS NULL)")
    order = ", ".join(f"{item.sql('duckdb')} {way} NULLS LAST" for item, way in operation.order)
    rank = f"row_number() OVER (PARTITION BY {', '.join(partition)} ORDER BY {order})"
    ranked = f"SELECT *, {rank} AS __hw_rank FROM ({query.sql})"
    marked = replace(query, sql=ranked)
    return _with_fate(marked, f"CASE WHEN __hw_rank > 1 THEN {DEDUPLICATED}::TINYINT END")
