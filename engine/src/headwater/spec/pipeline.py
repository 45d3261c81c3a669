"""A pipeline: a chain of sources, processors and destinations, with what holds for all of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, model_validator

from headwater.spec.base import SpecModel, Text, fault, text_as
from headwater.spec.engines import EngineItem, LocalEngine
from headwater.spec.quantities import Bytes, Duration
from headwater.spec.steps import (
    DestinationItem,
    EvolutionPolicy,
    ProcessorItem,
    SourceItem,
    Verification,
)


class RetrySpec(SpecModel):
    """How often, and how long apart, a stream is tried again after an error that may pass."""

    attempts: int = Field(default=3, ge=1, le=100, description="Tries in all; 1 never tries again.")
    backoff: Duration = Field(
        default=timedelta(seconds=1), description="Wait before the second try; it doubles from try to try."
    )
    max_backoff: Duration = Field(default=timedelta(minutes=1), description="Longest wait between two tries.")
    jitter: float = Field(default=0.5, ge=0, le=1, description="Share of each wait that is random.")

    @model_validator(mode="after")
    def _longest_is_longest(self) -> RetrySpec:
        if self.max_backoff < self.backoff:
            key = "max_backoff" if "max_backoff" in self.model_fields_set else "backoff"
            raise fault("wrong_value", "'max_backoff' is shorter than 'backoff'", key=key)
        return self


class QuarantineSpec(SpecModel):
    """Where rejected rows are kept, and for how long. A bare text stands for `url`."""

    shorthand: ClassVar[str | None] = "url"

    url: Text | None = Field(
        default=None, description="Folder or object store. Default: .headwater/ beside the project file."
    )
    retention: Duration = Field(default=timedelta(days=30), description="Rejected rows older than this are deleted.")
    max_size: Bytes | None = Field(
        default=None,
        description="While the rejected rows of the pipeline take more disk than this, those of the oldest run are "
        "deleted; those of the newest run always stay.",
        examples=["1GB"],
    )
    limit: Annotated[int, Field(ge=0)] | Annotated[str, Field(pattern=r"^\d+(\.\d+)?%$")] | None = Field(
        default=None, description="A load with more rejected rows than this fails.", examples=[1000, "1%"]
    )


class PipelineSpec(SpecModel):
    """A chain: sources → processors → destinations. What flows along it is a set of named streams."""

    description: str | None = Field(default=None, description="What it is for, in a sentence.")
    sources: tuple[SourceItem, ...] = Field(min_length=1, description="Where streams come from.")
    processors: tuple[ProcessorItem, ...] = Field(default=(), description="What happens to them, in this order.")
    destinations: tuple[DestinationItem, ...] = Field(min_length=1, description="Where they go.")
    engine: EngineItem = Field(
        default=LocalEngine.model_construct(), description="Where it is computed: local, spark or databricks."
    )
    evolution: EvolutionPolicy = Field(
        default="evolve",
        description="What happens when a stream's columns have changed: evolve adds columns and widens "
        "types, freeze fails, ignore leaves new columns out. Destinations and streams may say otherwise.",
    )
    verify: Verification = Field(
        default="count",
        description="How each load is proved: the destination's own count, or a checksum of the content too.",
    )
    retries: RetrySpec = Field(
        default=RetrySpec.model_construct(), description="What happens after an error that may pass."
    )
    quarantine: Annotated[QuarantineSpec, BeforeValidator(text_as("url"))] = Field(
        default=QuarantineSpec.model_construct(), description="Where rejected rows are kept."
    )

    @model_validator(mode="after")
    def _step_names_differ(self) -> PipelineSpec:
        seen: set[str] = set()
        for index, step in enumerate(self.processors):
            if step.name is not None and step.name in seen:
                raise fault(
                    "duplicate_name",
                    f"two processors are named {step.name!r}",
                    key=f"processors[{index}].name",
                )
            if step.name is not None:
                seen.add(step.name)
        return self
