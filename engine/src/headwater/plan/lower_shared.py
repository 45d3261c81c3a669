"""What rules ask of a value that a projection makes right after them is computed once, in a hidden column.

A strict cast is asked twice, by the rule that finds the rows it has no result for, and by the projection; range and
other rules ask again. Engines do not find such parts by themselves where CASE may pass over them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from headwater.plan.bind import passed_through
from headwater.sdk.processor import (
    AmongRows,
    Dialect,
    Expression,
    Keep,
    Operation,
    Output,
    Project,
    ReadsTwice,
    Reject,
    Rule,
    Typed,
)
from headwater.sdk.stream import Predicate

PREFIX = "__hw_value_"
_ROWS = "__hw_rows_read_again"

Values = tuple[tuple[str, str], ...]
"""Hidden columns: name and SQL."""


def share(operations: Sequence[Operation], dialect: Dialect) -> tuple[list[Operation], dict[int, Values]]:
    """The operations as they read hidden columns, and before which of them (by position) to compute which."""
    done = list(operations)
    computed: dict[int, Values] = {}
    begin = 0
    for at, operation in enumerate(operations):
        if isinstance(operation, Project):
            values = _asked_twice(done[begin:at], operation, dialect)
            if values:
                computed[begin] = tuple((name, sql) for sql, name in values.items())
                done[begin:at] = [_reading(item, values) for item in done[begin:at]]
                done[at] = Project(tuple(_output(output, values, dialect) for output in operation.outputs))
            begin = at + 1
    return done, computed


def _asked_twice(before: Sequence[Operation], project: Project, dialect: Dialect) -> dict[str, str]:
    """SQL of outputs that the operations before ask for too → the name of its hidden column."""
    asked = [item.sql(dialect) for operation in before for item in _conditions(operation)]
    found: dict[str, str] = {}
    for output in project.outputs:
        if output.type is None or passed_through(output.expression) is not None:
            continue
        sql = output.expression.sql(dialect)
        # With a text literal in it (as every strict cast of text has) it can be no part of another literal: there, its
        # quotes would be doubled or escaped.
        if "'" in sql and any(sql in text for text in asked):
            found.setdefault(sql, f"{PREFIX}{len(found)}")
    return found


def _conditions(operation: Operation) -> list[Expression]:
    match operation:
        case Reject(rules=rules):
            return [rule.broken for rule in rules]
        case Keep(condition=condition):
            return [condition]
        case _:
            return []


def _reading(operation: Operation, values: Mapping[str, str]) -> Operation:
    match operation:
        case Reject(rules=rules):
            return replace(operation, rules=tuple(_rule(rule, values) for rule in rules))
        case Keep(condition=condition):
            return Keep(_Reading(condition, values))
        case _:
            return operation


def _rule(rule: Rule, values: Mapping[str, str]) -> Rule:
    kind = _ReadingAmongRows if isinstance(rule.broken, AmongRows) else _Reading
    return replace(rule, broken=kind(rule.broken, values))


def _output(output: Output, values: Mapping[str, str], dialect: Dialect) -> Output:
    name = values.get(output.expression.sql(dialect))
    if name is None:
        return output
    final = isinstance(output.expression, Typed) and output.expression.type == output.type
    return replace(output, expression=HiddenValue(name, final))


@dataclass(frozen=True, slots=True)
class HiddenValue:
    """A hidden column. `final`: it is of the output's type already, and so cannot fail."""

    name: str
    final: bool

    @property
    def columns(self) -> frozenset[str]:
        return frozenset()

    def sql(self, dialect: Dialect) -> str:
        return self.name

    def predicates(self, schema: pa.Schema) -> tuple[Predicate, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class _Reading:
    """An expression with hidden columns in place of what they hold."""

    inner: Expression
    values: Mapping[str, str]

    @property
    def columns(self) -> frozenset[str]:
        return self.inner.columns

    def sql(self, dialect: Dialect) -> str:
        return self._put(self.inner.sql(dialect))

    def predicates(self, schema: pa.Schema) -> tuple[Predicate, ...]:
        return self.inner.predicates(schema)

    def _put(self, sql: str) -> str:
        # The longest first: one value may be a part of another.
        for text in sorted(self.values, key=len, reverse=True):
            sql = sql.replace(text, self.values[text])
        return sql


@dataclass(frozen=True, slots=True)
class _ReadingAmongRows(_Reading):
    def sql_among(self, dialect: Dialect, condition: str) -> str:
        inner = self.inner
        return self._put(inner.sql_among(dialect, condition) if isinstance(inner, AmongRows) else inner.sql(dialect))

    def sql_reading(self, dialect: Dialect, rows: str, condition: str | None) -> str | None:
        """`rows` has the hidden columns already, and may hold their texts."""
        found = self.inner.sql_reading(dialect, _ROWS, condition) if isinstance(self.inner, ReadsTwice) else None
        return None if found is None else self._put(found).replace(_ROWS, rows)
