"""Is the process alive, can it work, and figures for Prometheus. Open to all: they name nothing."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel
from sqlalchemy import text

from headwater_server.app.metrics import metrics
from headwater_server.db.listen import UsedListener
from headwater_server.db.session import Session, UsedDatabase
from headwater_server.kit.problems import Unavailable
from headwater_server.settings import Settings

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """`ok` when the process answers at all."""

    status: str


@router.get("/healthz")
async def get_health() -> Health:
    """Whether the process is alive."""
    return Health(status="ok")


@router.get("/readyz")
async def get_readiness(session: Session, listener: UsedListener) -> Health:
    """Whether the process can do its work: the database answers."""
    await session.execute(text("select 1"))
    if not listener.connected.is_set():
        raise Unavailable("the connection that hears of events is not there yet", code="database.unavailable")
    return Health(status="ok")


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def get_metrics(database: UsedDatabase, request: Request) -> Response:
    """Figures in Prometheus' text format: requests of this process, and the queue: runs by status, how long they wait,
    workers, schedules that are late.
    """
    settings: Settings = request.app.state.settings
    return Response(await metrics(database, settings.worker_lease_s), media_type=CONTENT_TYPE_LATEST)
