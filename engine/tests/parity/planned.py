"""A case as the planner plans it: chains of steps with every schema known, and what their values are guarded by."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from pkgutil import resolve_name

from parity.case import Case
from parity.tables import TABLES

from headwater.plan.apply import apply_processor
from headwater.plan.draft import Applied, Drafted, ProcessorFacts
from headwater.plan.model import Chain, Scan
from headwater.plan.new_streams import make_streams
from headwater.plan.protect import _protected
from headwater.plan.side_tables import _named
from headwater.sdk.processor import BatchProcessor, RelationalProcessor
from headwater.sdk.stream import Json, Stream
from headwater.spec.steps import ProcessorStep, StreamSpec

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def processor_targets() -> dict[str, str]:
    """Processor type → `module:Class`, of this distribution."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    return project["entry-points"]["headwater.processors"]


def processor_of(name: str, config: Mapping[str, Json]) -> Applied:
    made = resolve_name(processor_targets()[name])
    return made(made.config_type.model_validate(config))


def chains_of(case: Case) -> list[Chain]:
    """The chain of the case's stream, if the processor changes it, and those of the streams that it makes."""
    processor = processor_of(case.processor, case.config)
    facts = ProcessorFacts(1, case.processor, case.processor, ProcessorStep(type=case.processor), "step", processor)
    streams = [_drafted(name) for name in dict.fromkeys((case.table, *case.others))]
    changed: list[Drafted] = []
    if isinstance(processor, (RelationalProcessor, BatchProcessor)):
        changed.append(apply_processor(streams[0], facts, streams))
    chosen = streams if case.processor == "sql" else streams[:1]
    made = (*changed, *make_streams(facts, chosen, streams))
    return [_named(_protected(item.chain), item.chain.name) for item in made]


def _drafted(name: str) -> Drafted:
    schema = TABLES[name]().schema
    scan = Scan("source", Stream(name, schema), "source", columns=tuple(schema.names))
    return Drafted(Chain(name, scan), StreamSpec(name=name), "stream")
