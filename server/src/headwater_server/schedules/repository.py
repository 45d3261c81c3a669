"""SQL of schedules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, any_, delete, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.db.search import contains
from headwater_server.kit.names import id_of
from headwater_server.pipelines.models import Pipeline
from headwater_server.schedules.models import Schedule, ScheduleAfter, ScheduleTick


async def now(session: AsyncSession) -> datetime:
    """By the database's clock, which all schedulers share; this very moment, not the transaction's."""
    return (await session.execute(select(func.clock_timestamp()))).scalar_one()


def _with_pipeline() -> Select[Schedule, str]:
    return select(Schedule, Pipeline.name).join(Pipeline, Pipeline.id == Schedule.pipeline_id)


async def page(
    session: AsyncSession, *, q: str | None, pipeline_id: UUID | None, after: str | None, limit: int
) -> list[tuple[Schedule, str]]:
    """In the order of names; one more than `limit`, when there is one."""
    wanted = _with_pipeline().order_by(Schedule.name).limit(limit + 1)
    if q:
        wanted = wanted.where(contains(q, Schedule.name, Pipeline.name))
    if pipeline_id is not None:
        wanted = wanted.where(Schedule.pipeline_id == pipeline_id)
    if after is not None:
        wanted = wanted.where(Schedule.name > after)
    return [(row[0], row[1]) for row in await session.execute(wanted)]


async def by_ref(session: AsyncSession, ref: str, *, lock: bool = False) -> tuple[Schedule, str] | None:
    identity = id_of(ref)
    wanted = _with_pipeline().where(Schedule.name == ref if identity is None else Schedule.id == identity)
    row = (await session.execute(wanted.with_for_update(of=Schedule) if lock else wanted)).first()
    return None if row is None else (row[0], row[1])


async def names(session: AsyncSession) -> list[str]:
    return list((await session.execute(select(Schedule.name).order_by(Schedule.name))).scalars())


async def all_of_them(session: AsyncSession) -> list[tuple[Schedule, str]]:
    return [(row[0], row[1]) for row in await session.execute(_with_pipeline().order_by(Schedule.name))]


class BriefSchedule(NamedTuple):
    """What a pipeline shows of a schedule."""

    id: UUID
    name: str
    pipeline_id: UUID
    document: dict[str, Any]
    next_at: datetime | None
    enabled: bool


_BRIEF = tuple(getattr(Schedule, name) for name in BriefSchedule._fields)


async def of_pipelines(session: AsyncSession, pipeline_ids: Sequence[UUID]) -> list[BriefSchedule]:
    among = any_(literal(list(pipeline_ids), ARRAY(Uuid)))
    wanted = select(*_BRIEF).where(Schedule.pipeline_id == among).order_by(Schedule.name)
    return [BriefSchedule(*row) for row in await session.execute(wanted)]


async def save(session: AsyncSession, schedule: Schedule, after: Sequence[UUID]) -> None:
    """New or changed, with the pipelines it follows. Raises IntegrityError when the name is taken."""
    session.add(schedule)
    await session.flush()
    await session.execute(delete(ScheduleAfter).where(ScheduleAfter.schedule_id == schedule.id))
    if after:
        rows = [{"schedule_id": schedule.id, "pipeline_id": pipeline_id} for pipeline_id in dict.fromkeys(after)]
        await session.execute(insert(ScheduleAfter), rows)
    await session.refresh(schedule)


async def remove(session: AsyncSession, schedule: Schedule) -> None:
    await session.delete(schedule)
    await session.flush()


async def ids_of_pipelines(session: AsyncSession, wanted: Sequence[str]) -> dict[str, UUID]:
    found = select(Pipeline.name, Pipeline.id).where(Pipeline.name.in_(wanted))
    return {row[0]: row[1] for row in await session.execute(found)}


async def names_of_pipelines(session: AsyncSession) -> list[str]:
    return list((await session.execute(select(Pipeline.name))).scalars())


async def due(session: AsyncSession, moment: datetime, limit: int) -> Sequence[Schedule]:
    """Schedules whose time has come, locked; what another scheduler is at is left to it."""
    wanted = (
        select(Schedule)
        .where(Schedule.enabled, Schedule.next_at <= moment)
        .order_by(Schedule.next_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.execute(wanted)).scalars().all()


async def next_in_s(session: AsyncSession) -> float | None:
    """Seconds until the next schedule fires."""
    wanted = text("""
        select extract(epoch from min(next_at) - clock_timestamp()) from schedules
        where enabled and next_at is not null
    """)
    found = (await session.execute(wanted)).scalar_one_or_none()
    return None if found is None else float(found)


async def pipeline(session: AsyncSession, pipeline_id: UUID) -> Pipeline:
    return await session.get_one(Pipeline, pipeline_id)


async def add_tick(session: AsyncSession, tick: dict[str, Any]) -> bool:
    """False when this tick was decided before: it does not fire again."""
    added = insert(ScheduleTick).values(**tick).on_conflict_do_nothing().returning(ScheduleTick.due_at)
    return (await session.execute(added)).first() is not None


async def change_tick(session: AsyncSession, schedule_id: UUID, due_at: datetime, **values: Any) -> None:
    mine = (ScheduleTick.schedule_id == schedule_id) & (ScheduleTick.due_at == due_at)
    await session.execute(update(ScheduleTick).where(mine).values(**values))


async def last_tick(session: AsyncSession, schedule_id: UUID, before: datetime) -> datetime | None:
    wanted = select(func.max(ScheduleTick.due_at)).where(
        ScheduleTick.schedule_id == schedule_id, ScheduleTick.due_at < before
    )
    return (await session.execute(wanted)).scalar_one_or_none()


async def ticks(
    session: AsyncSession, schedule_id: UUID, *, since: datetime, until: datetime, after: datetime | None, limit: int
) -> Sequence[ScheduleTick]:
    """In order."""
    wanted = select(ScheduleTick).where(
        ScheduleTick.schedule_id == schedule_id, ScheduleTick.due_at >= since, ScheduleTick.due_at <= until
    )
    if after is not None:
        wanted = wanted.where(ScheduleTick.due_at > after)
    return (await session.execute(wanted.order_by(ScheduleTick.due_at).limit(limit))).scalars().all()


async def waiting_ticks(session: AsyncSession, schedule_id: UUID | None = None) -> Sequence[ScheduleTick]:
    wanted = select(ScheduleTick).where(ScheduleTick.state == "waiting").order_by(ScheduleTick.due_at)
    if schedule_id is not None:
        wanted = wanted.where(ScheduleTick.schedule_id == schedule_id)
    return (await session.execute(wanted)).scalars().all()


async def followers(session: AsyncSession) -> Sequence[UUID]:
    """Enabled schedules that only follow other pipelines."""
    wanted = select(Schedule.id).where(
        Schedule.enabled, Schedule.seen_until.is_not(None), Schedule.id.in_(select(ScheduleAfter.schedule_id))
    )
    return (await session.execute(wanted)).scalars().all()


async def followers_of(session: AsyncSession, pipeline_ids: Sequence[UUID]) -> Sequence[UUID]:
    """Those of `followers` that follow one of these."""
    wanted = select(ScheduleAfter.schedule_id).distinct().where(ScheduleAfter.pipeline_id.in_(pipeline_ids))
    return (await session.execute(wanted)).scalars().all()


async def locked(session: AsyncSession, schedule_id: UUID) -> Schedule | None:
    """Enabled, and not another scheduler's just now."""
    wanted = select(Schedule).where(Schedule.id == schedule_id, Schedule.enabled)
    return (await session.execute(wanted.with_for_update(skip_locked=True))).scalar_one_or_none()


