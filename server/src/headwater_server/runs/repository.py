"""SQL of runs, but for the queue (`claims`), how attempts end (`endings`) and what is told on the way (`told`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, any_, column, delete, literal, or_, select, table, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, undefer

from headwater_server.db.search import contains
from headwater_server.kit.answers import Raw
from headwater_server.pipelines.models import Pipeline, PipelineVersion
from headwater_server.runs.models import LIVE, Run, RunAttempt, RunEvent, RunProgress

RECENT = 30
# How far the clocks of API processes, which give ids, may be from the database's.
SKEW = timedelta(minutes=5)


class ListedRun(NamedTuple):
    """What lists show of a run, by the columns of `_LISTED`: a page is read several times faster so than as objects."""

    id: UUID
    pipeline_id: UUID
    version: int
    status: str
    trigger: str
    attempt: int
    requested_by: str | None
    schedule_id: UUID | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    rows_read: int
    rows_filtered: int
    rows_rejected: int
    rows_deduplicated: int
    rows_written: int
    size_bytes: int | None
    error: dict[str, Any] | None
    retry_of: UUID | None
    pipeline: str
    schedule: str | None


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run with all its columns, and the names that go with it."""

    run: Run
    pipeline: str
    schedule: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of a list of runs; empty ones let all pass."""

    pipeline_id: UUID | None = None
    statuses: Sequence[str] = ()
    triggers: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    schedule_id: UUID | None = None
    q: str | None = None


# Schedules stand above runs: only their names are wanted here.
_SCHEDULES = table("schedules", column("id"), column("name"))


_NAMES = (Pipeline.name, _SCHEDULES.c.name)
_LISTED = (*(getattr(Run, name) for name in ListedRun._fields[: -len(_NAMES)]), *_NAMES)


def _rows(*columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .join(Pipeline, Pipeline.id == Run.pipeline_id)
        .outerjoin(_SCHEDULES, _SCHEDULES.c.id == Run.schedule_id)
    )


async def _listed(session: AsyncSession, found: Select[*tuple[Any, ...]]) -> list[ListedRun]:
    return [ListedRun(*row) for row in await session.execute(found)]


async def page(session: AsyncSession, wanted: Wanted, *, before: UUID | None, limit: int) -> list[ListedRun]:
    """Newest first; one more than `limit`, when there is one."""
    found = _rows(*_LISTED).order_by(Run.id.desc()).limit(limit + 1)
    if wanted.pipeline_id is not None:
        found = found.where(Run.pipeline_id == wanted.pipeline_id)
    if wanted.statuses:
        found = found.where(Run.status.in_(wanted.statuses))
    if wanted.triggers:
        found = found.where(Run.trigger.in_(wanted.triggers))
    if wanted.since is not None:
        found = found.where(Run.created_at >= wanted.since, Run.id >= _id_at(wanted.since - SKEW))
    if wanted.until is not None:
        found = found.where(Run.created_at < wanted.until, Run.id < _id_at(wanted.until + SKEW))
    if wanted.schedule_id is not None:
        found = found.where(Run.schedule_id == wanted.schedule_id)
    if wanted.q:
        named = contains(wanted.q, Pipeline.name)
        ids = _ids_from(wanted.q)
        found = found.where(named if ids is None else or_(named, Run.id.between(*ids)))
    if before is not None:
        found = found.where(Run.id < before)
    return await _listed(session, found)


async def left_failed(session: AsyncSession, limit: int) -> list[ListedRun]:
    """Newest first: runs that failed, and that no later run of their pipeline has made good or tries to."""
    later = aliased(Run)
    tried_again = select(later.id).where(
        later.pipeline_id == Run.pipeline_id, later.id > Run.id, later.status != "cancelled"
    )
    lonely = _rows(*_LISTED).where(Run.status == "failed", ~tried_again.exists())
    return await _listed(session, lonely.order_by(Run.id.desc()).limit(limit))


def _id_at(moment: datetime) -> UUID:
    """The least id of a run asked for then: ids begin with the milliseconds since 1970 (UUID version 7, RFC 9562)."""
    return UUID(int=max(0, int(moment.timestamp() * 1000)) << 80)


def _ids_from(text_: str) -> tuple[UUID, UUID] | None:
    """First and last id that begin so."""
    digits = text_.lower().replace("-", "")
    if not 4 <= len(digits) <= 32 or not all(digit in "0123456789abcdef" for digit in digits):
        return None
    return UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))


async def by_id(session: AsyncSession, run_id: UUID) -> RunRow | None:
    found = _rows(Run, *_NAMES).where(Run.id == run_id).options(undefer(Run.report))
    row = (await session.execute(found)).first()
    return None if row is None else RunRow(*row)


_EXISTS = text("select exists (select from runs where id = :id)")


async def exists(session: AsyncSession, run_id: UUID) -> bool:
    return (await session.execute(_EXISTS, {"id": run_id})).scalar_one()


async def by_ids(session: AsyncSession, run_ids: Iterable[UUID]) -> list[ListedRun]:
    among = any_(literal(list(run_ids), ARRAY(Uuid)))
    return await _listed(session, _rows(*_LISTED).where(Run.id == among).order_by(Run.id))


async def add(session: AsyncSession, run: Run) -> None:
    session.add(run)
    await session.flush()
    await session.refresh(run)


async def document(session: AsyncSession, pipeline_id: UUID, version: int) -> tuple[str, dict[str, Any]] | None:
    """The pipeline's name today, and its document of that version."""
    found = await session.execute(
        select(Pipeline.name, PipelineVersion.document)
        .join(PipelineVersion, PipelineVersion.pipeline_id == Pipeline.id)
        .where(Pipeline.id == pipeline_id, PipelineVersion.number == version)
    )
    row = found.first()
    return None if row is None else (row[0], row[1])


