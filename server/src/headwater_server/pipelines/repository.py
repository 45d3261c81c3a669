"""SQL of pipelines and their versions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from headwater_server.db.search import contains
from headwater_server.kit.names import id_of
from headwater_server.pipelines.models import Pipeline, PipelineVersion


class ListedPipeline(NamedTuple):
    """What lists show of a pipeline."""

    id: UUID
    name: str
    description: str | None
    revision: int
    version: int
    created_at: datetime
    updated_at: datetime


_LISTED = tuple(getattr(Pipeline, name) for name in ListedPipeline._fields)


async def page(session: AsyncSession, *, q: str | None, after: str | None, limit: int) -> list[ListedPipeline]:
    """In the order of names."""
    wanted = select(*_LISTED).order_by(Pipeline.name).limit(limit)
    if q:
        wanted = wanted.where(contains(q, Pipeline.name, Pipeline.description))
    if after is not None:
        wanted = wanted.where(Pipeline.name > after)
    return [ListedPipeline(*row) for row in await session.execute(wanted)]


async def by_ref(session: AsyncSession, ref: str, *, lock: bool = False) -> Pipeline | None:
    """By id, or by name."""
    identity = id_of(ref)
    wanted = select(Pipeline).where(Pipeline.name == ref if identity is None else Pipeline.id == identity)
    return (await session.execute(wanted.with_for_update() if lock else wanted)).scalar_one_or_none()


async def all_of_them(session: AsyncSession) -> Sequence[Pipeline]:
    return (await session.execute(select(Pipeline).order_by(Pipeline.name))).scalars().all()


async def names(session: AsyncSession) -> list[str]:
    return list((await session.execute(select(Pipeline.name).order_by(Pipeline.name))).scalars())


async def save(session: AsyncSession, pipeline: Pipeline) -> None:
    """New or changed. Raises IntegrityError when the name is taken."""
    session.add(pipeline)
    await session.flush()
    await session.refresh(pipeline)


async def remove(session: AsyncSession, pipeline: Pipeline) -> None:
    await session.delete(pipeline)
    await session.flush()


async def add_version(session: AsyncSession, pipeline: Pipeline, author: str, message: str | None) -> None:
    """Keep the pipeline as it is now under its current number."""
    session.add(
        PipelineVersion(
            pipeline_id=pipeline.id,
            number=pipeline.version,
            name=pipeline.name,
            document=pipeline.document,
            author=author,
            message=message,
        )
    )
    await session.flush()


async def versions(
    session: AsyncSession, pipeline_id: UUID, *, before: int | None, limit: int
) -> Sequence[PipelineVersion]:
    """Newest first, without their documents."""
    wanted = select(PipelineVersion).where(PipelineVersion.pipeline_id == pipeline_id)
    if before is not None:
        wanted = wanted.where(PipelineVersion.number < before)
    newest_first = wanted.order_by(PipelineVersion.number.desc()).limit(limit)
    return (await session.execute(newest_first.options(defer(PipelineVersion.document)))).scalars().all()


async def version(session: AsyncSession, pipeline_id: UUID, number: int) -> PipelineVersion | None:
    wanted = select(PipelineVersion).where(PipelineVersion.pipeline_id == pipeline_id, PipelineVersion.number == number)
    return (await session.execute(wanted)).scalar_one_or_none()


async def count(session: AsyncSession) -> int:
    return (await session.execute(select(func.count()).select_from(Pipeline))).scalar_one()
