"""Runs: asked for, cancelled, tried again, shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from headwater.sdk.errors import ConfigError
from headwater_server.catalog.step_schemas import Fault, Named
from headwater_server.kit.problems import Conflict, NotFound
from headwater_server.pipelines.activity import RowCounts, RunSummary
from headwater_server.pipelines.models import Pipeline
from headwater_server.pipelines.project import project_for, used_by
from headwater_server.runs import repository
from headwater_server.runs.endings import cancel
from headwater_server.runs.models import LIVE, Run
from headwater_server.runs.repository import ListedRun, RunRow
from headwater_server.runs.schemas import AttemptOut, RunDetail, StreamProgress
from headwater_server.runs.told import tell_status


@dataclass(frozen=True, slots=True)
class Asked:
    """A run as it is asked for. `parameters` are those of the API, and for a replay what it replays."""

    trigger: str
    requested_by: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any])
    priority: int = 0
    schedule_id: UUID | None = None
    due_at: datetime | None = None
    retry_of: UUID | None = None


async def ask(session: AsyncSession, pipeline: Pipeline, asked: Asked) -> Run:
    """Queue a run, in the caller's transaction."""
    used = await used_by(session, pipeline.document)
    run_id = uuid7()
    run = Run(
        id=run_id,
        engine_run_id=str(run_id),
        pipeline_id=pipeline.id,
        version=pipeline.version,
        trigger=asked.trigger,
        priority=asked.priority,
        parameters=dict(asked.parameters),
        connectors=sorted(connector.id for connector in used.connectors.values()),
        requested_by=asked.requested_by,
        schedule_id=asked.schedule_id,
        due_at=asked.due_at,
        retry_of=asked.retry_of,
    )
    await repository.add(session, run)
    await tell_status(session, run.id, 0, "queued", None)
    return run


async def refuse_when_at_work(session: AsyncSession, pipeline: Pipeline) -> None:
    """Raises Conflict when a run of the pipeline is not over."""
    live = await repository.live_of(session, pipeline.id)
    if live:
        raise Conflict(
            f"a run of {pipeline.name} is {live[0].status}: {live[0].id}",
            hint="wait for its end, cancel it, or let the new one wait behind it (if_running: queue)",
            code="run.busy",
        )


async def found(session: AsyncSession, run_id: UUID) -> RunRow:
    """Raises NotFound."""
    row = await repository.by_id(session, run_id)
    if row is None:
        raise _no_run(run_id)
    return row


async def require(session: AsyncSession, run_id: UUID) -> None:
    """Raises NotFound: for what asks nothing else of the run itself."""
    if not await repository.exists(session, run_id):
        raise _no_run(run_id)


def _no_run(run_id: UUID) -> NotFound:
    return NotFound(
        f"there is no run {run_id}", hint="old runs are deleted; see the list of runs", code="runs.not_found"
    )


async def cancel_run(session: AsyncSession, run_id: UUID, by: str) -> None:
    """Raises NotFound, and Conflict when it is over already. Cancelling twice is no error."""
    status = await cancel(session, run_id, by)
    if status is None:
        row = await found(session, run_id)
        if row.run.status != "cancelling":
            raise Conflict(f"the run is over: it {_ended(row.run.status)}", code="runs.over")


async def cancel_all_of(session: AsyncSession, pipeline_id: UUID, by: str) -> int:
    """All runs of a pipeline that are not over; how many there were."""
    live = await repository.live_of(session, pipeline_id)
    for run in live:
        await cancel(session, run.id, by)
    return len(live)


async def retry_run(session: AsyncSession, run_id: UUID, by: str) -> Run:
    """A new run of the pipeline as it is today, asked for what that run was. Raises NotFound, Conflict."""
    row = await found(session, run_id)
    if row.run.status in LIVE:
        raise Conflict(
            f"the run is {row.run.status}, and not over yet", hint="cancel it first, or wait", code="runs.not_over"
        )
    pipeline = await session.get_one(Pipeline, row.run.pipeline_id)
    trigger = "replay" if row.run.trigger == "replay" else "retry"
    parameters = {**row.run.parameters, "by": by} if trigger == "replay" else row.run.parameters
    asked = Asked(
        trigger,
        by,
        parameters,
        priority=row.run.priority,
        schedule_id=row.run.schedule_id,
        due_at=row.run.due_at,
        retry_of=row.run.id,
    )
    return await ask(session, pipeline, asked)


