"""SQL of the queue's figures, for whoever watches a server from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.calls.repository import LIVE as LIVE_WORKER
from headwater_server.runs.models import LIVE

_WAITING_S = text("""
    select coalesce(extract(epoch from max(now() - greatest(created_at, not_before))), 0)::float from runs
    where status in ('queued', 'retrying') and not_before <= now()
""")
_BY_STATUS = text("select status, count(*) from runs where status = any(:live) group by status")
_ENDED = text("select status, count(*) from runs where finished_at > now() - interval '1 hour' group by status")
_WORKERS = text(f"select count(*), coalesce(sum(concurrency), 0) from workers where not stopping and ({LIVE_WORKER})")
_OVERDUE = text("select count(*) from schedules where enabled and next_at < now() - interval '5 seconds'")
_CALLS = text("select count(*) from calls where status = 'queued'")


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """`runs` by status, of those that are not over; `ended` by status, of the last hour; `waiting_s`: how long the run
    that could have begun first has waited.
    """

    runs: Mapping[str, int]
    ended: Mapping[str, int]
    waiting_s: float
    workers: int
    places: int
    overdue_schedules: int
    waiting_calls: int


async def queue_figures(session: AsyncSession, lease_s: float) -> QueueFigures:
    live = {row[0]: row[1] for row in await session.execute(_BY_STATUS, {"live": list(LIVE)})}
    ended = {row[0]: row[1] for row in await session.execute(_ENDED)}
    workers, places = (await session.execute(_WORKERS, {"lease_s": lease_s})).one()
    return QueueFigures(
        runs={status: live.get(status, 0) for status in LIVE},
        ended={status: ended.get(status, 0) for status in ("succeeded", "failed", "cancelled")},
        waiting_s=(await session.execute(_WAITING_S)).scalar_one(),
        workers=workers,
        places=places,
        overdue_schedules=(await session.execute(_OVERDUE)).scalar_one(),
        waiting_calls=(await session.execute(_CALLS)).scalar_one(),
    )