async def after_of(session: AsyncSession, schedule_id: UUID) -> Sequence[UUID]:
    wanted = select(ScheduleAfter.pipeline_id).where(ScheduleAfter.schedule_id == schedule_id)
    return (await session.execute(wanted)).scalars().all()


async def forget_before(session: AsyncSession, moment: datetime) -> int:
    gone = delete(ScheduleTick).where(ScheduleTick.decided_at < moment, ScheduleTick.state != "waiting")
    return len((await session.execute(gone.returning(ScheduleTick.due_at))).all())


async def upcoming(session: AsyncSession, limit: int) -> list[tuple[Schedule, str]]:
    """The next schedules to fire."""
    wanted = _with_pipeline().where(Schedule.enabled, Schedule.next_at.is_not(None)).order_by(Schedule.next_at)
    return [(row[0], row[1]) for row in await session.execute(wanted.limit(limit))]


async def put_off(session: AsyncSession, schedule_id: UUID, seconds: float) -> None:
    later = func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)
    await session.execute(update(Schedule).where(Schedule.id == schedule_id).values(next_at=later))


async def pipelines_of_runs(session: AsyncSession, run_ids: Sequence[UUID]) -> Sequence[UUID]:
    found = text("select pipeline_id from runs where id = any(:ids)")
    return (await session.execute(found, {"ids": list(run_ids)})).scalars().all()
