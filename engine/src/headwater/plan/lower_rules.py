"""The lists of broken rules, and a row as it may be shown, as SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from headwater.plan.dialects.model import Shown, SqlDialect
from headwater.plan.model import Guard
from headwater.sdk.processor import AmongRows, ReadsTwice, Rule, Typed

WITHHELD = "(protected)"


@dataclass(frozen=True, slots=True)
class Others:
    """Which rows count as other rows: those for which `condition` is true (None: all); `again` is a query that reads
    all rows once more, where that can be done.
    """

    condition: str | None = None
    again: str | None = None


def broken_list(rules: Sequence[tuple[int, Rule]], dialect: SqlDialect, others: Others) -> str:
    """A list of int32: the positions of the rules that the row breaks."""
    return dialect.present([f"CASE WHEN ({_broken(rule, dialect, others)}) THEN {at} END" for at, rule in rules])


def warned_list(
    rules: Sequence[tuple[int, Rule]], schema: pa.Schema, guard: Guard, dialect: SqlDialect, others: Others
) -> str:
    """A list of structs (rule: int32, value: string): the rules that the row breaks, with the value of their column."""
    items: list[str] = []
    for at, rule in rules:
        found = dialect.struct([("rule", str(at)), ("value", _sample(rule, schema, guard, dialect))])
        items.append(f"CASE WHEN ({_broken(rule, dialect, others)}) THEN {found} END")
    return dialect.present(items)


def _broken(rule: Rule, dialect: SqlDialect, others: Others) -> str:
    broken = rule.broken
    if others.again is not None and isinstance(broken, ReadsTwice):
        found = broken.sql_reading(dialect.name, others.again, others.condition)
        if found is not None:
            return found
    if others.condition is not None and isinstance(broken, AmongRows):
        return broken.sql_among(dialect.name, others.condition)
    return broken.sql(dialect.name)


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
