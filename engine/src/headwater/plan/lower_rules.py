"""The lists of broken rules, and a row as it may be shown, as DuckDB SQL."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from headwater.plan.model import Guard
from headwater.sdk.processor import AmongRows, Rule
from headwater.toolkit.identifiers import quote_identifier, quote_literal

WITHHELD = "(protected)"
SAMPLE_CHARS = 100


def broken_list(rules: Sequence[tuple[int, Rule]], among: str | None = None) -> str:
    """INTEGER[]: the positions of the rules that the row breaks. `among` is the condition of rows that count as other
    rows.
    """
    items = ", ".join(f"CASE WHEN ({_broken(rule, among)}) THEN {at} END" for at, rule in rules)
    return f"list_filter([{items}], lambda x: x IS NOT NULL)"


def warned_list(rules: Sequence[tuple[int, Rule]], guard: Guard, among: str | None = None) -> str:
    """STRUCT(rule INTEGER, value VARCHAR)[]: the rules that the row breaks, with the value of their column."""
    items = ", ".join(
        f"CASE WHEN ({_broken(rule, among)}) THEN {{'rule': {at}, 'value': {_sample(rule, guard)}}} END"
        for at, rule in rules
    )
    return f"list_filter([{items}], lambda x: x IS NOT NULL)"


def _broken(rule: Rule, among: str | None) -> str:
    if among is not None and isinstance(rule.broken, AmongRows):
        return rule.broken.sql_among("duckdb", among)
    return rule.broken.sql("duckdb")


def _sample(rule: Rule, guard: Guard) -> str:
    if rule.column is None:
        return "NULL::VARCHAR"
    return f"left({_shown(rule.column, guard)}::VARCHAR, {SAMPLE_CHARS})"


def shown_row(schema: pa.Schema, guard: Guard) -> str:
    """The row as a JSON text."""
    pairs = ", ".join(f"{quote_literal(name)}: {_shown(name, guard)}" for name in schema.names)
    return f"to_json({{{pairs}}})::VARCHAR"


def _shown(column: str, guard: Guard) -> str:
    if column not in guard:
        return quote_identifier(column)
    shown = guard[column]
    return quote_literal(WITHHELD) if shown is None else shown.sql("duckdb")