def _ended(status: str) -> str:
    return {"cancelled": "was cancelled"}.get(status, status)


@dataclass(frozen=True, slots=True)
class RunBundle:
    """What an engine needs of a run."""

    name: str
    project: dict[str, Any]
    sealed: Mapping[str, str] = field(repr=False)


async def bundle_of(session: AsyncSession, pipeline_id: UUID, version: int) -> RunBundle:
    """The pipeline in that version, with the connectors and processors as they are today. Raises ConfigError."""
    document = await repository.document(session, pipeline_id, version)
    if document is None:
        raise ConfigError("the pipeline was deleted", code="pipelines.not_found")
    bundle = await project_for(session, *document)
    return RunBundle(document[0], bundle.project, bundle.sealed)


async def require_settled(session: AsyncSession, pipeline_id: UUID) -> None:
    """For what would hide from the next run what a dead one committed. Raises ConfigError."""
    run_id = await repository.unsettled_of(session, pipeline_id)
    if run_id is not None:
        raise ConfigError(
            f"run {run_id} died, and what it delivered is not settled yet",
            hint="run the pipeline first: it goes on where that run stopped",
            code="run.unsettled",
        )


def summary(row: ListedRun) -> RunSummary:
    return RunSummary(**_facts(row, row.pipeline, row.schedule))


def _facts(run: Run | ListedRun, pipeline: str, schedule_name: str | None) -> dict[str, Any]:
    schedule = None if run.schedule_id is None else Named(id=run.schedule_id, name=schedule_name or "(deleted)")
    return {
        "id": run.id,
        "pipeline": Named(id=run.pipeline_id, name=pipeline),
        "version": run.version,
        "status": run.status,
        "trigger": run.trigger,
        "attempt": run.attempt,
        "requested_by": run.requested_by,
        "schedule": schedule,
        "created_at": run.created_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "took_s": took_s(run),
        "rows": RowCounts(
            read=run.rows_read,
            filtered=run.rows_filtered,
            rejected=run.rows_rejected,
            deduplicated=run.rows_deduplicated,
            written=run.rows_written,
        ),
        "bytes": run.size_bytes,
        "error": fault(run.error),
        "retry_of": run.retry_of,
    }


def took_s(run: Run | ListedRun) -> float | None:
    """Of a run that goes on: until now."""
    if run.started_at is None:
        return None
    return round(((run.finished_at or datetime.now(UTC)) - run.started_at).total_seconds(), 3)


def fault(error: Mapping[str, Any] | None) -> Fault | None:
    return None if error is None else Fault(code=error["code"], message=error["message"], hint=error.get("hint"))


async def detail(session: AsyncSession, run_id: UUID) -> RunDetail:
    """Raises NotFound."""
    row = await found(session, run_id)
    run = row.run
    document = await repository.document(session, run.pipeline_id, run.version)
    waits = run.status in ("queued", "retrying")
    attempts = await repository.attempts(session, run_id)
    return RunDetail(
        **_facts(run, row.pipeline, row.schedule),
        parameters=run.parameters,
        document={} if document is None else document[1],
        report=run.report,
        progress=await progress(session, [run_id]),
        attempts=[
            AttemptOut(
                attempt=item.attempt,
                worker=item.worker,
                started_at=item.started_at,
                finished_at=item.finished_at,
                status=item.status,  # pyright: ignore[reportArgumentType]
                error=fault(item.error),
                cpu_s=item.cpu_s,
                peak_memory_bytes=item.peak_memory_bytes,
            )
            for item in attempts
        ],
        retry_at=run.not_before if run.status == "retrying" else None,
        queue_position=await repository.ahead_of(session, run) if waits else None,
    )


async def progress(session: AsyncSession, run_ids: Sequence[UUID]) -> dict[str, StreamProgress]:
    """By stream, of one run."""
    return {
        item.stream: StreamProgress(
            read=item.read,
            filtered=item.filtered,
            rejected=item.rejected,
            deduplicated=item.deduplicated,
            passed=item.passed,
            row_estimate=item.row_estimate,
            rows_per_s=item.rows_per_s,
        )
        for item in await repository.progress(session, run_ids)
    }
