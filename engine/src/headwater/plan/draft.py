"""What the passes work on: the written pipeline, the facts its connectors told, and the chains as far as they are
known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from headwater.plan.model import Chain
from headwater.sdk.destination import Capabilities
from headwater.sdk.processor import BatchProcessor, RelationalProcessor, StreamMaker
from headwater.sdk.stream import Stream
from headwater.spec.pipeline import PipelineSpec
from headwater.spec.steps import DestinationStep, ProcessorStep, SourceStep, StreamSpec

Applied = RelationalProcessor | BatchProcessor | StreamMaker


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A source step, with every stream its names and globs may mean."""

    key: str
    step: SourceStep
    place: str
    streams: tuple[Stream, ...]


@dataclass(frozen=True, slots=True)
class ProcessorFacts:
    number: int
    name: str
    type: str
    step: ProcessorStep
    place: str
    processor: Applied

    @staticmethod
    def of_filter(place: str, processor: RelationalProcessor) -> ProcessorFacts:
        """A stream's own `filter`: step 0."""
        return ProcessorFacts(0, "filter", "filter", ProcessorStep(type="filter"), place, processor)


@dataclass(frozen=True, slots=True)
class DestinationFacts:
    key: str
    step: DestinationStep
    place: str
    capabilities: Capabilities


@dataclass(frozen=True, slots=True)
class Draft:
    """`filter_of` turns a stream's `filter` text into a processor; it is only called when one is written. `only`
    narrows the plan to these streams (names or globs); none means all."""

    pipeline: str
    spec: PipelineSpec
    sources: tuple[SourceFacts, ...]
    processors: tuple[ProcessorFacts, ...]
    destinations: tuple[DestinationFacts, ...]
    filter_of: Callable[[str], RelationalProcessor]
    only: tuple[str, ...] = ()
    chains: tuple[Drafted, ...] = ()


@dataclass(frozen=True, slots=True)
class Drafted:
    """A chain with what was written about its stream."""

    chain: Chain
    spec: StreamSpec
    place: str

    @property
    def schema(self) -> pa.Schema:
        return self.chain.schema


Pass = Callable[[Draft], Draft]
