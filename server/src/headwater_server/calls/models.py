"""Tables of workers, and of what they are asked to find out."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, DateTime, Index, Integer, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from headwater_server.db.base import Base, Created, Id


class Worker(Base):
    """A worker process. It is alive while its heartbeat is young, by the database's clock."""

    __tablename__ = "workers"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(Text)
    concurrency: Mapped[int] = mapped_column(Integer)
    version: Mapped[str] = mapped_column(Text)
    started_at: Mapped[Created]
    heartbeat_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now(), index=True)
    stopping: Mapped[bool] = mapped_column(server_default=text("false"))


class Call(Base):
    """A question to a worker, and its answer, in which columns keep their order. `request` holds no secret but sealed
    ones.
    """

    __tablename__ = "calls"
    __table_args__ = (
        CheckConstraint("status in ('queued', 'running', 'done', 'failed')", name="known_status"),
        Index("ix_calls_waiting", "created_at", postgresql_where=text("status = 'queued'")),
        Index("ix_calls_created_at", "created_at"),
    )

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(Text)
    request: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(Text, server_default="queued")
    timeout_s: Mapped[float]
    worker_id: Mapped[UUID | None] = mapped_column(Uuid)
    response: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    error: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[Created]
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
