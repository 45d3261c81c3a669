"""What a pipeline can be told to do: run, read a stream anew; and where its streams stand."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Response

from headwater_server.auth.needs import Actor, needs
from headwater_server.calls.service import call
from headwater_server.db.idempotency import Router
from headwater_server.db.session import Session, UsedDatabase
from headwater_server.kit.names import Ref
from headwater_server.pipelines import service as pipelines
from headwater_server.pipelines.project import project_of_pipeline
from headwater_server.runs import service
from headwater_server.runs.schemas import RunDetail, RunIn, StateIn, StateOut
from headwater_server.runs.service import Asked

router = Router("/pipelines", tag="pipelines")
Runner = Annotated[Actor, Depends(needs("pipelines:run"))]
_READ = Depends(needs("pipelines:read"))
_WRITE = Depends(needs("pipelines:write"))
StreamName = Annotated[str, Path(min_length=1, max_length=1000, description="Name of a stream.")]
STATE_S = 60.0


def _trigger(actor: Actor) -> str:
    return "api" if actor.kind == "token" else "manual"


async def _detail(session: Session, response: Response, run_id: UUID) -> RunDetail:
    response.headers["Location"] = f"/api/runs/{run_id}"
    return await service.detail(session, run_id)


@router.post("/{ref}/run", status_code=202)
async def run_pipeline(
    session: Session, actor: Runner, ref: Ref, response: Response, body: RunIn | None = None
) -> RunDetail:
    """Queue a run. It begins when a worker is free, no other run of the pipeline is at work, and its connectors take
    one more.
    """
    asked = body or RunIn()
    pipeline = await pipelines.found(session, ref, lock=asked.if_running == "refuse")
    if asked.if_running == "refuse":
        await service.refuse_when_at_work(session, pipeline)
    parameters = {"streams": asked.streams, "full_refresh": asked.full_refresh}
    run = await service.ask(session, pipeline, Asked(_trigger(actor), actor.name, parameters, asked.priority))
    return await _detail(session, response, run.id)


@router.post("/{ref}/streams/{stream:path}/resync", status_code=202)
async def resync_stream(session: Session, actor: Runner, ref: Ref, stream: StreamName, response: Response) -> RunDetail:
    """Queue a run that reads one stream from its beginning and rebuilds its tables."""
    pipeline = await pipelines.found(session, ref)
    parameters = {"streams": [stream], "full_refresh": True}
    run = await service.ask(session, pipeline, Asked(_trigger(actor), actor.name, parameters))
    return await _detail(session, response, run.id)


@router.get("/{ref}/state", dependencies=[_READ])
async def get_pipeline_state(session: Session, database: UsedDatabase, ref: Ref) -> StateOut:
    """Where the streams stand, asked of their destinations."""
    pipeline = await pipelines.found(session, ref)
    request = (await project_of_pipeline(session, pipeline)).request(pipeline=pipeline.name)
    await session.commit()
    return StateOut(**await call(database, "state", request, STATE_S))


@router.put("/{ref}/state", dependencies=[_WRITE])
async def set_pipeline_state(session: Session, database: UsedDatabase, ref: Ref, body: StateIn) -> StateOut:
    """Let a stream go on from elsewhere, or (null) forget where it stands. Refused while a run is not over."""
    pipeline = await pipelines.found(session, ref)
    await service.refuse_when_at_work(session, pipeline)
    await service.require_settled(session, pipeline.id)
    bundle = await project_of_pipeline(session, pipeline)
    await session.commit()
    kind = "reset_state" if body.checkpoint is None else "set_state"
    changed = bundle.request(pipeline=pipeline.name, stream=body.stream, checkpoint=body.checkpoint)
    await call(database, kind, changed, STATE_S)
    return StateOut(**await call(database, "state", bundle.request(pipeline=pipeline.name), STATE_S))
