"""Schedules, their ticks, and backfills."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Response
from pydantic import AwareDatetime

from headwater_server.auth.needs import Actor, needs
from headwater_server.db.idempotency import Router
from headwater_server.db.session import Session
from headwater_server.kit import etags
from headwater_server.kit.documents import Text
from headwater_server.kit.etags import IfMatch
from headwater_server.kit.names import Ref
from headwater_server.kit.pages import Cursor, Page, PageQuery, page_of
from headwater_server.pipelines import service as pipelines
from headwater_server.schedules import repository, service
from headwater_server.schedules.models import Schedule
from headwater_server.schedules.schemas import (
    BackfillIn,
    BackfillOut,
    ScheduleIn,
    ScheduleOut,
    SchedulePreview,
    SchedulePreviewIn,
    TickOut,
)

router = Router("/schedules", tag="schedules")
_READ, _WRITE, _PAUSE = (Depends(needs(f"schedules:{verb}")) for verb in ("read", "write", "pause"))
Runner = Annotated[Actor, Depends(needs("schedules:run"))]


def _answer(response: Response, row: tuple[Schedule, str]) -> ScheduleOut:
    response.headers["ETag"] = etags.etag(row[0].revision)
    return service.out(row)


@router.get("", dependencies=[_READ])
async def list_schedules(
    session: Session,
    page: PageQuery,
    q: Annotated[Text | None, Query(max_length=200, description="Part of its or its pipeline's name.")] = None,
    pipeline: Annotated[str | None, Query(max_length=200, description="Name or id of a pipeline.")] = None,
) -> Page[ScheduleOut]:
    """Schedules by name."""
    pipeline_id = None if pipeline is None else (await pipelines.found(session, pipeline)).id
    after = None if page.after is None else Cursor.decode(page.after, str)[0]
    rows = await repository.page(session, q=q, pipeline_id=pipeline_id, after=after, limit=page.limit)
    return page_of(rows, page.limit, service.out, lambda row: Cursor.encode(row[0].name))


@router.post("", status_code=201, dependencies=[_WRITE])
async def create_schedule(session: Session, body: ScheduleIn, response: Response) -> ScheduleOut:
    """A new schedule; it fires from now on."""
    row = await service.create(session, body)
    response.headers["Location"] = f"/api/schedules/{row[0].id}"
    return _answer(response, row)


@router.post("/preview", dependencies=[_READ])
async def preview_schedule(session: Session, body: SchedulePreviewIn) -> SchedulePreview:
    """What a document means, and when it would fire."""
    return await service.preview(session, body.document)


@router.get("/{ref}", dependencies=[_READ])
async def get_schedule(session: Session, ref: Ref, response: Response) -> ScheduleOut:
    """One schedule."""
    return _answer(response, await service.found(session, ref))


@router.put("/{ref}", dependencies=[_WRITE])
async def update_schedule(
    session: Session, ref: Ref, body: ScheduleIn, if_match: IfMatch, response: Response
) -> ScheduleOut:
    """Change a schedule; ticks count anew from now."""
    return _answer(response, await service.change(session, ref, body, if_match))


@router.delete("/{ref}", status_code=204, dependencies=[_WRITE])
async def delete_schedule(session: Session, ref: Ref, if_match: IfMatch) -> None:
    """Delete a schedule with its ticks. Its runs stay."""
    await service.remove(session, ref, if_match)


@router.post("/{ref}/pause", dependencies=[_PAUSE])
async def pause_schedule(session: Session, ref: Ref, response: Response) -> ScheduleOut:
    """Fire nothing until it is resumed."""
    return _answer(response, await service.set_enabled(session, ref, enabled=False))


@router.post("/{ref}/resume", dependencies=[_PAUSE])
async def resume_schedule(session: Session, ref: Ref, response: Response) -> ScheduleOut:
    """Fire again from now on; what would have fired meanwhile is not made up for."""
    return _answer(response, await service.set_enabled(session, ref, enabled=True))


@router.get("/{ref}/ticks", dependencies=[_READ])
async def list_ticks(
    session: Session,
    ref: Ref,
    page: PageQuery,
    since: Annotated[AwareDatetime | None, Query(alias="from", description="Default: a week ago.")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to", description="Default: in a week.")] = None,
) -> Page[TickOut]:
    """Ticks in order: what became of those that are over, with the reason, and those to come."""
    schedule, _ = await service.found(session, ref)
    return await service.ticks(session, schedule, since, until, page.after, page.limit)


@router.post("/{ref}/backfill", status_code=202)
async def backfill_schedule(session: Session, actor: Runner, ref: Ref, body: BackfillIn) -> BackfillOut:
    """Ask for a run for every tick of a range; they wait behind whatever else the pipeline has to do."""
    schedule, _ = await service.found(session, ref)
    return await service.backfill(session, schedule, body, actor.name)
