"""Shapes of the overview."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from headwater_server.catalog.step_schemas import Named
from headwater_server.pipelines.activity import RecentRuns, RunSummary


class PipelineRecent(BaseModel):
    """The last runs of a pipeline, newest last."""

    id: UUID
    name: str
    recent: RecentRuns


class NextTick(BaseModel):
    """A schedule that fires soon."""

    schedule: Named
    pipeline: Named
    due_at: datetime


class Day(BaseModel):
    """What ended on a day (UTC)."""

    day: date
    runs: int
    succeeded: int
    failed: int
    rows_read: int
    rows_written: int
    rows_rejected: int
    bytes: int


class Overview(BaseModel):
    """What a person wants to know first. Lists hold the newest, 20 at most; days without runs are there too. `failed`:
    the last word of their pipelines, not those that a later run has made good.
    """

    pipelines: list[PipelineRecent]
    running: list[RunSummary]
    failed: list[RunSummary]
    next: list[NextTick]
    days: list[Day]
    open_rejected_rows: int
    workers: int
