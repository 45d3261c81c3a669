"""Pipelines, their plans, previews and versions."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Query, Response

from headwater_server.auth.needs import Actor, needs
from headwater_server.catalog.service import UsedCatalog
from headwater_server.db.idempotency import Router
from headwater_server.db.session import Session, UsedDatabase
from headwater_server.kit import etags
from headwater_server.kit.answers import answer
from headwater_server.kit.documents import Text
from headwater_server.kit.etags import IfMatch
from headwater_server.kit.names import Ref
from headwater_server.kit.pages import Cursor, Page, PageQuery, page_of
from headwater_server.kit.seal import UsedSealer
from headwater_server.pipelines import repository, service, try_out, versions
from headwater_server.pipelines.activity import UsedActivity
from headwater_server.pipelines.models import Pipeline
from headwater_server.pipelines.project import project_for, project_of_pipeline
from headwater_server.pipelines.schemas import (
    DiffOut,
    DocumentIn,
    PipelineBrief,
    PipelineIn,
    PipelineOut,
    PlanOut,
    PreviewAsked,
    PreviewIn,
    PreviewOut,
    TryIn,
    TryOut,
    Validity,
    VersionBrief,
    VersionOut,
)
from headwater_server.pipelines.service import Editing

router = Router("/pipelines", tag="pipelines")
processors_router = Router("/processors", tag="processors")
_READ, _CHECK = (Depends(needs(f"pipelines:{verb}")) for verb in ("read", "check"))
_EDIT = needs("pipelines:write")
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="Number of a version.")]
Other = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="The other version.")]


async def _editing(actor: Annotated[Actor, Depends(_EDIT)], catalog: UsedCatalog, activity: UsedActivity) -> Editing:
    return Editing.by(actor, catalog, activity)


Edits = Annotated[Editing, Depends(_editing)]


async def _answer(session: Session, activity: UsedActivity, response: Response, pipeline: Pipeline) -> PipelineOut:
    response.headers["ETag"] = etags.etag(pipeline.revision)
    return await service.out(session, activity, pipeline)


@router.get("", dependencies=[_READ], response_model=Page[PipelineBrief])
async def list_pipelines(
    session: Session,
    activity: UsedActivity,
    page: PageQuery,
    q: Annotated[Text | None, Query(max_length=200, description="Text that the name or description holds.")] = None,
) -> Response:
    """Pipelines by name, with their last runs."""
    after = None if page.after is None else Cursor.decode(page.after, str)[0]
    rows = await repository.page(session, q=q, after=after, limit=page.limit + 1)
    answers = await service.briefs(session, activity, rows[: page.limit])
    found = page_of(rows, page.limit, lambda row: answers[row.id], lambda row: Cursor.encode(row.name))
    return answer(found)


@router.post("", status_code=201)
async def create_pipeline(session: Session, edits: Edits, body: PipelineIn, response: Response) -> PipelineOut:
    """A new pipeline."""
    pipeline = await service.create(session, edits, body)
    response.headers["Location"] = f"/api/pipelines/{pipeline.id}"
    return await _answer(session, edits.activity, response, pipeline)


@router.post("/validate", dependencies=[_READ])
async def validate_pipeline(session: Session, catalog: UsedCatalog, body: DocumentIn) -> Validity:
    """Everything that is wrong with a document, without saving it or touching a system."""
    return await service.validity(session, catalog, body.name, body.document)


@router.post("/plan", dependencies=[_CHECK])
async def plan_unsaved_pipeline(
    session: Session, database: UsedDatabase, catalog: UsedCatalog, body: DocumentIn
) -> PlanOut:
    """What a run of a document would do."""
    await service.require_valid(session, catalog, body.name, body.document)
    bundle = await project_for(session, body.name, body.document)
    await session.commit()
    return await service.plan(database, bundle, body.name)


@router.post("/preview", dependencies=[_CHECK])
async def preview_unsaved_pipeline(
    session: Session, database: UsedDatabase, catalog: UsedCatalog, body: PreviewIn
) -> PreviewOut:
    """The first rows of a document's streams after any step."""
    await service.require_valid(session, catalog, body.name, body.document)
    bundle = await project_for(session, body.name, body.document)
    await session.commit()
    return await service.preview(database, bundle, body.name, body)


