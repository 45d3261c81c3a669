"""Drafts made by hand: what a pipeline says, and what its systems would have told."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

import pyarrow as pa
from unit.run.steps import (
    Batch,
    BatchConfig,
    Columns,
    ColumnsConfig,
    First,
    FirstConfig,
    Rules,
    RulesConfig,
    Sql,
    Where,
    WhereConfig,
)

from headwater.plan.draft import Applied, DestinationFacts, Draft, ProcessorFacts, SourceFacts
from headwater.plan.make import PASSES
from headwater.plan.model import Chain
from headwater.sdk.destination import Capabilities, Write
from headwater.sdk.processor import RelationalProcessor
from headwater.sdk.stream import Stream
from headwater.spec.load import parse_project

ORDERS = Stream(
    "public.orders",
    pa.schema([("id", pa.int64()), ("at", pa.int64()), ("n", pa.int64()), ("note", pa.string())]),
    primary_key=("id",),
    cursor_candidates=("at",),
)
LINES = Stream("public.lines", pa.schema([("order_id", pa.int64()), ("price", pa.float64())]))
EVERYTHING = Capabilities(writes=frozenset(Write))


def where(sql: str) -> Where:
    return Where(WhereConfig(where=sql))


def rules(**broken: str) -> Rules:
    return Rules(RulesConfig(rules=broken))


def columns(**outputs: str) -> Columns:
    return Columns(ColumnsConfig(columns=outputs))


def first(*key: str, by: str) -> First:
    return First(FirstConfig(key=key, by=by))


def batch() -> Batch:
    return Batch(BatchConfig())


def draft(
    *streams: str,
    steps: tuple[Applied, ...] = (),
    selected: str = '["*"]',
    known: tuple[Stream, ...] = (ORDERS, LINES),
    into: tuple[str, ...] = ("{connector: lake}",),
    can: Capabilities = EVERYTHING,
    also: str = "",
) -> Draft:
    """`steps` work on the streams that `selected` names."""
    written = ", ".join(f"{{type: any, streams: {selected}}}" for _ in steps)
    pipeline = parse_project(f"""
version: 1
connectors: {{shop: {{type: memory}}, lake: {{type: memory}}, pond: {{type: memory}}}}
pipelines:
  p:
    sources: [{{connector: shop, streams: [{", ".join(streams) or "public.orders"}]}}]
    processors: [{written}]
    destinations: [{", ".join(into)}]
{also}
""").pipeline("p")
    sources = tuple(SourceFacts("shop", step, "here, source 'shop'", known) for step in pipeline.sources)
    processors = tuple(
        ProcessorFacts(at + 1, f"step{at + 1}", "any", pipeline.processors[at], f"here, processor {at + 1}", step)
        for at, step in enumerate(steps)
    )
    destinations = tuple(
        DestinationFacts(f"{step.connector}-{at}" if at else step.connector or "", step, f"here, destination {at}", can)
        for at, step in enumerate(pipeline.destinations)
    )
    return Draft("p", pipeline, sources, processors, destinations, filter_of)


def filter_of(condition: str) -> RelationalProcessor:
    return where(condition)


def planned(given: Draft) -> tuple[Chain, ...]:
    done = reduce(lambda state, apply: apply(state), PASSES, given)
    return tuple(item.chain for item in done.chains)


def chain(*streams: str, **said: object) -> Chain:
    """The only chain of a plan."""
    (found,) = planned(draft(*streams, **said))  # pyright: ignore[reportArgumentType]
    return found


def with_columns(*names: str) -> Stream:
    return replace(ORDERS, name="odd", schema=pa.schema([(name, pa.int64()) for name in names]), primary_key=())


__all__ = [
    "LINES",
    "ORDERS",
    "Sql",
    "batch",
    "chain",
    "columns",
    "draft",
    "first",
    "planned",
    "rules",
    "where",
    "with_columns",
]
