"""SQL of the overview's figures."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.overview.schemas import Day
from headwater_server.pipelines.models import Pipeline

_DAYS = text("""
    with days as (
        select cast(:first as date) + number as day from generate_series(0, cast(:count as int) - 1) as number
    ), ended as (
        select (finished_at at time zone 'utc')::date as day, count(*) as runs,
            count(*) filter (where status = 'succeeded') as succeeded,
            count(*) filter (where status = 'failed') as failed,
            sum(rows_read) as rows_read, sum(rows_written) as rows_written, sum(rows_rejected) as rows_rejected,
            sum(coalesce(size_bytes, 0)) as bytes
        from runs
        where finished_at >= greatest(cast(:first as date)::timestamp at time zone 'utc', cast(:since as timestamptz))
            and finished_at < least(
                (cast(:first as date) + cast(:count as int))::timestamp at time zone 'utc', cast(:until as timestamptz))
        group by 1
    )
    select days.day, coalesce(runs, 0) as runs, coalesce(succeeded, 0) as succeeded, coalesce(failed, 0) as failed,
        coalesce(rows_read, 0)::bigint as rows_read, coalesce(rows_written, 0)::bigint as rows_written,
        coalesce(rows_rejected, 0)::bigint as rows_rejected, coalesce(bytes, 0)::bigint as bytes
    from days left join ended on ended.day = days.day order by days.day
""")


async def days(
    session: AsyncSession, first: date, count: int, *, since: datetime | None = None, until: datetime | None = None
) -> list[Day]:
    """What ended on each of `count` days (UTC): all of it, or what ended from `since` on, or before `until`."""
    rows = await session.execute(_DAYS, {"first": first, "count": count, "since": since, "until": until})
    return [Day.model_validate(dict(row)) for row in rows.mappings()]


async def recently_run(session: AsyncSession, limit: int) -> list[tuple[UUID, str]]:
    """The pipelines with the newest runs, as far as the last 2,000 runs show them."""
    found = text("""
        with newest as (
            select distinct on (pipeline_id) pipeline_id, id
            from (select pipeline_id, id from runs order by id desc limit 2000) as last
            order by pipeline_id, id desc
        )
        select pipelines.id, pipelines.name from newest join pipelines on pipelines.id = newest.pipeline_id
        order by newest.id desc limit :limit
    """)
    return [(row[0], row[1]) for row in await session.execute(found, {"limit": limit})]


async def never_run(session: AsyncSession, limit: int) -> list[tuple[UUID, str]]:
    """Pipelines without a run, newest first."""
    ran = text("not exists (select from runs where runs.pipeline_id = pipelines.id)")
    found = select(Pipeline.id, Pipeline.name).where(ran).order_by(Pipeline.id.desc()).limit(limit)
    return [(row[0], row[1]) for row in await session.execute(found)]


async def open_rejected_rows(session: AsyncSession) -> int:
    counted = text("select coalesce(sum(open_rows), 0)::bigint from quarantine_files where open_rows > 0")
    return (await session.execute(counted)).scalar_one()
