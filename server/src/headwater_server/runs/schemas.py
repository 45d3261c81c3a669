"""Shapes of runs in the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from headwater_server.catalog.step_schemas import Body, Fault
from headwater_server.kit.documents import Document
from headwater_server.pipelines.activity import RunSummary

Level = Literal["debug", "info", "warning", "error"]


class RunIn(Body):
    """What to run of a pipeline."""

    streams: list[str] = Field(default=[], max_length=1000, description="Names or globs; none: all streams.")
    full_refresh: bool = Field(default=False, description="Read everything again and rebuild the tables.")
    priority: int = Field(default=0, ge=-100, le=100, description="Higher goes first in the queue.")
    if_running: Literal["queue", "refuse"] = Field(
        default="queue", description="What to do when the pipeline is at work: wait behind it, or answer 409."
    )


class StreamProgress(BaseModel):
    """Where one stream of a run stands. `rows_per_s` is the speed of reading just now."""

    read: int
    filtered: int
    rejected: int
    deduplicated: int
    passed: int
    row_estimate: int | None
    rows_per_s: float | None


class AttemptOut(BaseModel):
    """One engine process at work on a run."""

    attempt: int
    worker: str
    started_at: datetime
    finished_at: datetime | None
    status: Literal["running", "succeeded", "failed", "cancelled"]
    error: Fault | None
    cpu_s: float | None
    peak_memory_bytes: int | None


class RunDetail(RunSummary):
    """A run with all that is known of it."""

    parameters: dict[str, Any] = Field(
        description="What was asked for: streams, full_refresh, and what a replay takes."
    )
    document: dict[str, Any] = Field(description="The pipeline as it is run.")
    report: dict[str, Any] | None = Field(description="The engine's report; see docs/reference/run-report.md.")
    progress: dict[str, StreamProgress] = Field(description="By stream.")
    attempts: list[AttemptOut]
    retry_at: datetime | None = Field(description="When a run that waits for its next attempt begins it.")
    queue_position: int | None = Field(description="How many runs that wait go first; null when it does not wait.")


class RunIds(Body):
    """Several runs at once."""

    ids: list[UUID] = Field(min_length=1, max_length=500)


class BulkItem(BaseModel):
    """What became of one of several runs. `run_id` is the run itself, or the new one of a retry."""

    id: UUID
    run_id: UUID | None
    error: Fault | None


class BulkOut(BaseModel):
    """What became of each, in the order they were asked for."""

    items: list[BulkItem]


class LogLine(BaseModel):
    """A line of a run's log."""

    id: int
    at: datetime
    attempt: int
    level: Level
    stream: str | None
    event: str | None
    message: str
    facts: dict[str, Any] | None


class LogPage(BaseModel):
    """Some lines, oldest first. Give the first id as `before`, or the last as `after`, to go on."""

    items: list[LogLine]
    more_before: bool
    more_after: bool


class FirstError(BaseModel):
    """Where the first error stands in the log."""

    id: int | None


class Check(BaseModel):
    """A rule or proof of a load, as the run's report has it."""

    stream: str
    destination: str
    table: str
    name: str
    passed: bool
    kind: str | None
    severity: str | None
    facts: dict[str, Any] = Field(description="All that the report says about it.")


class Checks(BaseModel):
    """Of all loads of a run."""

    items: list[Check]


class Span(BaseModel):
    """When a stream was worked on. `step` is `read` for a stream, `load` for what reached a destination."""

    stream: str
    step: Literal["read", "load"]
    destination: str | None
    attempt: int
    started_at: datetime
    finished_at: datetime | None
    status: str


class Timeline(BaseModel):
    """What happened when, in the order it began."""

    items: list[Span]


class StreamStateOut(BaseModel):
    """Where a stream stands at a destination. `checkpoint` null: the next run reads from the beginning."""

    stream: str
    destination: str
    table: str
    checkpoint: dict[str, Any] | None
    load_id: str | None
    committed_at: datetime | None


class StateOut(BaseModel):
    """Where all streams of a pipeline stand, as their destinations hold it."""

    streams: list[StreamStateOut]


class StateIn(Body):
    """Let a stream go on from elsewhere. `checkpoint` null: forget where it stands."""

    stream: str = Field(min_length=1, max_length=1000)
    checkpoint: Document | None = Field(description="As `state` shows it.")
