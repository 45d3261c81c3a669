"""What Prometheus asks for: the process's own figures, and those of the queue, which all servers share."""

from __future__ import annotations

import asyncio
import logging

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from headwater_server.db.session import Database
from headwater_server.overview.queue import QueueFigures, queue_figures

_WAIT_S = 5.0
log = logging.getLogger(__name__)


async def metrics(database: Database, lease_s: float) -> bytes:
    """In the text format. Without the database, the process still tells its own, and `headwater_database_up 0`."""
    registry = CollectorRegistry()
    up = Gauge("headwater_database_up", "Whether the server's database answers.", registry=registry)
    try:
        async with asyncio.timeout(_WAIT_S), database.begin() as session:
            figures = await queue_figures(session, lease_s)
    except (SQLAlchemyError, OSError) as error:
        log.warning("no figures of the queue", extra={"event": "metrics.no_queue", "error": type(error).__name__})
    else:
        up.set(1)
        _tell(figures, registry)
    return generate_latest() + generate_latest(registry)


def _tell(figures: QueueFigures, registry: CollectorRegistry) -> None:
    runs = Gauge("headwater_runs", "Runs that are not over, by status.", ["status"], registry=registry)
    for status, count in figures.runs.items():
        runs.labels(status).set(count)
    ended = Gauge("headwater_runs_ended_1h", "Runs of the last hour, by how they ended.", ["status"], registry=registry)
    for status, count in figures.ended.items():
        ended.labels(status).set(count)
    single = {
        "headwater_queue_waiting_seconds": ("How long the run that waits longest could have begun.", figures.waiting_s),
        "headwater_workers": ("Workers that are alive.", figures.workers),
        "headwater_worker_places": ("Runs that they execute at a time.", figures.places),
        "headwater_schedules_overdue": ("Schedules whose tick is over 5 s late.", figures.overdue_schedules),
        "headwater_calls_waiting": ("Questions that no worker has taken yet.", figures.waiting_calls),
    }
    for name, (about, value) in single.items():
        Gauge(name, about, registry=registry).set(value)
