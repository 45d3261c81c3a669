"""SQL of processors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import column, delete, insert, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.db.search import contains
from headwater_server.kit.names import id_of
from headwater_server.processors.models import Processor, ProcessorUse

# Pipelines stand above processors: only their table is known here.
_PIPELINES = table("pipelines", column("id"), column("name"))


async def page(
    session: AsyncSession, *, q: str | None, type_name: str | None, after: str | None, limit: int
) -> Sequence[Processor]:
    """In the order of names."""
    wanted = select(Processor).order_by(Processor.name).limit(limit)
    if q:
        wanted = wanted.where(contains(q, Processor.name, Processor.description, Processor.type))
    if type_name is not None:
        wanted = wanted.where(Processor.type == type_name)
    if after is not None:
        wanted = wanted.where(Processor.name > after)
    return (await session.execute(wanted)).scalars().all()


async def by_ref(session: AsyncSession, ref: str, *, lock: bool = False) -> Processor | None:
    """By id, or by name."""
    identity = id_of(ref)
    wanted = select(Processor).where(Processor.name == ref if identity is None else Processor.id == identity)
    return (await session.execute(wanted.with_for_update() if lock else wanted)).scalar_one_or_none()


async def by_names(session: AsyncSession, names: Iterable[str]) -> dict[str, Processor]:
    found = (await session.execute(select(Processor).where(Processor.name.in_(list(names))))).scalars()
    return {item.name: item for item in found}


async def all_of_them(session: AsyncSession) -> Sequence[Processor]:
    return (await session.execute(select(Processor).order_by(Processor.name))).scalars().all()


async def types_by_name(session: AsyncSession) -> dict[str, str]:
    """Every name with its type: to say what exists."""
    return {row.name: row.type for row in await session.execute(select(Processor.name, Processor.type))}


async def save(session: AsyncSession, processor: Processor) -> None:
    """New or changed. Raises IntegrityError when the name is taken."""
    session.add(processor)
    await session.flush()
    await session.refresh(processor)


async def remove(session: AsyncSession, processor: Processor) -> None:
    """Raises IntegrityError when a pipeline has begun to use it."""
    await session.delete(processor)
    await session.flush()


async def uses(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, list[tuple[UUID, str]]]:
    """Per processor id and name of the pipelines that use it."""
    rows = await session.execute(
        select(ProcessorUse.processor_id, _PIPELINES.c.id, _PIPELINES.c.name)
        .join(_PIPELINES, _PIPELINES.c.id == ProcessorUse.pipeline_id)
        .where(ProcessorUse.processor_id.in_(list(ids)))
        .order_by(_PIPELINES.c.name)
    )
    found: dict[UUID, list[tuple[UUID, str]]] = {}
    for processor_id, pipeline_id, name in rows:
        found.setdefault(processor_id, []).append((pipeline_id, name))
    return found


async def replace_uses(session: AsyncSession, pipeline_id: UUID, processor_ids: Iterable[UUID]) -> None:
    """What one pipeline uses."""
    await session.execute(delete(ProcessorUse).where(ProcessorUse.pipeline_id == pipeline_id))
    rows = [{"processor_id": item, "pipeline_id": pipeline_id} for item in sorted(set(processor_ids))]
    if rows:
        await session.execute(insert(ProcessorUse), rows)
