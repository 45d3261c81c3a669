"""Predicates and cursor ranges as SQL conditions, where PostgreSQL answers exactly as the engine would.

A predicate that would not mean the same here (texts under a case-insensitive collation, padded `char(n)`,
addresses) is not pushed; the engine then applies it itself. Texts are compared by their bytes, as everywhere in
Headwater.
"""

from __future__ import annotations

from uuid import UUID

import pyarrow as pa

from headwater.connectors.postgres.quoting import literal, name
from headwater.connectors.postgres.select import Policy, value
from headwater.connectors.postgres.types import PgColumn
from headwater.sdk.errors import ConfigError
from headwater.sdk.stream import CursorRange, Predicate

_ORDERED = frozenset(("int2", "int4", "int8", "oid", "float4", "float8", "date", "time", "timestamp", "timestamptz"))
_TEXTS = frozenset(("text", "varchar", "name"))


def condition(predicate: Predicate, column: PgColumn, *, policy: Policy) -> str | None:
    """The predicate as SQL, or None when it stays with the engine."""
    operand = _operand(column, policy)
    if predicate.operator == "is_null":
        return f"{operand} IS NULL"
    if predicate.operator == "is_not_null":
        return f"{operand} IS NOT NULL"
    values = [_literal(scalar, column) for scalar in predicate.values]
    known = [text for text in values if text is not None]
    if not values or len(known) != len(values):
        return None
    if predicate.operator == "in":
        return f"{operand} IN ({', '.join(known)})" if _has_equality(column) else None
    if predicate.operator in {"=", "<>"}:
        return f"{operand} {predicate.operator} {known[0]}" if _has_equality(column) else None
    return f"{_by_bytes(operand, column)} {predicate.operator} {known[0]}" if _has_order(column) else None


def cursor_condition(cursor: CursorRange, column: PgColumn, *, policy: Policy) -> str | None:
    """The range as SQL; None when it takes every row. Raises ConfigError for a type that has no such order."""
    operand = cursor_operand(column, policy=policy)
    bounds = [("<=", cursor.upper)] if cursor.upper is not None else []
    if cursor.lower is not None:
        bounds.insert(0, (">=", cursor.lower))
    parts: list[str] = []
    for operator, scalar in bounds:
        text = _literal(scalar, column)
        if text is None:
            raise _no_cursor(column)
        parts.append(f"{operand} {operator} {text}")
    if not parts:
        return None if cursor.nulls else f"{operand} IS NOT NULL"
    joined = " AND ".join(parts)
    return f"({joined} OR {operand} IS NULL)" if cursor.nulls else joined


def cursor_operand(column: PgColumn, *, policy: Policy) -> str:
    """The cursor's value as it is ordered; raises ConfigError where there is no order that every system shares."""
    if not _has_order(column):
        raise _no_cursor(column)
    return _by_bytes(_operand(column, policy), column)


def _no_cursor(column: PgColumn) -> ConfigError:
    return ConfigError(
        f"column {column.name!r} of type {column.declared} cannot be a cursor",
        hint="a cursor is a timestamp, a date, a number with a fixed scale, or a text that only grows",
        code="config.invalid_cursor",
    )


def _operand(column: PgColumn, policy: Policy) -> str:
    # Under `refuse` the bare column serves: a value that Arrow cannot hold fails where it is selected.
    return value(column, policy=policy, label="''") if policy == "null" else name(column.name)


def _by_bytes(operand: str, column: PgColumn) -> str:
    return f'({operand}) COLLATE "C"' if column.type.name in _TEXTS else operand


def _has_order(column: PgColumn) -> bool:
    kind = column.type
    if kind.kind != "b" or kind.element is not None:
        return False
    return kind.name in _ORDERED | _TEXTS | {"uuid"} or kind.decimal is not None


def _has_equality(column: PgColumn) -> bool:
    if column.type.name in _TEXTS and not column.ordinary_collation:
        return False
    return _has_order(column) or (column.type.name == "bool" and column.type.element is None)


def _literal(scalar: pa.Scalar, column: PgColumn) -> str | None:
    """The value as a literal of the column's type; None when PostgreSQL has no such value."""
    if not scalar.is_valid:
        return None
    kind = column.type.name
    try:
        plain = scalar.as_py()
    except (ValueError, OverflowError):
        return None
    if kind in _TEXTS:
        return None if "\0" in str(plain) else f"{literal(str(plain))}::text"
    if kind == "uuid" and not _is_uuid(str(plain)):
        return None
    if kind not in _ORDERED | {"bool", "numeric", "uuid"}:
        return None
    text = plain.isoformat() if kind in {"date", "time", "timestamp", "timestamptz"} else str(plain)
    return f"{literal(text)}::{kind}"


def _is_uuid(text: str) -> bool:
    """Only the spelling that PostgreSQL prints equals what the engine compares with."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
