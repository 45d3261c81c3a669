"""Tables of runs: what was asked for, each attempt at it, and what it told on the way."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, deferred, mapped_column

from headwater_server.db.base import Base, Created, Id

STATUSES = ("queued", "running", "retrying", "cancelling", "succeeded", "failed", "cancelled")
LIVE = ("queued", "running", "retrying", "cancelling")
TRIGGERS = ("manual", "api", "schedule", "after", "retry", "replay", "backfill")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} in ({', '.join(repr(value) for value in values)})"


class Run(Base):
    """The row is the queue: a worker claims it here.

    `engine_run_id` is the id under which the engine works: the run's own, or that of an earlier run of the pipeline
    that ended without knowing what it had committed. While `unsettled`, nobody knows what this one committed.
    `tries` counts attempts since rows last got through, without those that lost their worker: these `worker_losses`
    counts. `not_before` holds a retry back.
    """

    __tablename__ = "runs"
    __table_args__ = (
        CheckConstraint(_one_of("status", STATUSES), name="known_status"),
        CheckConstraint(_one_of('"trigger"', TRIGGERS), name="known_trigger"),
        # A pipeline never runs twice at once. Waiting for a retry counts: what it committed is to be found out first.
        Index(
            "uq_runs_pipeline_at_work",
            "pipeline_id",
            unique=True,
            postgresql_where=text("status in ('running', 'retrying', 'cancelling')"),
        ),
        Index(
            "ix_runs_waiting",
            text("priority desc"),
            "id",
            postgresql_where=text("status in ('queued', 'retrying')"),
        ),
        Index("ix_runs_unsettled", "pipeline_id", postgresql_where=text("unsettled")),
        Index("ix_runs_pipeline_id_id", "pipeline_id", "id"),
        Index("ix_runs_status_id", "status", "id"),
        Index("ix_runs_schedule_id_id", "schedule_id", "id", postgresql_where=text("schedule_id is not null")),
        Index("ix_runs_finished_at", "finished_at"),
        Index("ix_runs_last_success", "pipeline_id", "finished_at", postgresql_where=text("status = 'succeeded'")),
    )

    id: Mapped[Id]
    pipeline_id: Mapped[UUID] = mapped_column(ForeignKey("pipelines.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(Text, server_default="queued")
    trigger: Mapped[str] = mapped_column(Text)
    priority: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    parameters: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    connectors: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    requested_by: Mapped[str | None] = mapped_column(Text)
    schedule_id: Mapped[UUID | None] = mapped_column(Uuid)
    due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    retry_of: Mapped[UUID | None] = mapped_column(Uuid)
    attempt: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    tries: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    worker_losses: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    not_before: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    worker_id: Mapped[UUID | None] = mapped_column(Uuid)
    engine_run_id: Mapped[str] = mapped_column(Text)
    resumed: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    unsettled: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[Created]
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    cancelled_by: Mapped[str | None] = mapped_column(Text)
    rows_read: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    rows_filtered: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    rows_rejected: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    rows_deduplicated: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    rows_written: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    error: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    report: Mapped[dict[str, Any] | None] = deferred(mapped_column(JSONB))


class RunAttempt(Base):
    """One engine process at work on a run."""

    __tablename__ = "run_attempts"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    attempt: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    worker: Mapped[str] = mapped_column(Text)
    started_at: Mapped[Created]
    engine_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    status: Mapped[str] = mapped_column(Text, server_default="running")
    error: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    cpu_s: Mapped[float | None]
    peak_memory_bytes: Mapped[int | None] = mapped_column(BigInteger)


class RunEvent(Base):
    """A line of a run's log, an event of its engine, a change of its status, or a tick of a schedule.

    Ids rise; those of one attempt are written by one process, in order.
    """

    __tablename__ = "run_events"
    __table_args__ = (
        CheckConstraint("kind in ('log', 'event', 'status', 'tick')", name="known_kind"),
        Index("ix_run_events_run_id_id", "run_id", "id"),
        Index("ix_run_events_errors", "run_id", "id", postgresql_where=text("level = 'error'")),
        Index("ix_run_events_status", "id", postgresql_where=text("kind in ('status', 'tick')")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"))
    attempt: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    at: Mapped[Created]
    kind: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    stream: Mapped[str | None] = mapped_column(Text)
    event: Mapped[str | None] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class RunProgress(Base):
    """Where a stream of a run stands: one row, written over."""

    __tablename__ = "run_progress"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    stream: Mapped[str] = mapped_column(Text, primary_key=True)
    attempt: Mapped[int] = mapped_column(Integer)
    read: Mapped[int] = mapped_column(BigInteger)
    filtered: Mapped[int] = mapped_column(BigInteger)
    rejected: Mapped[int] = mapped_column(BigInteger)
    deduplicated: Mapped[int] = mapped_column(BigInteger)
    passed: Mapped[int] = mapped_column(BigInteger)
    row_estimate: Mapped[int | None] = mapped_column(BigInteger)
    rows_per_s: Mapped[float | None]
    at: Mapped[Created]