@router.get("/{ref}", dependencies=[_READ])
async def get_pipeline(session: Session, activity: UsedActivity, ref: Ref, response: Response) -> PipelineOut:
    """One pipeline with its document."""
    return await _answer(session, activity, response, await service.found(session, ref))


@router.put("/{ref}")
async def update_pipeline(
    session: Session, edits: Edits, ref: Ref, body: PipelineIn, if_match: IfMatch, response: Response
) -> PipelineOut:
    """Save a new version."""
    pipeline = await service.change(session, edits, ref, body, if_match)
    return await _answer(session, edits.activity, response, pipeline)


@router.delete("/{ref}", status_code=204)
async def delete_pipeline(session: Session, edits: Edits, ref: Ref, if_match: IfMatch) -> None:
    """Delete a pipeline with its versions, schedules and runs. Tables in destinations stay."""
    await service.remove(session, edits.activity, ref, if_match)


@router.post("/{ref}/plan", dependencies=[_CHECK])
async def plan_pipeline(session: Session, database: UsedDatabase, ref: Ref) -> PlanOut:
    """What a run would do, load by load."""
    pipeline = await service.found(session, ref)
    bundle = await project_of_pipeline(session, pipeline)
    await session.commit()
    return await service.plan(database, bundle, pipeline.name)


@router.post("/{ref}/preview", dependencies=[_CHECK])
async def preview_pipeline(session: Session, database: UsedDatabase, ref: Ref, body: PreviewAsked) -> PreviewOut:
    """The first rows of a pipeline's streams after any step."""
    pipeline = await service.found(session, ref)
    bundle = await project_of_pipeline(session, pipeline)
    await session.commit()
    return await service.preview(database, bundle, pipeline.name, body)


@router.get("/{ref}/versions", dependencies=[_READ])
async def list_versions(session: Session, ref: Ref, page: PageQuery) -> Page[VersionBrief]:
    """Every saved state, newest first."""
    pipeline = await service.found(session, ref)
    before = None if page.after is None else Cursor.decode(page.after, int)[0]
    rows = await repository.versions(session, pipeline.id, before=before, limit=page.limit + 1)
    return page_of(rows, page.limit, lambda row: versions.brief(row, pipeline), lambda row: Cursor.encode(row.number))


@router.get("/{ref}/versions/{number}", dependencies=[_READ])
async def get_version(session: Session, ref: Ref, number: Number) -> VersionOut:
    """One saved state."""
    pipeline = await service.found(session, ref)
    return versions.out(await versions.found(session, pipeline, number), pipeline)


@router.get("/{ref}/versions/{number}/diff", dependencies=[_READ])
async def diff_versions(session: Session, ref: Ref, number: Number, to: Other = None) -> DiffOut:
    """What changed from one version to another; to the current one when none is named."""
    pipeline = await service.found(session, ref)
    old = await versions.found(session, pipeline, number)
    new = await versions.found(session, pipeline, pipeline.version if to is None else to)
    return DiffOut(text=versions.difference(old, new))


@router.post("/{ref}/versions/{number}/rollback", status_code=201)
async def roll_back_pipeline(
    session: Session, edits: Edits, ref: Ref, number: Number, response: Response
) -> PipelineOut:
    """Save an old version as the newest."""
    pipeline = await versions.roll_back(session, edits, ref, number)
    response.headers["Location"] = f"/api/pipelines/{pipeline.id}"
    return await _answer(session, edits.activity, response, pipeline)


@processors_router.post("/try", dependencies=[_CHECK])
async def try_processor(
    session: Session, database: UsedDatabase, catalog: UsedCatalog, sealer: UsedSealer, body: TryIn
) -> TryOut:
    """What a processor does to the first rows of a stream."""
    bundle = await try_out.bundle_for(session, catalog, sealer, body)
    await session.commit()
    return await try_out.try_out(database, bundle, body)
