"""Runs: list, detail, cancel, retry, log, checks, timeline."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from headwater.sdk.errors import HeadwaterError
from headwater_server.auth.needs import Actor, needs
from headwater_server.catalog.step_schemas import Fault
from headwater_server.db.idempotency import Router
from headwater_server.db.session import Database, Session, UsedDatabase
from headwater_server.kit.documents import Text
from headwater_server.kit.pages import Cursor, Page, PageQuery, page_of
from headwater_server.pipelines import service as pipelines
from headwater_server.pipelines.activity import RunStatus, RunSummary, Trigger
from headwater_server.runs import logs, repository, service
from headwater_server.runs.repository import Wanted
from headwater_server.runs.schemas import (
    BulkItem,
    BulkOut,
    Check,
    Checks,
    FirstError,
    Level,
    LogPage,
    RunDetail,
    RunIds,
    Timeline,
)

router = Router("/runs", tag="runs")
_READ = Depends(needs("runs:read"))
Canceller = Annotated[Actor, Depends(needs("runs:cancel"))]
Retrier = Annotated[Actor, Depends(needs("runs:retry"))]
LineId = Annotated[int | None, Query(ge=0, le=2**62, description="Id of a line.")]


async def _wanted(
    session: Session,
    pipeline: Annotated[str | None, Query(max_length=200, description="Name or id of a pipeline.")] = None,
    status: Annotated[list[RunStatus], Query(description="One or several.")] = [],  # noqa: B006
    trigger: Annotated[list[Trigger], Query(description="One or several.")] = [],  # noqa: B006
    since: Annotated[datetime | None, Query(description="Asked for at this moment or later.")] = None,
    until: Annotated[datetime | None, Query(description="Asked for before this moment.")] = None,
    schedule: Annotated[UUID | None, Query(description="Id of the schedule that asked for it.")] = None,
    q: Annotated[Text | None, Query(max_length=200, description="Part of the pipeline's name, or of the id.")] = None,
) -> Wanted:
    pipeline_id = None if pipeline is None else (await pipelines.found(session, pipeline)).id
    return Wanted(pipeline_id, status, trigger, since, until, schedule, q)


@router.get("", dependencies=[_READ])
async def list_runs(session: Session, page: PageQuery, wanted: Annotated[Wanted, Depends(_wanted)]) -> Page[RunSummary]:
    """Runs, newest first."""
    before = None if page.after is None else _id(Cursor.decode(page.after, str)[0])
    rows = await repository.page(session, wanted, before=before, limit=page.limit)
    return page_of(rows, page.limit, service.summary, lambda row: Cursor.encode(str(row.id)))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@router.post("/cancel", status_code=202)
async def cancel_runs(session: Session, actor: Canceller, body: RunIds) -> BulkOut:
    """Cancel several runs; what cannot be cancelled says why, and stops no other."""

    async def one(run_id: UUID) -> UUID:
        await service.cancel_run(session, run_id, actor.name)
        return run_id

    return BulkOut(items=[await _each(session, run_id, one) for run_id in body.ids])


@router.post("/retry", status_code=202)
async def retry_runs(session: Session, actor: Retrier, body: RunIds) -> BulkOut:
    """Run several again; what cannot be run says why, and stops no other."""

    async def one(run_id: UUID) -> UUID:
        return (await service.retry_run(session, run_id, actor.name)).id

    return BulkOut(items=[await _each(session, run_id, one) for run_id in body.ids])


async def _each(session: AsyncSession, run_id: UUID, one: Any) -> BulkItem:
    try:
        return BulkItem(id=run_id, run_id=await one(run_id), error=None)
    except HeadwaterError as error:
        fault = Fault(code=error.public_code, message=error.message, hint=error.hint)
        return BulkItem(id=run_id, run_id=None, error=fault)


@router.get("/{run_id}", dependencies=[_READ])
async def get_run(session: Session, run_id: UUID) -> RunDetail:
    """One run, with its report, progress and attempts."""
    return await service.detail(session, run_id)


@router.post("/{run_id}/cancel", status_code=202)
async def cancel_run(session: Session, actor: Canceller, run_id: UUID, response: Response) -> RunDetail:
    """Stop a run, wherever it is: one that waits is cancelled at once, one that runs within seconds."""
    await service.cancel_run(session, run_id, actor.name)
    response.headers["Location"] = f"/api/runs/{run_id}"
    return await service.detail(session, run_id)


@router.post("/{run_id}/retry", status_code=202)
async def retry_run(session: Session, actor: Retrier, run_id: UUID, response: Response) -> RunDetail:
    """Ask for the same again: a new run, of the pipeline as it is today."""
    run = await service.retry_run(session, run_id, actor.name)
    response.headers["Location"] = f"/api/runs/{run.id}"
    return await service.detail(session, run.id)


@router.get("/{run_id}/logs", dependencies=[_READ])
async def get_run_log(
    session: Session,
    run_id: UUID,
    level: Annotated[Level | None, Query(description="This level and worse.")] = None,
    q: Annotated[Text | None, Query(max_length=200, description="Text that the line holds.")] = None,
    before: LineId = None,
    after: LineId = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> LogPage:
    """The end of the log, or what lies before or after a line."""
    found = await logs.page(session, run_id, level=level, q=q, before=before, after=after, limit=limit)
    if not found.items:
        await service.require(session, run_id)
    return found


@router.get("/{run_id}/logs/first-error", dependencies=[_READ])
async def get_first_error(session: Session, run_id: UUID) -> FirstError:
    """Where the first error stands: give its id, plus a few, as `before` of the log."""
    await service.require(session, run_id)
    return FirstError(id=await logs.first_error(session, run_id))


@router.get(
    "/{run_id}/logs.txt",
    dependencies=[_READ],
    response_class=StreamingResponse,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def get_log_text(session: Session, database: UsedDatabase, run_id: UUID) -> StreamingResponse:
    """The whole log as text."""
    await service.require(session, run_id)
    headers = {"Content-Disposition": f'attachment; filename="run-{run_id}.txt"'}
    return StreamingResponse(_text(database, run_id), media_type="text/plain; charset=utf-8", headers=headers)


async def _text(database: Database, run_id: UUID) -> AsyncIterator[str]:
    async with database.begin() as session:
        async for part in logs.as_text(session, run_id):
            yield part


@router.get("/{run_id}/checks", dependencies=[_READ])
async def get_run_checks(session: Session, run_id: UUID) -> Checks:
    """Every rule and proof of every load."""
    report = (await service.found(session, run_id)).run.report or {}
    return Checks(
        items=[_check(load, check) for load in report.get("loads") or [] for check in load.get("checks") or []]
    )


def _check(load: dict[str, Any], check: dict[str, Any]) -> Check:
    return Check(
        stream=load["stream"],
        destination=load["destination"],
        table=load["table"],
        name=str(check.get("name")),
        passed=bool(check.get("passed")),
        kind=check.get("kind"),
        severity=check.get("severity"),
        facts=check,
    )


@router.get("/{run_id}/timeline", dependencies=[_READ])
async def get_run_timeline(session: Session, run_id: UUID) -> Timeline:
    """What was worked on when, by stream and attempt."""
    await service.require(session, run_id)
    return Timeline(items=await logs.timeline(session, run_id))
