"""SQL of connectors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, column, delete, func, insert, literal, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.connectors.models import Connector, ConnectorStream, ConnectorUse
from headwater_server.db.search import contains
from headwater_server.kit.names import id_of

# Pipelines stand above connectors: only their table is known here.
_PIPELINES = table("pipelines", column("id"), column("name"))


async def page(
    session: AsyncSession, *, q: str | None, type_name: str | None, after: str | None, limit: int
) -> Sequence[Connector]:
    """In the order of names."""
    wanted = select(Connector).order_by(Connector.name).limit(limit)
    if q:
        wanted = wanted.where(contains(q, Connector.name, Connector.description, Connector.type))
    if type_name is not None:
        wanted = wanted.where(Connector.type == type_name)
    if after is not None:
        wanted = wanted.where(Connector.name > after)
    return (await session.execute(wanted)).scalars().all()


async def by_ref(session: AsyncSession, ref: str, *, lock: bool = False) -> Connector | None:
    """By id, or by name."""
    identity = id_of(ref)
    wanted = select(Connector).where(Connector.name == ref if identity is None else Connector.id == identity)
    return (await session.execute(wanted.with_for_update() if lock else wanted)).scalar_one_or_none()


async def by_names(session: AsyncSession, names: Iterable[str]) -> dict[str, Connector]:
    found = (await session.execute(select(Connector).where(Connector.name.in_(list(names))))).scalars()
    return {item.name: item for item in found}


async def all_of_them(session: AsyncSession) -> Sequence[Connector]:
    return (await session.execute(select(Connector).order_by(Connector.name))).scalars().all()


async def types_by_name(session: AsyncSession) -> dict[str, str]:
    """Every name with its type: to say what exists."""
    return {row.name: row.type for row in await session.execute(select(Connector.name, Connector.type))}


async def add(session: AsyncSession, connector: Connector) -> None:
    """Raises IntegrityError when the name is taken."""
    session.add(connector)
    await session.flush()
    await session.refresh(connector)


async def remove(session: AsyncSession, connector: Connector) -> None:
    """Raises IntegrityError when a pipeline has begun to use it."""
    await session.delete(connector)
    await session.flush()


async def save(session: AsyncSession, connector: Connector) -> None:
    await session.flush()
    await session.refresh(connector)


async def uses(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, list[tuple[UUID, str]]]:
    """Per connector id and name of the pipelines that use it."""
    rows = await session.execute(
        select(ConnectorUse.connector_id, _PIPELINES.c.id, _PIPELINES.c.name)
        .join(_PIPELINES, _PIPELINES.c.id == ConnectorUse.pipeline_id)
        .where(ConnectorUse.connector_id == any_(literal(list(ids), ARRAY(Uuid))))
        .order_by(_PIPELINES.c.name)
    )
    found: dict[UUID, list[tuple[UUID, str]]] = {}
    for connector_id, pipeline_id, name in rows:
        found.setdefault(connector_id, []).append((pipeline_id, name))
    return found


async def replace_uses(session: AsyncSession, pipeline_id: UUID, connector_ids: Iterable[UUID]) -> None:
    """What one pipeline uses."""
    await session.execute(delete(ConnectorUse).where(ConnectorUse.pipeline_id == pipeline_id))
    rows = [{"connector_id": item, "pipeline_id": pipeline_id} for item in sorted(set(connector_ids))]
    if rows:
        await session.execute(insert(ConnectorUse), rows)


async def replace_streams(session: AsyncSession, connector_id: UUID, streams: Iterable[Mapping[str, Any]]) -> None:
    """What discovery saw, in place of what it saw before. The caller has locked the connector."""
    await session.execute(delete(ConnectorStream).where(ConnectorStream.connector_id == connector_id))
    rows = [{"connector_id": connector_id, "name": item["name"], "document": dict(item)} for item in streams]
    if rows:
        await session.execute(insert(ConnectorStream), rows)


async def streams(
    session: AsyncSession, connector_id: UUID, *, q: str | None, after: str | None, limit: int
) -> Sequence[ConnectorStream]:
    """In the order of names."""
    wanted = select(ConnectorStream).where(*_streams_with(connector_id, q))
    if after is not None:
        wanted = wanted.where(ConnectorStream.name > after)
    return (await session.execute(wanted.order_by(ConnectorStream.name).limit(limit))).scalars().all()


async def stream_count(session: AsyncSession, connector_id: UUID, *, q: str | None) -> int:
    wanted = select(func.count()).select_from(ConnectorStream).where(*_streams_with(connector_id, q))
    return (await session.execute(wanted)).scalar_one()


def _streams_with(connector_id: UUID, q: str | None) -> list[ColumnElement[bool]]:
    ours = ConnectorStream.connector_id == connector_id
    return [ours, contains(q, ConnectorStream.name)] if q else [ours]


async def count(session: AsyncSession) -> int:
    return (await session.execute(select(func.count()).select_from(Connector))).scalar_one()