async def attempts(session: AsyncSession, run_id: UUID) -> Sequence[RunAttempt]:
    found = select(RunAttempt).where(RunAttempt.run_id == run_id).order_by(RunAttempt.attempt)
    return (await session.execute(found)).scalars().all()


async def progress(session: AsyncSession, run_ids: Sequence[UUID]) -> Sequence[RunProgress]:
    found = select(RunProgress).where(RunProgress.run_id.in_(run_ids)).order_by(RunProgress.stream)
    return (await session.execute(found)).scalars().all()


_AHEAD = text("""
    select count(*) from runs where status in ('queued', 'retrying')
        and (priority > :priority or (priority = :priority and id < :id))
""")


async def ahead_of(session: AsyncSession, run: Run) -> int:
    return (await session.execute(_AHEAD, {"priority": run.priority, "id": run.id})).scalar_one()


async def live_of(session: AsyncSession, pipeline_id: UUID) -> Sequence[Run]:
    """Runs of a pipeline that are not over, oldest first."""
    found = select(Run).where(Run.pipeline_id == pipeline_id, Run.status.in_(LIVE)).order_by(Run.id)
    return (await session.execute(found)).scalars().all()


async def unsettled_of(session: AsyncSession, pipeline_id: UUID) -> UUID | None:
    """A run that is over, and of which nobody knows what it committed."""
    found = select(Run.id).where(Run.pipeline_id == pipeline_id, Run.unsettled, Run.status.not_in(LIVE))
    return (await session.execute(found.order_by(Run.id.desc()).limit(1))).scalar_one_or_none()


async def last_successes(session: AsyncSession, pipeline_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When a run of each pipeline last succeeded, for those of which one did."""
    found = await session.execute(
        text("""
            select wanted.id, newest.finished_at from unnest(cast(:ids as uuid[])) as wanted(id)
            cross join lateral (
                select finished_at from runs where pipeline_id = wanted.id and status = 'succeeded'
                order by finished_at desc limit 1
            ) as newest
        """),
        {"ids": list(pipeline_ids)},
    )
    return {row.id: row.finished_at for row in found}


# Thousands of small rows for one page: PostgreSQL puts them together faster than Python, in the shape of `RecentRun`,
# and nobody reads them on their way. Sessions of the server speak UTC.
_RECENT = text("""
    select wanted.id, newest.last, replace(newest.runs::text, '+00:00"', 'Z"') as runs
    from unnest(cast(:ids as uuid[])) as wanted(id)
    cross join lateral (
        select json_agg(run order by run_id) as runs, (array_agg(run_id order by run_id desc))[1] as last from (
            select id as run_id, status, started_at,
                round(extract(epoch from coalesce(finished_at, now()) - started_at), 3) as took_s,
                rows_written, rows_rejected
            from runs where pipeline_id = wanted.id order by id desc limit :most
        ) as run
    ) as newest
    where newest.runs is not null
""")


class Recent(NamedTuple):
    """The last runs of a pipeline, RECENT at most: JSON of `RecentRun`s, the newest last; and the id of that one."""

    runs: Raw
    last: UUID


async def recent(session: AsyncSession, pipeline_ids: Sequence[UUID]) -> dict[UUID, Recent]:
    """Of each pipeline that has any."""
    found = await session.execute(_RECENT, {"ids": list(pipeline_ids), "most": RECENT})
    return {row.id: Recent(Raw(row.runs), row.last) for row in found}


_FORGET = text("""
    delete from runs where id in (
        select old.id from runs as old
        where old.finished_at < :moment and not old.unsettled
            and old.status in ('succeeded', 'failed', 'cancelled')
            and exists (select from runs as newer where newer.pipeline_id = old.pipeline_id and newer.id > old.id)
        limit :most)
    returning id
""")


async def forget_before(session: AsyncSession, moment: datetime, *, most: int = 5_000) -> int:
    """Delete runs that ended before, with all they told; the newest of each pipeline stays."""
    return len((await session.execute(_FORGET, {"moment": moment, "most": most})).all())


async def forget_ticks_before(session: AsyncSession, moment: datetime, *, most: int = 10_000) -> int:
    """What was told of ticks; what runs told goes with them."""
    old = select(RunEvent.id).where(RunEvent.run_id.is_(None), RunEvent.kind == "tick", RunEvent.at < moment)
    gone = delete(RunEvent).where(RunEvent.id.in_(old.limit(most))).returning(RunEvent.id)
    return len((await session.execute(gone)).all())
