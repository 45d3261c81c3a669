"""Tables of schedules and of their ticks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from headwater_server.db.base import Base, Created, Id, Updated

TICK_STATES = ("fired", "skipped", "missed", "waiting")


class Schedule(Base):
    """`document` is what stands in a project file under the schedule's name.

    `next_due_at` is the next tick, `next_at` when it fires (with its jitter); both null when nothing will. What
    schedules that only follow other pipelines have seen lies before `seen_until`.
    """

    __tablename__ = "schedules"
    __table_args__ = (
        Index("ix_schedules_next_at", "next_at", postgresql_where=text("enabled and next_at is not null")),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(Text, unique=True)
    pipeline_id: Mapped[UUID] = mapped_column(ForeignKey("pipelines.id", ondelete="CASCADE"), index=True)
    document: Mapped[dict[str, Any]]
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    next_due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    next_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    seen_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revision: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    created_at: Mapped[Created]
    updated_at: Mapped[Updated]


class ScheduleAfter(Base):
    """A schedule follows, or waits for, a pipeline."""

    __tablename__ = "schedule_after"

    schedule_id: Mapped[UUID] = mapped_column(ForeignKey("schedules.id", ondelete="CASCADE"), primary_key=True)
    pipeline_id: Mapped[UUID] = mapped_column(
        ForeignKey("pipelines.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class ScheduleTick(Base):
    """A tick that is over. The key is what lets it fire once."""

    __tablename__ = "schedule_ticks"
    __table_args__ = (
        CheckConstraint("state in ('fired', 'skipped', 'missed', 'waiting')", name="known_state"),
        Index("ix_schedule_ticks_waiting", "schedule_id", postgresql_where=text("state = 'waiting'")),
        Index("ix_schedule_ticks_decided_at", "decided_at"),
    )

    schedule_id: Mapped[UUID] = mapped_column(ForeignKey("schedules.id", ondelete="CASCADE"), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    run_id: Mapped[UUID | None] = mapped_column(Uuid)
    late_s: Mapped[float | None]
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    decided_at: Mapped[Created]
