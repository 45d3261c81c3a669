"""Shapes of schedules in the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from headwater_server.catalog.step_schemas import Body, Named
from headwater_server.kit.documents import Document
from headwater_server.kit.names import Name

TickState = Literal["next", "fired", "skipped", "missed", "waiting"]


class ScheduleIn(Body):
    """A schedule as it should be."""

    name: Name
    document: Document = Field(description="As in a project file: pipeline, cron or every or after, timezone …")


class ScheduleOut(BaseModel):
    """When a pipeline runs by itself."""

    id: UUID
    name: str
    pipeline: Named
    document: dict[str, Any]
    explanation: str
    timezone: str
    enabled: bool
    next_at: datetime | None = Field(description="When it fires next; null: it is paused, over, or follows others.")
    revision: int
    created_at: datetime
    updated_at: datetime


class TickOut(BaseModel):
    """One tick. `waiting`: it is due, and waits for other pipelines."""

    due_at: datetime
    state: TickState
    reason: str | None
    run_id: UUID | None
    late_s: float | None


class SchedulePreviewIn(Body):
    """A document to try."""

    document: Document


class SchedulePreview(BaseModel):
    """What a document means."""

    explanation: str
    next: list[datetime] = Field(description="Its next ten ticks.")


class BackfillIn(Body):
    """A range of the past."""

    from_: AwareDatetime = Field(alias="from", description="First moment.")
    to: AwareDatetime = Field(description="Last moment, itself included.")
    dry_run: bool = Field(default=False, description="Only say which ticks lie in the range.")


class BackfillOut(BaseModel):
    """The ticks of the range, and the runs that were asked for, one for each."""

    ticks: list[datetime]
    runs: list[UUID]
