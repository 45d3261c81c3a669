"""Pipelines: saved as versions, judged before they are saved, asked through a worker what they would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from headwater.sdk.errors import nearest_hint
from headwater_server.auth.needs import Actor
from headwater_server.calls.service import call
from headwater_server.catalog.configs import invalid
from headwater_server.catalog.service import Catalog
from headwater_server.connectors import repository as connector_repository
from headwater_server.db.session import Database
from headwater_server.kit import etags
from headwater_server.kit.problems import Conflict, NotFound
from headwater_server.pipelines import repository
from headwater_server.pipelines.activity import UNFINISHED, Activity, PipelineActivity
from headwater_server.pipelines.judge import judge
from headwater_server.pipelines.models import Pipeline
from headwater_server.pipelines.project import Bundle, Used
from headwater_server.pipelines.repository import ListedPipeline
from headwater_server.pipelines.schemas import (
    PipelineBrief,
    PipelineIn,
    PipelineOut,
    PlanOut,
    PreviewAsked,
    PreviewOut,
    ProblemOut,
    Validity,
)
from headwater_server.processors import repository as processor_repository

_PLAN_S, _PREVIEW_S = 120.0, 120.0


@dataclass(frozen=True, slots=True)
class Editing:
    """What changing pipelines takes: what there is, who does it, and what runs know."""

    catalog: Catalog
    activity: Activity
    author: str

    @staticmethod
    def by(actor: Actor, catalog: Catalog, activity: Activity) -> Editing:
        return Editing(catalog, activity, actor.name)


async def found(session: AsyncSession, ref: str, *, lock: bool = False) -> Pipeline:
    """By name or id. Raises NotFound with the nearest name."""
    pipeline = await repository.by_ref(session, ref, lock=lock)
    if pipeline is None:
        hint = nearest_hint(ref, await repository.names(session))
        raise NotFound(f"there is no pipeline {ref!r}", hint=hint, code="pipelines.not_found")
    return pipeline


async def validity(session: AsyncSession, catalog: Catalog, name: str, document: dict[str, Any]) -> Validity:
    """Whether a document could be saved."""
    problems, _ = await judge(session, catalog, name, document)
    items = [ProblemOut(path=p.path, code=p.code, message=p.message, hint=p.hint) for p in problems]
    return Validity(valid=not items, problems=items)


async def require_valid(session: AsyncSession, catalog: Catalog, name: str, document: dict[str, Any]) -> None:
    """Raises Invalid with every problem."""
    problems, _ = await judge(session, catalog, name, document)
    if problems:
        raise invalid("pipeline", problems)


async def create(session: AsyncSession, editing: Editing, given: PipelineIn) -> Pipeline:
    """Raises Invalid, and Conflict when the name is taken."""
    used = await _judged(session, editing.catalog, given)
    pipeline = Pipeline(name=given.name, document=given.document, description=_description(given.document), version=1)
    await _save(session, editing, pipeline, used, given.message)
    return pipeline


async def change(
    session: AsyncSession, editing: Editing, ref: str, given: PipelineIn, if_match: frozenset[str] | None
) -> Pipeline:
    """A new version. Raises NotFound, PreconditionFailed, Invalid, and Conflict for a name that cannot be had."""
    pipeline = await found(session, ref, lock=True)
    etags.check(if_match, pipeline.revision)
    if (pipeline.name, pipeline.document) == (given.name, given.document):
        return pipeline
    if pipeline.name != given.name:
        await _refuse_rename_after_a_run(session, editing.activity, pipeline)
    used = await _judged(session, editing.catalog, given)
    pipeline.name, pipeline.document = given.name, given.document
    pipeline.description = _description(given.document)
    pipeline.version += 1
    pipeline.revision += 1
    await _save(session, editing, pipeline, used, given.message)
    return pipeline


async def _judged(session: AsyncSession, catalog: Catalog, given: PipelineIn) -> Used:
    problems, used = await judge(session, catalog, given.name, given.document)
    if problems:
        raise invalid("pipeline", problems)
    return used


def _description(document: dict[str, Any]) -> str | None:
    text = document.get("description")
    return text if isinstance(text, str) else None


async def _save(session: AsyncSession, editing: Editing, pipeline: Pipeline, used: Used, message: str | None) -> None:
    name = pipeline.name
    try:
        await repository.save(session, pipeline)
        await connector_repository.replace_uses(session, pipeline.id, [item.id for item in used.connectors.values()])
        await processor_repository.replace_uses(session, pipeline.id, [item.id for item in used.processors.values()])
    except IntegrityError as error:
        if "uq_pipelines_name" in str(error.orig):
            raise Conflict(
                f"there is a pipeline {name!r} already", hint="choose another name", code="pipelines.name_taken"
            ) from error
        raise Conflict(
            "a connector or processor that the pipeline uses was deleted just now",
            hint="read it again",
            code="request.changed_meanwhile",
        ) from error
    await repository.add_version(session, pipeline, editing.author, message)


async def _refuse_rename_after_a_run(session: AsyncSession, activity: Activity, pipeline: Pipeline) -> None:
    known = (await activity.of(session, [pipeline.id])).get(pipeline.id, PipelineActivity())
    if known.schedules:
        raise Conflict(
            f"pipeline {pipeline.name!r} cannot be renamed: schedules name it",
            hint=f"delete its schedules first: {', '.join(item.name for item in known.schedules)}",
            code="pipelines.cannot_rename",
        )
    if known.last_run is not None:
        raise Conflict(
            f"pipeline {pipeline.name!r} has run, and its checkpoints in the destinations are kept under its name",
            hint="make a new pipeline with the new name; it will read everything once",
            code="pipelines.cannot_rename",
        )


async def remove(session: AsyncSession, activity: Activity, ref: str, if_match: frozenset[str] | None) -> None:
    """Raises NotFound, PreconditionFailed, and Conflict while it runs."""
    pipeline = await found(session, ref, lock=True)
    etags.check(if_match, pipeline.revision)
    last = (await activity.of(session, [pipeline.id])).get(pipeline.id, PipelineActivity()).last_run
    if last is not None and last.status in UNFINISHED:
        raise Conflict(
            f"pipeline {pipeline.name!r} has a run that is {last.status}",
            hint="cancel the run first, or wait for it",
            code="pipelines.running",
        )
    await repository.remove(session, pipeline)


async def briefs(
    session: AsyncSession, activity: Activity, pipelines: Sequence[Pipeline | ListedPipeline]
) -> dict[UUID, PipelineBrief]:
    known = await activity.of(session, [item.id for item in pipelines])
    return {item.id: _brief(item, known.get(item.id, PipelineActivity())) for item in pipelines}


async def out(session: AsyncSession, activity: Activity, pipeline: Pipeline) -> PipelineOut:
    brief = (await briefs(session, activity, [pipeline]))[pipeline.id]
    return PipelineOut(**dict(brief), document=pipeline.document)


def _brief(pipeline: Pipeline | ListedPipeline, activity: PipelineActivity) -> PipelineBrief:
    return PipelineBrief(
        id=pipeline.id,
        name=pipeline.name,
        description=pipeline.description,
        revision=pipeline.revision,
        version=pipeline.version,
        created_at=pipeline.created_at,
        updated_at=pipeline.updated_at,
        last_run=activity.last_run,
        recent=activity.recent,
        schedules=list(activity.schedules),
    )


async def plan(database: Database, bundle: Bundle, name: str) -> PlanOut:
    """What a run would do; a worker asks the systems."""
    return PlanOut.model_validate(await call(database, "plan", bundle.request(pipeline=name), _PLAN_S))


async def preview(database: Database, bundle: Bundle, name: str, asked: PreviewAsked) -> PreviewOut:
    """The first rows after a step; nothing is written anywhere."""
    request = bundle.request(pipeline=name, stream=asked.stream, after=asked.after, limit=asked.limit)
    return PreviewOut.model_validate(await call(database, "preview", request, _PREVIEW_S))
