"""What runs and schedules know of pipelines: `pipelines.activity.Activity`, which the pipeline's own answers show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.pipelines.activity import NONE, PipelineActivity, ScheduleBrief
from headwater_server.runs import repository as run_repository
from headwater_server.runs import service as runs
from headwater_server.schedules import repository as schedules
from headwater_server.schedules.repository import BriefSchedule
from headwater_server.schedules.service import described


class KnownActivity:
    """Implements `Activity`."""

    async def of(self, session: AsyncSession, pipeline_ids: Sequence[UUID]) -> Mapping[UUID, PipelineActivity]:
        if not pipeline_ids:
            return {}
        bars = await run_repository.recent(session, pipeline_ids)
        newest = await run_repository.by_ids(session, [found.last for found in bars.values()])
        last = {row.pipeline_id: runs.summary(row) for row in newest}
        briefs: dict[UUID, list[ScheduleBrief]] = {}
        for schedule in await schedules.of_pipelines(session, pipeline_ids):
            briefs.setdefault(schedule.pipeline_id, []).append(_brief(schedule))
        return {
            identity: PipelineActivity(
                last.get(identity),
                bars[identity].runs if identity in bars else NONE,
                briefs.get(identity, []),
            )
            for identity in {*bars, *briefs}
        }


def _brief(schedule: BriefSchedule) -> ScheduleBrief:
    return ScheduleBrief(
        id=schedule.id,
        name=schedule.name,
        explanation=described(schedule.document).explanation,
        next_at=schedule.next_at if schedule.enabled else None,
        enabled=schedule.enabled,
    )
