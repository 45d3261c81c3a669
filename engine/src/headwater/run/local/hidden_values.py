"""Bytes that expressions hide from SQL text (keys), bound as session variables of the cursors that run a chain."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from headwater.plan.model import Chain
from headwater.sdk.processor import Distinct, Expression, HidesValues, Keep, Lookup, Measure, Operation, Project, Reject


def bind_hidden(cursor: duckdb.DuckDBPyConnection, chain: Chain) -> None:
    """A variable belongs to one cursor and ends with it. The value goes as a parameter, never as text."""
    for name, value in sorted(_hidden(chain).items()):
        cursor.execute(f"SET VARIABLE {name} = $1::BLOB", [value]).fetchall()


def _hidden(chain: Chain) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for step in chain.steps:
        for operation in step.operations:
            for expression in _expressions(operation):
                if isinstance(expression, HidesValues):
                    found.update(expression.hidden)
    return found


def _expressions(operation: Operation) -> Iterator[Expression]:
    match operation:
        case Project(outputs=outputs):
            yield from (output.expression for output in outputs)
        case Keep(condition=condition):
            yield condition
        case Reject(rules=rules):
            yield from (rule.broken for rule in rules)
        case Distinct(order=order):
            yield from (expression for expression, _ in order)
        case Measure(rules=rules):
            yield from (rule.value for rule in rules)
        case Lookup(unmatched=unmatched):
            if unmatched is not None:
                yield unmatched.broken
