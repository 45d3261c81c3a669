"""SQL of the queue: which run a worker takes, and whose runs are taken over.

Promises: a run is taken by one worker; of a pipeline, one run is at work, and a run that waits for its retry lets no
other of its pipeline pass; a connector is used by no more runs than it allows. Claims go one after the other, under an
advisory lock: counting what runs and taking one more is one step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.calls.repository import LIVE

_LOCK = text("select pg_advisory_xact_lock(7164912403)")

_TAKE = text("""
    with used as (
        select connector, count(*) as runs from runs, unnest(connectors) as connector
        where status in ('running', 'cancelling') group by connector
    ), taken as (
        select id from connectors join used on used.connector = connectors.id
        where concurrency is not null and concurrency <= used.runs
    )
    select id from runs as waiting
    where status in ('queued', 'retrying') and not_before <= now()
        and (status = 'retrying' or not exists (
            select from runs as other where other.pipeline_id = waiting.pipeline_id
                and other.status in ('running', 'retrying', 'cancelling')))
        and not connectors && array(select id from taken)
    order by priority desc, id
    limit 1
    for update skip locked
""")

_INHERIT = text("""
    with died as (
        select id, engine_run_id, resumed from runs
        where unsettled and status in ('succeeded', 'failed', 'cancelled')
            and pipeline_id = (select pipeline_id from runs where id = :id and trigger <> 'replay')
        order by id desc limit 1
    ), settled as (
        update runs set unsettled = false where id in (select id from died)
    )
    update runs set engine_run_id = died.engine_run_id, resumed = died.resumed + 1
    from died where runs.id = :id and runs.attempt = 0
    returning died.id
""")

# Not now(): this transaction may have begun before the pipeline's last run was over.
_BEGIN = text("""
    update runs set
        status = 'running', attempt = attempt + 1, tries = tries + 1, worker_id = :worker, error = null,
        resumed = resumed + (unsettled and attempt > 0)::int, unsettled = true,
        started_at = coalesce(started_at, clock_timestamp())
    where id = :id
    returning id, pipeline_id, version, trigger, attempt, tries, parameters, engine_run_id, resumed
""")

_ATTEMPT = text("insert into run_attempts (run_id, attempt, worker) values (:id, :attempt, :name)")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A run that this worker is to carry out, and nobody else while `attempt` is its newest."""

    id: UUID
    pipeline_id: UUID
    version: int
    trigger: str
    attempt: int
    tries: int
    parameters: dict[str, Any]
    engine_run_id: str
    resumed: int


async def claim(session: AsyncSession, worker_id: UUID, worker: str) -> Claimed | None:
    """The next run, now this worker's; None when none may begin."""
    await session.execute(_LOCK)
    found = (await session.execute(_TAKE)).scalar_one_or_none()
    if found is None:
        return None
    await session.execute(_INHERIT, {"id": found})
    row = (await session.execute(_BEGIN, {"id": found, "worker": worker_id})).mappings().one()
    claimed = Claimed(**row)
    await session.execute(_ATTEMPT, {"id": claimed.id, "attempt": claimed.attempt, "name": worker})
    return claimed


_OF_WORKER = text(
    "select id, attempt, status from runs where worker_id = :worker and status in ('running', 'cancelling')"
)


async def runs_of(session: AsyncSession, worker_id: UUID) -> dict[tuple[UUID, int], str]:
    """Status of what a worker is at, by run and attempt."""
    return {(row.id, row.attempt): row.status for row in await session.execute(_OF_WORKER, {"worker": worker_id})}


async def losses_of(session: AsyncSession, run_id: UUID) -> int:
    """Workers that the run has lost since rows last got through."""
    return (await session.execute(text("select worker_losses from runs where id = :id"), {"id": run_id})).scalar_one()


_ABANDONED = text(f"""
    select id, attempt, worker_losses, status from runs
    where status in ('running', 'cancelling')
        and not exists (select from workers where workers.id = runs.worker_id and ({LIVE}))
    for update skip locked
""")


@dataclass(frozen=True, slots=True)
class Abandoned:
    id: UUID
    attempt: int
    worker_losses: int
    status: str


async def abandoned(session: AsyncSession, lease_s: float) -> list[Abandoned]:
    """Runs whose worker is dead, locked for whoever asks."""
    return [Abandoned(**row) for row in (await session.execute(_ABANDONED, {"lease_s": lease_s})).mappings()]


_NEXT = text("""
    select extract(epoch from min(not_before) - now()) from runs
    where status in ('queued', 'retrying') and not_before > now()
""")


async def next_due_s(session: AsyncSession) -> float | None:
    """Seconds until a run that is held back may begin."""
    found = (await session.execute(_NEXT)).scalar_one_or_none()
    return None if found is None else float(found)
