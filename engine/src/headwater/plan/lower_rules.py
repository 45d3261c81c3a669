"""The lists of broken rules, and a row as it may be shown, as SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

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


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule, its position in `Lowered.rules`, and the SQL of the condition that a row breaks it."""

    at: int
    rule: Rule
    condition: str


def asked(rules: Sequence[tuple[int, Rule]], dialect: SqlDialect, others: Others) -> list[Asked]:
    return [Asked(at, rule, f"({_broken(rule, dialect, others)})") for at, rule in rules]


def computed_once(rules: Sequence[Asked]) -> tuple[list[Asked], list[tuple[str, str]]]:
    """Conditions that look at other rows as hidden columns (name, SQL): they cost too much to stand twice."""
    hidden = {item.at: f"__hw_among_{item.at}" for item in rules if isinstance(item.rule.broken, AmongRows)}
    reading = [replace(item, condition=hidden.get(item.at, item.condition)) for item in rules]
    return reading, [(hidden[item.at], item.condition) for item in rules if item.at in hidden]


def broken_list(rules: Sequence[Asked], dialect: SqlDialect) -> str:
    """A list of int32: the positions of the rules that the row breaks."""
    return dialect.present([(item.condition, str(item.at)) for item in rules])


def warned_list(rules: Sequence[Asked], schema: pa.Schema, guard: Guard, dialect: SqlDialect) -> str:
    """A list of structs (rule: int32, value: string): the rules that the row breaks, with the value of their column."""
    items: list[tuple[str, str]] = []
    for item in rules:
        sample = _sample(item.rule, schema, guard, dialect)
        items.append((item.condition, dialect.struct([("rule", str(item.at)), ("value", sample)])))
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
