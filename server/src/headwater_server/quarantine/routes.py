"""Rejected rows."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query, Response
from fastapi.responses import StreamingResponse

from headwater_server.auth.needs import Actor, needs
from headwater_server.db.idempotency import Router
from headwater_server.db.session import Session, UsedDatabase
from headwater_server.kit.documents import Text
from headwater_server.kit.pages import Cursor, Page, PageQuery, page_of
from headwater_server.pipelines import service as pipelines
from headwater_server.quarantine import repository, service
from headwater_server.quarantine.schemas import DismissIn, QuarantineOut, ReplayIn, RowEdits, RowPage, RowStatus
from headwater_server.runs import service as runs
from headwater_server.runs.schemas import RunDetail

router = Router("/quarantine", tag="quarantine")
_READ = Depends(needs("quarantine:read"))
Editor = Annotated[Actor, Depends(needs("quarantine:write"))]
Replayer = Annotated[Actor, Depends(needs("quarantine:replay"))]


@router.get("", dependencies=[_READ])
async def list_quarantine(
    session: Session,
    page: PageQuery,
    pipeline: Annotated[str | None, Query(max_length=200, description="Name or id of a pipeline.")] = None,
    run: Annotated[UUID | None, Query(description="Id of a run.")] = None,
    open: Annotated[bool, Query(description="Only what has open rows.")] = False,  # noqa: FBT002
) -> Page[QuarantineOut]:
    """What was rejected, by run and stream, newest first."""
    pipeline_id = None if pipeline is None else (await pipelines.found(session, pipeline)).id
    after = None if page.after is None else _id(Cursor.decode(page.after, str)[0])
    rows = await repository.page(
        session, pipeline_id=pipeline_id, run_id=run, only_open=open, after=after, limit=page.limit
    )
    return page_of(rows, page.limit, service.out, lambda row: Cursor.encode(str(row[0].id)))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@router.get("/{file_id}", dependencies=[_READ])
async def get_quarantine(session: Session, file_id: UUID) -> QuarantineOut:
    """The rejected rows of one stream in one run."""
    return service.out(await service.found(session, file_id))


@router.get("/{file_id}/rows", dependencies=[_READ])
async def list_rejected_rows(
    database: UsedDatabase,
    file_id: UUID,
    rule: Annotated[Text | None, Query(max_length=500, description="Only rows that broke this rule.")] = None,
    status: Annotated[RowStatus | None, Query(description="Only rows of this status.")] = None,
    after: Annotated[str | None, Query(max_length=200, description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> RowPage:
    """The rows, with what is wrong with each."""
    return await service.rows(database, file_id, rule=rule, status=status, after=after, limit=limit)


@router.patch("/{file_id}/rows")
async def edit_rejected_rows(session: Session, actor: Editor, file_id: UUID, body: RowEdits) -> QuarantineOut:
    """Correct rows; a replay then takes them as they are here."""
    await service.edit(session, file_id, body.edits, actor.name)
    return service.out(await service.found(session, file_id))


@router.get(
    "/{file_id}/export",
    dependencies=[_READ],
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}, "application/jsonl": {}}}},
)
async def export_rejected_rows(
    session: Session,
    database: UsedDatabase,
    file_id: UUID,
    format: Annotated[Literal["csv", "jsonl"], Query()] = "csv",
) -> StreamingResponse:
    """All rows as a file."""
    await service.found(session, file_id)
    await session.commit()
    media_type = "text/csv; charset=utf-8" if format == "csv" else "application/jsonl"
    headers = {"Content-Disposition": f'attachment; filename="rejected-{file_id}.{format}"'}
    return StreamingResponse(service.export(database, file_id, format), media_type=media_type, headers=headers)


@router.post("/{file_id}/replay", status_code=202)
async def replay_rejected_rows(
    session: Session, actor: Replayer, file_id: UUID, response: Response, body: ReplayIn | None = None
) -> RunDetail:
    """Queue a run that sends rows through the pipeline again, from the step that rejected them; each is delivered
    once.
    """
    rows = None if body is None else body.rows
    run = await service.replay(session, file_id, rows, actor.name)
    response.headers["Location"] = f"/api/runs/{run.id}"
    return await runs.detail(session, run.id)


@router.post("/{file_id}/dismiss")
async def dismiss_rejected_rows(
    session: Session, actor: Editor, file_id: UUID, body: DismissIn | None = None
) -> QuarantineOut:
    """Let rows go: they are no longer open, and stay readable until they are too old."""
    asked = body or DismissIn()
    return service.out(await service.dismiss(session, file_id, asked.rows, asked.note, actor.name))
