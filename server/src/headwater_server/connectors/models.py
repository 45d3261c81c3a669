"""Tables of connectors, of what is known of their streams, and of who uses them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, DateTime, ForeignKey, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from headwater_server.db.base import Base, Created, Id, Updated


class Connector(Base):
    """`config` holds no secret; `sealed` holds them, by dotted path."""

    __tablename__ = "connectors"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(Text, unique=True)
    type: Mapped[str] = mapped_column(Text, index=True)
    config: Mapped[dict[str, Any]] = mapped_column(JSON)
    sealed: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    description: Mapped[str | None] = mapped_column(Text)
    concurrency: Mapped[int | None] = mapped_column(Integer)
    revision: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    created_at: Mapped[Created]
    updated_at: Mapped[Updated]
    checked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    check_ok: Mapped[bool | None] = mapped_column(Boolean)
    check_message: Mapped[str | None] = mapped_column(Text)
    streams_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    streams_revision: Mapped[int | None] = mapped_column(Integer)


class ConnectorStream(Base):
    """One stream as discovery last saw it; `document` has columns, keys and cursors."""

    __tablename__ = "connector_streams"

    connector_id: Mapped[UUID] = mapped_column(ForeignKey("connectors.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)


class ConnectorUse(Base):
    """A pipeline uses a connector, which can then not be deleted."""

    __tablename__ = "connector_uses"

    connector_id: Mapped[UUID] = mapped_column(ForeignKey("connectors.id", ondelete="RESTRICT"), primary_key=True)
    pipeline_id: Mapped[UUID] = mapped_column(
        ForeignKey("pipelines.id", ondelete="CASCADE"), primary_key=True, index=True
    )
