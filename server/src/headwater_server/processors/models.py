"""Tables of processors, and of who uses them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from headwater_server.db.base import Base, Created, Id, Updated


class Processor(Base):
    """`config` holds no secret; `sealed` holds them, by dotted path."""

    __tablename__ = "processors"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(Text, unique=True)
    type: Mapped[str] = mapped_column(Text, index=True)
    config: Mapped[dict[str, Any]] = mapped_column(JSON)
    sealed: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    description: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    created_at: Mapped[Created]
    updated_at: Mapped[Updated]


class ProcessorUse(Base):
    """A pipeline uses a processor, which can then not be deleted."""

    __tablename__ = "processor_uses"

    processor_id: Mapped[UUID] = mapped_column(ForeignKey("processors.id", ondelete="RESTRICT"), primary_key=True)
    pipeline_id: Mapped[UUID] = mapped_column(
        ForeignKey("pipelines.id", ondelete="CASCADE"), primary_key=True, index=True
    )
