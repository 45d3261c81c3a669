"""The expressions a stream's columns are selected by, so that their CSV text has one meaning.

The session is fixed (see `session.py`), so most columns go as they are. What Arrow cannot hold (infinite dates,
years before 1 or after 9999, NaN in a decimal, an array of several dimensions in a list column) is stopped by the
server itself: the expression then casts a message that names column and row to the column's type, which fails with
that message. PostgreSQL has no function that raises; this needs no rights and costs one comparison for each value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from headwater.connectors.postgres.errors import MARK
from headwater.connectors.postgres.quoting import literal, name
from headwater.connectors.postgres.types import PgColumn, is_list

Policy = Literal["refuse", "null"]

# Conditions on a value {v} that Arrow and everyone behind it can hold.
_HOLDS: dict[str, str] = {
    "date": "{v} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'",
    "timestamp": "({v} >= TIMESTAMP '0001-01-01' AND {v} < TIMESTAMP '10000-01-01')",
    "timestamptz": "({v} >= TIMESTAMPTZ '0001-01-01 00:00+00' AND {v} < TIMESTAMPTZ '10000-01-01 00:00+00')",
    "time": "{v} < TIME '24:00'",
    "interval": "(isfinite({v}) AND abs(extract(hour FROM {v})) < 2562047)",
    "numeric": "{v} <> NUMERIC 'NaN'",
}
_COUNTED = frozenset(("timestamp", "timestamptz"))


def row_label(key: Sequence[str], *, has_ctid: bool) -> str:
    """SQL text that names the current row: by its key, else by where it stands, else not at all."""
    if key:
        parts = [f"{literal(column + '=')} || {name(column)}::text" for column in key]
        return " || ', ' || ".join(parts)
    return "'ctid=' || ctid::text" if has_ctid else "''"


def is_guarded(column: PgColumn) -> bool:
    """Whether a value of the column may be one that Arrow cannot hold."""
    kind = column.type
    if kind.element is not None:
        return is_list(column)
    return kind.kind == "b" and kind.name in _HOLDS and (kind.name != "numeric" or kind.decimal is not None)


def value(column: PgColumn, *, policy: Policy, label: str) -> str:
    """The column's value in its own type; NULL or an error for what Arrow cannot hold."""
    quoted = name(column.name)
    if not is_guarded(column):
        return quoted
    if column.type.element is not None:
        return _array_value(column, policy=policy, label=label)
    holds = _HOLDS[column.type.name].format(v=quoted)
    otherwise = "NULL" if policy == "null" else _raise(column, label)
    return f"CASE WHEN NOT {holds} THEN {otherwise} ELSE {quoted} END"


def _array_value(column: PgColumn, *, policy: Policy, label: str) -> str:
    quoted = name(column.name)
    raising = _raise(column, label)
    cases = [f"WHEN array_ndims({quoted}) > 1 THEN {raising}"]
    if condition := _HOLDS.get(column.type.scalar):
        every = f"(SELECT bool_and({condition.format(v='e.v')}) FROM unnest({quoted}) AS e(v))"
        held = f"CASE WHEN {condition.format(v='e.v')} THEN e.v END"
        cleaned = f"(SELECT array_agg({held} ORDER BY e.i) FROM unnest({quoted}) WITH ORDINALITY AS e(v, i))"
        cases.append(f"WHEN NOT {every} THEN {cleaned if policy == 'null' else raising}")
    return f"CASE {' '.join(cases)} ELSE {quoted} END"


def _raise(column: PgColumn, label: str) -> str:
    """An expression of the column's type that always fails, with a text that `errors.py` reads."""
    kind = column.type
    target = f"{kind.scalar}[]" if kind.element is not None else kind.name
    parts = [literal(MARK), literal(column.name), f"{name(column.name)}::text", f"coalesce({label}, '')", "''"]
    return f"CAST({' || chr(31) || '.join([parts[0], *parts[1:]])} AS {target})"


def text(column: PgColumn, *, policy: Policy, label: str, counts: bool = False) -> str:
    """The expression whose CSV text `decode.py` and DuckDB (`csv_scan.py`) read. `counts`: a moment as the number of
    microseconds since 2000, which both sides do faster than its text; from PostgreSQL 18 on.
    """
    kind, quoted = column.type, name(column.name)
    held = value(column, policy=policy, label=label)
    if counts and kind.kind == "b" and kind.name in _COUNTED:
        return f"{kind.name}_send({held})::int8"
    if kind.element is not None:
        return f"array_to_json(({held})::text[])" if is_list(column) else f"array_to_json({quoted})"
    if kind.kind == "c":
        return f"to_json({quoted})"
    if kind.kind != "b":
        return quoted
    if kind.name == "bytea":
        return f"encode({quoted}, 'hex')"
    if kind.name == "money":
        return f"{quoted}::numeric"
    if kind.name == "interval":
        return _interval_parts(held)
    return held


def _interval_parts(held: str) -> str:
    """`months days microseconds`: the three numbers an interval is made of."""
    seconds = "extract(hour FROM i) * 3600000000 + extract(minute FROM i) * 60000000 + extract(microseconds FROM i)"
    months = "(extract(year FROM i) * 12 + extract(month FROM i))::int8"
    parts = f"{months} || ' ' || extract(day FROM i)::int8 || ' ' || ({seconds})::int8"
    return f"(SELECT {parts} FROM (SELECT {held}) AS v(i))"
