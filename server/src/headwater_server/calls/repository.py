"""SQL of workers and calls. Times are the database's: the clocks of machines differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.calls.models import Call, Worker

# After a restart of the database, workers have as long again to be heard.
LIVE = """heartbeat_at > now() - make_interval(secs => :lease_s)
    or now() - pg_postmaster_start_time() < make_interval(secs => :lease_s)"""


async def live_workers(session: AsyncSession, lease_s: float) -> int:
    """How many would take a call."""
    counted = text(f"select count(*) from workers where not stopping and ({LIVE})")
    return (await session.execute(counted, {"lease_s": lease_s})).scalar_one()


# For psycopg itself: the heartbeat has a connection, and a thread, of its own.
BEAT = """
    insert into workers (id, name, concurrency, version, stopping)
    values (%(id)s, %(name)s, %(concurrency)s, %(version)s, %(stopping)s)
    on conflict (id) do update set heartbeat_at = now(), stopping = excluded.stopping
"""


async def leave(session: AsyncSession, worker_id: UUID) -> None:
    await session.execute(delete(Worker).where(Worker.id == worker_id))


async def forget_workers(session: AsyncSession) -> None:
    await session.execute(text("delete from workers where heartbeat_at < now() - interval '1 day'"))


async def add(session: AsyncSession, kind: str, request: Mapping[str, Any], timeout_s: float) -> UUID:
    call = Call(kind=kind, request=dict(request), timeout_s=timeout_s)
    session.add(call)
    await session.flush()
    return call.id


async def answer_of(session: AsyncSession, call_id: UUID) -> Call | None:
    """The call once it is answered."""
    found = select(Call).where(Call.id == call_id, Call.status.in_(("done", "failed")))
    return (await session.execute(found)).scalar_one_or_none()


async def remove(session: AsyncSession, call_id: UUID) -> None:
    await session.execute(delete(Call).where(Call.id == call_id))


_CLAIM = text("""
    update calls set status = 'running', worker_id = :worker
    where id = (
        select id from calls
        where status = 'queued' and created_at + make_interval(secs => timeout_s) > now()
        order by created_at for update skip locked limit 1
    )
    returning id, kind, request, timeout_s
""")


async def claim(session: AsyncSession, worker_id: UUID) -> tuple[UUID, str, dict[str, Any], float] | None:
    """Id, kind, request and time to answer of the oldest call that waits."""
    row = (await session.execute(_CLAIM, {"worker": worker_id})).first()
    return None if row is None else (row.id, row.kind, row.request, row.timeout_s)


async def finish(
    session: AsyncSession, call_id: UUID, *, response: dict[str, Any] | None, error: dict[str, Any] | None
) -> None:
    ended = update(Call).where(Call.id == call_id, Call.status == "running")
    status = "done" if error is None else "failed"
    await session.execute(ended.values(status=status, response=response, error=error, finished_at=func.now()))


_REQUEUE = text(f"""
    update calls set status = 'queued', worker_id = null
    where status = 'running' and not exists (select from workers where id = calls.worker_id and ({LIVE}))
    returning id
""")


async def requeue_of_dead(session: AsyncSession, lease_s: float) -> int:
    """Calls whose worker died wait for another."""
    return len((await session.execute(_REQUEUE, {"lease_s": lease_s})).all())


async def forget_old(session: AsyncSession) -> None:
    """Answers that nobody fetched."""
    await session.execute(text("delete from calls where created_at < now() - interval '1 hour'"))


async def has_worker_on(session: AsyncSession, host: str, fresh_s: float) -> bool:
    """Whether a worker of this host was heard lately; workers are called `host:pid`."""
    fresh = Worker.heartbeat_at > func.now() - func.make_interval(0, 0, 0, 0, 0, 0, fresh_s)
    wanted = select(Worker.id).where(Worker.name.startswith(f"{host}:", autoescape=True), fresh).limit(1)
    return (await session.execute(wanted)).first() is not None
