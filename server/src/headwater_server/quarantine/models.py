"""Tables of rejected rows: the files as the engine wrote them, and what became of their rows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, Integer, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from headwater_server.db.base import Base, Created, Id


class QuarantineFile(Base):
    """The rejected rows of one stream in one run. `kept_at`: the file was too large for the database, and stands on
    the worker named there.
    """

    __tablename__ = "quarantine_files"
    __table_args__ = (
        Index("ix_quarantine_files_pipeline_id_id", "pipeline_id", "id"),
        Index("uq_quarantine_files_file_name", "pipeline_id", "stream", "file_name", unique=True),
    )

    id: Mapped[Id]
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("runs.id", ondelete="SET NULL"), index=True)
    pipeline_id: Mapped[UUID] = mapped_column(ForeignKey("pipelines.id", ondelete="CASCADE"))
    stream: Mapped[str] = mapped_column(Text)
    engine_run_id: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str] = mapped_column(Text)
    rows: Mapped[int] = mapped_column(BigInteger)
    open_rows: Mapped[int] = mapped_column(BigInteger)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    rules: Mapped[list[Any]] = mapped_column(JSONB)
    kept_at: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Created]


class QuarantineChunk(Base):
    """A part of a file's bytes."""

    __tablename__ = "quarantine_chunks"

    file_id: Mapped[UUID] = mapped_column(ForeignKey("quarantine_files.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class QuarantineRow(Base):
    """What became of a row; rows that nothing happened to have none here."""

    __tablename__ = "quarantine_rows"
    __table_args__ = (CheckConstraint("status in ('open', 'replayed', 'dismissed')", name="known_status"),)

    file_id: Mapped[UUID] = mapped_column(ForeignKey("quarantine_files.id", ondelete="CASCADE"), primary_key=True)
    row: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    status: Mapped[str] = mapped_column(Text, server_default=text("'open'"))
    edited: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    note: Mapped[str | None] = mapped_column(Text)
    by: Mapped[str] = mapped_column(Text)
    run_id: Mapped[UUID | None] = mapped_column(Uuid)
    at: Mapped[Created]
