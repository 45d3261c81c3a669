"""The figures of the first page."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.calls import repository as calls
from headwater_server.catalog.step_schemas import Named
from headwater_server.overview import repository
from headwater_server.overview.history import History
from headwater_server.overview.schemas import NextTick, Overview, PipelineRecent
from headwater_server.pipelines.activity import NONE
from headwater_server.runs import repository as run_repository
from headwater_server.runs import service as runs
from headwater_server.runs.repository import Wanted
from headwater_server.schedules import repository as schedules

SHOWN, PIPELINES_SHOWN = 20, 50
AT_WORK = ("running", "cancelling", "retrying")


async def overview(session: AsyncSession, history: History, days: int, lease_s: float) -> Overview:
    running = await run_repository.page(session, Wanted(statuses=AT_WORK), before=None, limit=SHOWN)
    failed = await run_repository.left_failed(session, SHOWN)
    upcoming = await schedules.upcoming(session, SHOWN)
    return Overview(
        pipelines=await _pipelines(session),
        running=[runs.summary(row) for row in running[:SHOWN]],
        failed=[runs.summary(row) for row in failed],
        next=[
            NextTick(
                schedule=Named(id=schedule.id, name=schedule.name),
                pipeline=Named(id=schedule.pipeline_id, name=pipeline),
                due_at=schedule.next_at,
            )
            for schedule, pipeline in upcoming
            if schedule.next_at is not None
        ],
        days=await history.of(session, days),
        open_rejected_rows=await repository.open_rejected_rows(session),
        workers=await calls.live_workers(session, lease_s),
    )


async def _pipelines(session: AsyncSession) -> list[PipelineRecent]:
    """Those that ran last, then some that never did."""
    found = await repository.recently_run(session, PIPELINES_SHOWN)
    if len(found) < PIPELINES_SHOWN:
        found += await repository.never_run(session, PIPELINES_SHOWN - len(found))
    bars = await run_repository.recent(session, [identity for identity, _ in found])
    return [
        PipelineRecent(id=identity, name=name, recent=bars[identity].runs if identity in bars else NONE)
        for identity, name in found
    ]
