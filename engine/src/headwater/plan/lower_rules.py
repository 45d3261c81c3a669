"""The lists of broken rules, and a row as it may be shown, as DuckDB SQL."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from headwater.plan.model import Guard
from headwater.sdk.processor import Rule
from headwater.toolkit.identifiers import quote_identifier, quote_literal

WITHHELD = "(protected)"
SAMPLE_CHARS = 100


def broken_list(rules: Sequence[tuple[int, Rule]]) -> str:
    """INTEGER[]: the positions of the rules that the row breaks."""
    items = ", ".join(f"CASE WHEN ({rule.broken.sql('duckdb')}) THEN {at} END" for at, rule in rules)
    return f"list_filter([{items}], lambda x: x IS NOT NULL)"


def warned_list(rules: Sequence[tuple[int, Rule]], guard: Guard) -> str:
    """STRUCT(rule INTEGER, value VARCHAR)[]: the rules that the row breaks, with the value of their column."""
    items = ", ".join(
        f"CASE WHEN ({rule.broken.sql('duckdb')}) THEN {{'rule': {at}, 'value': {_sample(rule, guard)}}} END"
        for at, rule in rules
    )
    return f"list_filter([{items}], lambda x: x IS NOT NULL)"


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
