"""The whole project as one file."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response

from headwater_server.auth.needs import Actor, needs
from headwater_server.catalog.service import UsedCatalog
from headwater_server.db.idempotency import Router
from headwater_server.db.session import Session
from headwater_server.kit.seal import UsedSealer
from headwater_server.pipelines.activity import UsedActivity
from headwater_server.project import demo, service
from headwater_server.project.schemas import Applied, ApplyIn
from headwater_server.project.sections import Means

router = Router("", tag="project")
YAML = "application/yaml"


@router.get(
    "/export",
    dependencies=[Depends(needs("project:read"))],
    response_class=Response,
    responses={200: {"content": {YAML: {"schema": {"type": "string"}}}}},
)
async def export_project(session: Session) -> Response:
    """Everything that is configured, as a project file; a stored secret is a reference to itself."""
    headers = {"Content-Disposition": 'attachment; filename="headwater.yaml"'}
    return Response(await service.export_yaml(session), media_type=YAML, headers=headers)


@router.post("/apply")
async def apply_project(
    session: Session,
    actor: Annotated[Actor, Depends(needs("project:write"))],
    catalog: UsedCatalog,
    sealer: UsedSealer,
    activity: UsedActivity,
    body: ApplyIn,
) -> Applied:
    """Make the server's configuration what a project file says; with `dry_run`, say what would change."""
    means = Means(catalog, sealer, activity, actor.name, body.message)
    return await service.apply(session, means, body)


@router.post("/demo", status_code=201)
async def set_up_demo(
    session: Session,
    actor: Annotated[Actor, Depends(needs("project:write"))],
    catalog: UsedCatalog,
    sealer: UsedSealer,
    activity: UsedActivity,
    request: Request,
) -> Applied:
    """A small shop to look around in: exports with faults in them, as files in the project's folder, which API and
    workers share; the pipeline `demo_shop`, which checks and protects them; and a DuckDB file as its warehouse.
    """
    means = Means(catalog, sealer, activity, actor.name, "the demo")
    return await demo.set_up(session, means, request.app.state.settings.home)
