"""Steps → one SQL query over one scan, in the dialect of an engine. Pure text; every row that enters comes out once.

Rows are never dropped inside the query. Hidden columns travel with them, each present only when a step needs it:

- `__hw_fate`: NULL for a row that goes on, else FILTERED, REJECTED or DEDUPLICATED;
- `__hw_why`: for a rejected row, the rules it broke (positions in `Lowered.rules`) and the row as it stood there, as
  JSON;
- `__hw_warned`: the warning rules a row broke, each with a sample of the value;
- what `extra` asks for (the cursor of an incremental read).

Later steps let a row with a fate pass untouched, so the split at the end can count and route every row. A value that
the chain protects later is shown in `__hw_why` and `__hw_warned` as it will be protected, or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from headwater.plan.bind import passed_through
from headwater.plan.dialects.duckdb import DUCKDB
from headwater.plan.dialects.model import SqlDialect
from headwater.plan.lower_rules import Others, asked, broken_list, computed_once, shown_row, warned_list
from headwater.plan.lower_shared import PREFIX, HiddenValue, Values, share
from headwater.plan.model import Guard, RuleRef, Step
from headwater.plan.null_check import IsNull
from headwater.plan.side_tables import use_of
from headwater.sdk.processor import (
    Dialect,
    Distinct,
    Keep,
    Lookup,
    Measure,
    Operation,
    Output,
    Project,
    Reject,
    Rule,
    Typed,
)
from headwater.sdk.stream import Predicate
from headwater.toolkit.arrow_types import field_type_name
from headwater.toolkit.identifiers import quote_literal
from headwater.toolkit.scan_columns import conflict_column, conflict_text_column

FILTERED, REJECTED, DEDUPLICATED = 1, 2, 3
FATE, WHY, WARNED = "__hw_fate", "__hw_why", "__hw_warned"


@dataclass(frozen=True, slots=True)
class Lowered:
    """A query in the making. `hidden` names the hidden columns it has now; `sides` the tables of other
    streams, by their use; `again` the relation it reads, and one that reads the same rows once more.
    """

    sql: str
    schema: pa.Schema
    hidden: tuple[str, ...] = ()
    rules: tuple[RuleRef, ...] = ()
    sides: tuple[tuple[str, str], ...] = ()
    dialect: SqlDialect = DUCKDB
    again: tuple[str, str] | None = None

    @property
    def has_fate(self) -> bool:
        return FATE in self.hidden

    @property
    def columns(self) -> list[str]:
        return [self.dialect.quote(name) for name in self.schema.names]

    def others(self, *names: str) -> list[str]:
        """The hidden columns but for these."""
        return [name for name in self.hidden if name not in names]


def start(
    relation: str, schema: pa.Schema, extra: Sequence[tuple[str, str]] = (), dialect: SqlDialect = DUCKDB
) -> Lowered:
    """Begin over a table expression; `extra` are hidden columns (name, SQL)."""
    columns = [dialect.quote(name) for name in schema.names]
    columns += [f"{sql} AS {dialect.quote(name)}" for name, sql in extra]
    hidden = tuple(name for name, _ in extra)
    return Lowered(f"SELECT {', '.join(columns)} FROM {relation}", schema, hidden, dialect=dialect)


def start_marked(relation: str, schema: pa.Schema, extra: Sequence[tuple[str, str]], guard: Guard) -> Lowered:
    """Begin over a scan of DuckDB that marks texts which are not of their type: such rows are rejected at step 0."""
    names = ", ".join(quote_literal(name) for name in schema.names)
    rules = f"list_transform({conflict_column}, lambda name: list_position([{names}], name) - 1)"
    text = conflict_text_column
    if guard:
        withheld = "{" + ", ".join(f'"{name}": null' for name in guard) + "}"
        text = f"json_merge_patch({text}::JSON, {quote_literal(withheld)})::VARCHAR"
    fate = f"CASE WHEN {conflict_column} IS NOT NULL THEN {_code(REJECTED)} END"
    why = f"CASE WHEN {conflict_column} IS NOT NULL THEN {{'rules': {rules}, 'row': {text}}} END"
    query = start(relation, schema, (*extra, (FATE, fate), (WHY, why)))
    return replace(query, rules=tuple(RuleRef(0, "read", _type_rule(field)) for field in schema))


def _type_rule(field: pa.Field) -> Rule:
    text = f"the text of {field.name} is no {field_type_name(field)}"
    return Rule(f"type:{field.name}", field.name, IsNull(field.name), text)


def seen_before(query: Lowered, condition: str) -> Lowered:
    """Mark rows that an earlier run delivered already as deduplicated."""
    return _with_fate(query, f"CASE WHEN {condition} THEN {_code(DEDUPLICATED)} END")


def lower_step(query: Lowered, step: Step) -> Lowered:
    """Append a relational step."""
    operations, computed = share(step.operations, query.dialect.name)
    for position, together in _decided_together(operations):
        query = _computed(query, computed.get(position, ()))
        query = _lower_operations(query, together, step, step.guard(position))
    return replace(query, schema=step.after) if step.operations else query


def _computed(query: Lowered, values: Values) -> Lowered:
    guarded = [(name, f"CASE WHEN {FATE} IS NULL THEN {sql} END" if query.has_fate else sql) for name, sql in values]
    return _with_hidden(query, guarded)


def _decided_together(operations: Sequence[Operation]) -> list[tuple[int, list[Operation]]]:
    """Operations that only judge rows and follow each other are one group, so that a row carries all that it broke."""
    groups: list[tuple[int, list[Operation]]] = []
    for position, operation in enumerate(operations):
        if groups and _only_judges(operation) and _only_judges(groups[-1][1][-1]):
            groups[-1][1].append(operation)
        else:
            groups.append((position, [operation]))
    return groups


def _only_judges(operation: Operation) -> bool:
    return isinstance(operation, Reject) or (
        isinstance(operation, Lookup) and not operation.outputs and operation.unmatched is not None
    )


def _lower_operations(query: Lowered, together: Sequence[Operation], step: Step, guard: Guard) -> Lowered:
    operation = together[0]
    if _only_judges(operation):
        return _judge(query, together, step, guard)
    match operation:
        case Project(outputs=outputs):
            return _project(query, outputs)
        case Keep(condition=condition):
            sql = condition.sql(query.dialect.name)
            return _with_fate(query, f"CASE WHEN ({sql}) THEN NULL ELSE {_code(FILTERED)} END")
        case Reject(rules=rules):
            return _reject(query, rules, step, guard)
        case Distinct():
            return _distinct(query, operation)
        case Lookup():
            return _lookup(query, operation, step, guard)
        case Measure():
            return query


def _project(query: Lowered, outputs: Sequence[Output]) -> Lowered:
    selected = [f"{_output_sql(query, output)} AS {query.dialect.quote(output.name)}" for output in outputs]
    fields = [pa.field(output.name, _type(query, output)) for output in outputs]
    hidden = [name for name in query.hidden if not name.startswith(PREFIX)]
    sql = f"SELECT {', '.join([*selected, *hidden])} FROM ({query.sql})"
    return replace(query, sql=sql, schema=pa.schema(fields), hidden=tuple(hidden))


def _output_sql(query: Lowered, output: Output) -> str:
    sql = output.expression.sql(query.dialect.name)
    final = isinstance(output.expression, HiddenValue) and output.expression.final
    if output.type is not None and not final:
        sql = query.dialect.cast(sql, output.type)
    # A row with a fate may hold values that the expression cannot digest, or that engines read differently.
    guarded = query.has_fate and passed_through(output.expression) is None
    return f"CASE WHEN {FATE} IS NULL THEN {sql} END" if guarded else sql


def _type(query: Lowered, output: Output) -> pa.DataType:
    """Null where only binding would tell."""
    if output.type is not None:
        return output.type
    source = passed_through(output.expression)
    if source is not None:
        return query.schema.field(source).type
    return output.expression.type if isinstance(output.expression, Typed) else pa.null()


def _code(fate: int) -> str:
    return f"CAST({fate} AS TINYINT)"


def _with_fate(query: Lowered, fate: str) -> Lowered:
    others = query.others(FATE)
    value = f"CASE WHEN {FATE} IS NOT NULL THEN {FATE} ELSE {fate} END" if query.has_fate else fate
    sql = f"SELECT {', '.join([*query.columns, *others])}, {value} AS {FATE} FROM ({query.sql})"
    return replace(query, sql=sql, hidden=(*others, FATE))


def _reject(query: Lowered, rules: Sequence[Rule], step: Step, guard: Guard) -> Lowered:
    """Two lists are computed once, in an inner query: the rejecting rules that a row breaks, and the warning ones."""
    refs = [(len(query.rules) + at, RuleRef(step.number, step.name, rule)) for at, rule in enumerate(rules)]
    # A row that left before is no twin of one that is still here. Those that this very call rejects still count.
    again = None if query.again is None else query.sql.replace(*query.again)
    others = Others(f"({FATE} IS NULL)" if query.has_fate else None, again)
    conditions, once = computed_once(asked([(at, ref.rule) for at, ref in refs], query.dialect, others))
    rejecting = [item for item in conditions if item.rule.severity != "warn"]
    warning = [item for item in conditions if item.rule.severity == "warn"]
    query = _with_hidden(replace(query, rules=(*query.rules, *(ref for _, ref in refs))), once)
    if rejecting:
        broken = broken_list(rejecting, query.dialect)
        query = _set_aside(query, broken, shown_row(query.schema, guard, query.dialect))
    if warning:
        query = _warn(query, warned_list(warning, query.schema, guard, query.dialect))
    return _without(query, [name for name, _ in once])


def _with_hidden(query: Lowered, columns: Sequence[tuple[str, str]]) -> Lowered:
    if not columns:
        return query
    named = [f"{sql} AS {name}" for name, sql in columns]
    hidden = (*query.hidden, *(name for name, _ in columns))
    return replace(query, sql=f"SELECT *, {', '.join(named)} FROM ({query.sql})", hidden=hidden)


def _set_aside(query: Lowered, failed: str, row: str) -> Lowered:
    if query.has_fate:
        failed = f"CASE WHEN {FATE} IS NULL THEN {failed} END"
    failing = f"{query.dialect.size('__hw_failed')} > 0"
    why = f"CASE WHEN {failing} THEN {query.dialect.struct([('rules', '__hw_failed'), ('row', row)])}"
    why += f" ELSE {WHY} END" if WHY in query.hidden else " END"
    fate = f"CASE WHEN {failing} THEN {_code(REJECTED)}"
    fate += f" ELSE {FATE} END" if query.has_fate else " END"
    others = query.others(FATE, WHY)
    inner = f"SELECT *, {failed} AS __hw_failed FROM ({query.sql})"
    sql = f"SELECT {', '.join([*query.columns, *others])}, {fate} AS {FATE}, {why} AS {WHY} FROM ({inner})"
    return replace(query, sql=sql, hidden=(*others, FATE, WHY))


def _warn(query: Lowered, broken: str) -> Lowered:
    found = f"CASE WHEN {FATE} IS NULL THEN {broken} END" if query.has_fate else broken
    earlier = WARNED if WARNED in query.hidden else "NULL"
    both = query.dialect.joined(WARNED, "__hw_found") if WARNED in query.hidden else "__hw_found"
    others = query.others(WARNED)
    inner = f"SELECT *, {found} AS __hw_found FROM ({query.sql})"
    warned = f"CASE WHEN {query.dialect.size('__hw_found')} > 0 THEN {both} ELSE {earlier} END"
    sql = f"SELECT {', '.join([*query.columns, *others])}, {warned} AS {WARNED} FROM ({inner})"
    return replace(query, sql=sql, hidden=(*others, WARNED))


def _distinct(query: Lowered, operation: Distinct) -> Lowered:
    partition = [query.dialect.quote(name) for name in operation.key]
    if query.has_fate:
        partition.append(f"({FATE} IS NULL)")
    order = [f"{item.sql(query.dialect.name)} {way} NULLS LAST" for item, way in operation.order]
    rows = f"({query.sql})"
    if operation.last:
        arrival = "row_number() OVER ()" if query.dialect.name == "duckdb" else "monotonically_increasing_id()"
        rows = f"(SELECT *, {arrival} AS __hw_arrival FROM {rows})"
        order.append("__hw_arrival DESC")
    rank = f"row_number() OVER (PARTITION BY {', '.join(partition)} ORDER BY {', '.join(order) or 'NULL'})"
    ranked = f"SELECT *, {rank} AS __hw_rank FROM {rows}"
    marked = replace(query, sql=ranked)
    return _with_fate(marked, f"CASE WHEN __hw_rank > 1 THEN {_code(DEDUPLICATED)} END")


def _judge(query: Lowered, together: Sequence[Operation], step: Step, guard: Guard) -> Lowered:
    """Lookups are joined first, then all rules are asked at once."""
    rules: list[Rule] = []
    missing: list[str] = []
    for operation in together:
        if isinstance(operation, Reject):
            rules += operation.rules
        elif isinstance(operation, Lookup) and operation.unmatched is not None:
            missing.append(f"__hw_missing_{len(missing)}")
            query = _joined(query, operation, step, missing[-1])
            rules.append(replace(operation.unmatched, broken=_Missing(missing[-1])))
    return _without(_reject(query, rules, step, guard), missing)


def _lookup(query: Lowered, operation: Lookup, step: Step, guard: Guard) -> Lowered:
    missing = "__hw_missing"
    joined = _joined(query, operation, step, missing)
    if operation.unmatched is not None:
        # The rule's own expression is not asked: the join has the answer.
        joined = _reject(joined, (replace(operation.unmatched, broken=_Missing(missing)),), step, guard)
    return _without(joined, [missing])


def _joined(query: Lowered, operation: Lookup, step: Step, missing: str) -> Lowered:
    """A left join with the other stream, materialised under the name that `sides` gives; its keys are unique."""
    quote, table = query.dialect.quote, dict(query.sides)[use_of(operation, step.number)]
    on = " AND ".join(f"q.{quote(mine)} = s.{quote(theirs)}" for mine, theirs in operation.on)
    mine = [f"q.{name}" for name in [*query.columns, *query.hidden]]
    theirs = [f"s.{quote(theirs)} AS {quote(name)}" for name, theirs in operation.outputs]
    asked = " AND ".join(f"q.{quote(name)} IS NOT NULL" for name, _ in operation.on)
    found = f"({asked} AND s.__hw_found IS NULL) AS {missing}"
    sql = f"SELECT {', '.join([*mine, *theirs, found])} FROM ({query.sql}) q LEFT JOIN {table} s ON {on}"
    fields = [*query.schema, *(pa.field(name, pa.null()) for name, _ in operation.outputs)]
    return replace(query, sql=sql, schema=pa.schema(fields), hidden=(*query.hidden, missing))


def _without(query: Lowered, names: Sequence[str]) -> Lowered:
    if not names:
        return query
    hidden = query.others(*names)
    sql = f"SELECT {', '.join([*query.columns, *hidden])} FROM ({query.sql})"
    return replace(query, sql=sql, hidden=tuple(hidden))


@dataclass(frozen=True, slots=True)
class _Missing:
    """The join found no partner; the hidden column says so."""

    hidden: str

    @property
    def columns(self) -> frozenset[str]:
        return frozenset()

    def sql(self, dialect: Dialect) -> str:
        return self.hidden

    def predicates(self, schema: pa.Schema) -> tuple[Predicate, ...]:
        return ()
