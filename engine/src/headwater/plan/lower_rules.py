"""The lists of broken rules, and a row as it may be shown, as SQL."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from headwater.plan.dialects.model import Shown, SqlDialect
from headwater.plan.model import Guard
from headwater.sdk.processor import AmongRows, Rule, Typed

WITHHELD = "(protected)"


def broken_list(rules: Sequence[tuple[int, Rule]], dialect: SqlDialect, among: str | None = None) -> str:
    """A list of int32: the positions of the rules that the row breaks. `among` is the condition of rows that count as
    other rows.
    """
    return dialect.present([f"CASE WHEN ({_broken(rule, dialect, among)}) THEN {at} END" for at, rule in rules])


def warned_list(
    rules: Sequence[tuple[int, Rule]], schema: pa.Schema, guard: Guard, dialect: SqlDialect, among: str | None = None
) -> str:
    """A list of structs (rule: int32, value: string): the rules that the row breaks, with the value of their column."""
    items: list[str] = []
    for at, rule in rules:
        found = dialect.struct([("rule", str(at)), ("value", _sample(rule, schema, guard, dialect))])
        items.append(f"CASE WHEN ({_broken(rule, dialect, among)}) THEN {found} END")
    return dialect.present(items)


def _broken(rule: Rule, dialect: SqlDialect, among: str | None) -> str:
    if among is not None and isinstance(rule.broken, AmongRows):
        return rule.broken.sql_among(dialect.name, among)
    return rule.broken.sql(dialect.name)


def _sample(rule: Rule, schema: pa.Schema, guard: Guard, dialect: SqlDialect) -> str:
    if rule.column is None:
        return dialect.cast("NULL", pa.string())
    return dialect.sample(_shown(schema.field(rule.column), guard, dialect))


def shown_row(schema: pa.Schema, guard: Guard, dialect: SqlDialect) -> str:
    """The row as a JSON text."""
    return dialect.row([_shown(field, guard, dialect) for field in schema])


def _shown(field: pa.Field, guard: Guard, dialect: SqlDialect) -> Shown:
    if field.name not in guard:
        return Shown(field.name, dialect.quote(field.name), field.type)
    shown = guard[field.name]
    if shown is None:
        return Shown(field.name, dialect.text(WITHHELD), pa.string())
    return Shown(field.name, shown.sql(dialect.name), shown.type if isinstance(shown, Typed) else pa.null())
