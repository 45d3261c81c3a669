"""The query of one stream: columns, predicates and cursor range as far as SQLite's comparisons are the right ones.

Integers, floats and text of columns so declared compare as they should. Moments of time are text that others may have
written in other forms, so SQLite only leaves out whole days that lie outside a range, and the source looks again.
Decimals and columns of vague type are not compared at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa

from headwater.connectors.sqlite.catalog import Column
from headwater.connectors.sqlite.types import is_vague
from headwater.sdk.stream import CursorRange, Predicate
from headwater.toolkit.arrow_types import logical
from headwater.toolkit.identifiers import quote_identifier
from headwater.toolkit.pushdown import Operator, can_carry

_INT64 = range(-(2**63), 2**63)


def pushable(column: Column, predicate: Predicate) -> bool:
    if not predicate.values:
        return True
    return compares(column) and can_carry(column.field, predicate) and all(_fits(value) for value in predicate.values)


def compares(column: Column) -> bool:
    """Whether SQLite orders the column's values as their type does."""
    kind = column.field.type
    exact = pa.types.is_integer(kind) or pa.types.is_float64(kind) or pa.types.is_string(kind)
    return exact and logical(column.field) is None and not is_vague(column.declared)


def _fits(value: pa.Scalar) -> bool:
    plain = value.as_py()
    return not isinstance(plain, int) or plain in _INT64


def select(
    relation: str,
    wanted: Sequence[str],
    known: Mapping[str, Column],
    predicates: Sequence[Predicate],
    cursor: CursorRange | None,
) -> tuple[str, list[object]]:
    """The SQL text and the values to bind; a superset of the cursor range where the text alone cannot be exact."""
    values: list[object] = []
    tests = [_test(predicate, values) for predicate in predicates]
    if cursor is not None:
        tests += _range(known[cursor.column], cursor, values)
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    listed = ", ".join(quote_identifier(name) for name in wanted) or "NULL"
    return f"SELECT {listed} FROM {quote_identifier(relation)}{where}", values


def _subject(column: str) -> str:
    return f"{quote_identifier(column)} COLLATE BINARY"


def _test(predicate: Predicate, values: list[object]) -> str:
    if predicate.operator == "is_null":
        return f"{quote_identifier(predicate.column)} IS NULL"
    if predicate.operator == "is_not_null":
        return f"{quote_identifier(predicate.column)} IS NOT NULL"
    values += [value.as_py() for value in predicate.values]
    if predicate.operator == "in":
        return f"{_subject(predicate.column)} IN ({', '.join('?' * len(predicate.values))})"
    return f"{_subject(predicate.column)} {predicate.operator} ?"


def _range(column: Column, cursor: CursorRange, values: list[object]) -> list[str]:
    subject = quote_identifier(column.name)
    inside = [f"{subject} IS NOT NULL"]
    ends: tuple[tuple[Operator, pa.Scalar | None], ...] = ((">=", cursor.lower), ("<=", cursor.upper))
    for operator, end in ends:
        if end is None:
            continue
        if compares(column) and can_carry(column.field, Predicate(column.name, operator, (end,))) and _fits(end):
            values.append(end.as_py())
            inside.append(f"{_subject(column.name)} {operator} ?")
        elif (day := _day(end.as_py(), later=operator == "<=")) is not None:
            values.append(day)
            inside.append(f"(typeof({subject}) <> 'text' OR substr({subject}, 1, 10) {operator} ?)")
    text = " AND ".join(inside)
    return [f"(({text}) OR {subject} IS NULL)" if cursor.nulls else text]


def _day(value: Any, *, later: bool) -> str | None:
    """The day next to the moment, outwards, as no offset from UTC is longer than a day; None: there is no such day."""
    if not isinstance(value, date):
        return None
    day = value.date() if isinstance(value, datetime) else value
    if (later and day >= date.max - timedelta(1)) or (not later and day <= date.min + timedelta(1)):
        return None
    return (day + timedelta(1 if later else -1)).isoformat()
