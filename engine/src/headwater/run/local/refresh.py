"""A full refresh writes a merged table anew: then the engine itself keeps one row per key, as the merge would have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import pyarrow as pa

from headwater.plan.model import Chain, Step
from headwater.run.local.open_load import OpenLoad
from headwater.sdk.destination import Write
from headwater.sdk.processor import Dialect, Distinct, Expression
from headwater.sdk.stream import Predicate
from headwater.toolkit.identifiers import quote_identifier


@dataclass(frozen=True, slots=True)
class Column:
    name: str

    @property
    def columns(self) -> frozenset[str]:
        return frozenset((self.name,))

    def sql(self, dialect: Dialect) -> str:
        return quote_identifier(self.name) if dialect == "duckdb" else f"`{self.name.replace('`', '``')}`"

    def predicates(self, schema: pa.Schema) -> tuple[Predicate, ...]:
        return ()


def distinct_key(chain: Chain, load: OpenLoad) -> tuple[str, ...]:
    """The key by which rows of the load may not repeat, where nobody else sees to it."""
    if load.plan.write is not Write.MERGE or load.request.write is not Write.REPLACE:
        return ()
    unique = chain.scan.primary_key
    return () if unique and set(unique) <= set(load.plan.key) else load.plan.key


def with_one_row_per_key(chain: Chain, key: tuple[str, ...]) -> Chain:
    """The row with the highest cursor value stays, then the last to come: the one that a merge would have kept."""
    cursor, schema = chain.scan.cursor, chain.schema
    order: tuple[tuple[Expression, Literal["asc", "desc"]], ...] = ()
    if cursor is not None and cursor in schema.names:
        order = ((Column(cursor), "desc"),)
    number = max((step.number for step in chain.steps), default=0) + 1
    step = Step(number, "one row per key", "refresh", schema, schema, operations=(Distinct(key, order, last=True),))
    return replace(chain, steps=(*chain.steps, step))
