"""Tables of pipelines and of every version they ever had."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from headwater_server.db.base import Base, Created, Id, Updated


class Pipeline(Base):
    """The newest version; `document` is what stands in a project file under the pipeline's name."""

    __tablename__ = "pipelines"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(Text, unique=True)
    description: Mapped[str | None] = mapped_column(Text)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    revision: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    created_at: Mapped[Created]
    updated_at: Mapped[Updated]


class PipelineVersion(Base):
    """A document as it was saved; rows are only ever added."""

    __tablename__ = "pipeline_versions"

    pipeline_id: Mapped[UUID] = mapped_column(ForeignKey("pipelines.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(Text)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    author: Mapped[str] = mapped_column(Text)
    message: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Created]
