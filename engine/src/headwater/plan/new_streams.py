"""Streams that a processor makes of others: each is a chain of its own, whose rows come of a query."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from headwater.plan.apply import placed
from headwater.plan.bind import Binder
from headwater.plan.draft import Drafted, ProcessorFacts
from headwater.plan.model import Chain, Scan, Side
from headwater.sdk.errors import ConfigError, UnknownColumn, UnknownName
from headwater.sdk.processor import NewStream, StreamMaker
from headwater.sdk.stream import Stream
from headwater.spec.steps import StreamSpec


def make_streams(facts: ProcessorFacts, chosen: Sequence[Drafted], chains: Sequence[Drafted]) -> list[Drafted]:
    """One chain per new stream. Raises ConfigError for names that are taken, inputs that do not exist and queries
    that fail.
    """
    processor = facts.processor
    if not isinstance(processor, StreamMaker):
        return []
    by_name = {item.chain.name: item.chain for item in chosen}
    try:
        made = processor.new_streams({name: chain.schema for name, chain in by_name.items()})
    except ConfigError as error:
        raise placed(error, facts.place) from error
    taken = {item.chain.name for item in chains}
    drafted: list[Drafted] = []
    for new in made:
        if new.name in taken:
            raise ConfigError(
                f"{facts.place}: there is a stream {new.name!r} already",
                hint="give the new stream another name",
                code="config.duplicate_stream",
            )
        taken.add(new.name)
        drafted.append(_drafted(facts, new, by_name))
    return drafted


def _drafted(facts: ProcessorFacts, new: NewStream, chains: dict[str, Chain]) -> Drafted:
    for name in new.inputs:
        if name not in chains:
            raise UnknownName("stream", name, chains, place=facts.place)
    schema = _query_schema(new, {name: chains[name].schema for name in new.inputs}, facts.place)
    for column in new.primary_key:
        if column not in schema.names:
            raise UnknownColumn(column, schema.names, place=f"{facts.place}, primary key of {new.name!r}")
    stream = Stream(new.name, schema, primary_key=new.primary_key)
    scan = Scan("", stream, facts.place, primary_key=new.primary_key, columns=tuple(schema.names))
    sides = tuple(Side(name, chains[name]) for name in new.inputs)
    return Drafted(
        Chain(new.name, scan, notes=new.notes, sides=sides, derived=new), StreamSpec(name=new.name), facts.place
    )


def _query_schema(new: NewStream, inputs: dict[str, pa.Schema], place: str) -> pa.Schema:
    binder = Binder(inputs, place=place)
    try:
        return binder.query(new.query)
    finally:
        binder.close()
