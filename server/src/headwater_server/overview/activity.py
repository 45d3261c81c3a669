"""What runs and schedules know of pipelines: `pipelines.activity.Activity`, which the pipeline's own answers show."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.pipelines.activity import PipelineActivity, ScheduleBrief
from headwater_server.runs import repository as run_repository
from headwater_server.runs import service as runs
from headwater_server.schedules import repository as schedules
from headwater_server.schedules.models import Schedule
from headwater_server.schedules.service import spec_of
from headwater_server.schedules.ticks import explanation


class KnownActivity:
    """Implements `Activity`."""

    async def of(self, session: AsyncSession, pipeline_ids: Sequence[UUID]) -> Mapping[UUID, PipelineActivity]:
        if not pipeline_ids:
            return {}
        bars = await run_repository.recent(session, pipeline_ids)
        newest = await run_repository.by_ids(session, [UUID(found[-1]["run_id"]) for found in bars.values()])
        last = {row.run.pipeline_id: runs.summary(row) for row in newest}
        briefs: dict[UUID, list[ScheduleBrief]] = {}
        for schedule in await schedules.of_pipelines(session, pipeline_ids):
            briefs.setdefault(schedule.pipeline_id, []).append(_brief(schedule))
        return {
            identity: PipelineActivity(
                last.get(identity),
                bars.get(identity, []),
                briefs.get(identity, []),
            )
            for identity in {*bars, *briefs}
        }


def _brief(schedule: Schedule) -> ScheduleBrief:
    return ScheduleBrief(
        id=schedule.id,
        name=schedule.name,
        explanation=_explained(json.dumps(schedule.document)),
        next_at=schedule.next_at if schedule.enabled else None,
        enabled=schedule.enabled,
    )


@lru_cache(4096)
def _explained(document: str) -> str:
    """Schedules are read far more often than they change."""
    return explanation(spec_of(json.loads(document)))
