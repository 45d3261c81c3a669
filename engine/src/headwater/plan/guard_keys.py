"""Fourth pass: a row without its key cannot be merged; it is rejected, with the reason, at the end of the chain."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pyarrow as pa

from headwater.plan.draft import Draft, Drafted
from headwater.plan.model import Step
from headwater.sdk.destination import Write
from headwater.sdk.processor import Dialect, Reject, Rule
from headwater.sdk.stream import Predicate
from headwater.toolkit.identifiers import quote_identifier


@dataclass(frozen=True, slots=True)
class IsNull:
    """`column IS NULL`, made here so that a chain without expressions never loads the expression parser."""

    column: str

    @property
    def columns(self) -> frozenset[str]:
        return frozenset((self.column,))

    def sql(self, dialect: Dialect) -> str:
        quoted = quote_identifier(self.column) if dialect == "duckdb" else f"`{self.column.replace('`', '``')}`"
        return f"{quoted} IS NULL"

    def predicates(self, schema: pa.Schema) -> tuple[Predicate, ...]:
        return (Predicate(self.column, "is_null"),) if self.column in schema.names else ()


def guard_keys(draft: Draft) -> Draft:
    return replace(draft, chains=tuple(_guarded(item) for item in draft.chains))


def _guarded(item: Drafted) -> Drafted:
    chain, schema = item.chain, item.schema
    keys = [load.key for load in chain.loads if load.write in (Write.MERGE, Write.SCD2)]
    columns = dict.fromkeys(column for key in keys for column in key if schema.field(column).nullable)
    # A primary key that the source itself enforces, and that no step has touched, has no NULL in it.
    enforced = () if chain.steps else chain.scan.stream.primary_key
    rules = tuple(
        Rule(f"key_not_null:{column}", column, IsNull(column), f"the key column {column} is empty")
        for column in columns
        if column not in enforced
    )
    if not rules:
        return item
    step = Step(len(chain.steps) + 1, "key", "key", schema, schema, operations=(Reject(rules),))
    return replace(item, chain=replace(chain, steps=(*chain.steps, step)))
