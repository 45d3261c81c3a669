"""What a pipeline shows of its runs and schedules. Those nouns stand above this one, so they plug in what they know:
`app.state.activity` answers `Activity`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal, Protocol
from uuid import UUID

from fastapi import Depends, Request
from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema, from_json
from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.catalog.step_schemas import Fault, Named
from headwater_server.kit.answers import Raw

RunStatus = Literal["queued", "running", "retrying", "cancelling", "succeeded", "failed", "cancelled"]
Trigger = Literal["manual", "api", "schedule", "after", "retry", "replay", "backfill"]
NONE = Raw("[]")
UNFINISHED: frozenset[str] = frozenset({"queued", "running", "retrying", "cancelling"})


class RowCounts(BaseModel):
    """Rows of a run: read = filtered + rejected + deduplicated + written for chains that keep rows."""

    read: int
    filtered: int
    rejected: int
    deduplicated: int
    written: int


class RunSummary(BaseModel):
    """A run, as lists show it."""

    id: UUID
    pipeline: Named
    version: int
    status: RunStatus
    trigger: Trigger
    attempt: int
    requested_by: str | None
    schedule: Named | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    took_s: float | None
    rows: RowCounts
    bytes: int | None
    error: Fault | None
    retry_of: UUID | None


class RecentRun(BaseModel):
    """A bar in the small chart of a pipeline's last runs."""

    run_id: UUID
    status: RunStatus
    started_at: datetime | None
    took_s: float | None
    rows_written: int
    rows_rejected: int


class _ToldByTheDatabase:
    """Annotates JSON that the database has put together in this shape: it is described, and not looked at."""

    def __init__(self, shape: Any) -> None:
        self._shape = shape

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        shape = handler.generate_schema(self._shape)
        return core_schema.lax_or_strict_schema(
            core_schema.is_instance_schema(Raw),
            shape,
            serialization=core_schema.plain_serializer_function_ser_schema(_read),
            metadata={"pydantic_js_annotation_functions": [lambda _, describe: describe(shape)]},
        )


def _read(told: Raw) -> Any:
    return from_json(told.text)


# A page has 1,500 of them.
RecentRuns = Annotated[Raw, _ToldByTheDatabase(list[RecentRun])]


class ScheduleBrief(BaseModel):
    """When a pipeline runs by itself."""

    id: UUID
    name: str
    explanation: str
    next_at: datetime | None
    enabled: bool


@dataclass(frozen=True, slots=True)
class PipelineActivity:
    """Of one pipeline; `recent` is JSON of `RecentRun`s, the newest last, 30 at most."""

    last_run: RunSummary | None = None
    recent: Raw = NONE
    schedules: Sequence[ScheduleBrief] = ()


class Activity(Protocol):
    """What runs and schedules know of pipelines."""

    async def of(self, session: AsyncSession, pipeline_ids: Sequence[UUID]) -> Mapping[UUID, PipelineActivity]:
        """For each pipeline that has any."""
        ...


@dataclass(frozen=True, slots=True)
class NoActivity:
    """Before anything has run."""

    known: Mapping[UUID, PipelineActivity] = field(default_factory=dict[UUID, PipelineActivity])

    async def of(self, session: AsyncSession, pipeline_ids: Sequence[UUID]) -> Mapping[UUID, PipelineActivity]:
        return self.known


async def _used(request: Request) -> Activity:
    return request.app.state.activity


UsedActivity = Annotated[Activity, Depends(_used)]
