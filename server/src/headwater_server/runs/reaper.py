"""Leaves no run in a wrong state: what a dead worker was at is taken over, whoever notices first.

Every worker does this, and so does every server: one live process is enough.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.calls import repository as calls
from headwater_server.calls.service import WORK
from headwater_server.db.listen import notify
from headwater_server.db.outage import is_down
from headwater_server.db.session import Database
from headwater_server.runs.claims import abandoned
from headwater_server.runs.endings import end
from headwater_server.runs.losses import ending_of_lost
from headwater_server.settings import Settings

log = logging.getLogger(__name__)

# A worker ends its engines when its lease is over; only then may others begin.
AFTER_LEASE = 1.2


async def reap_for_ever(database: Database, settings: Settings) -> None:
    """After the database was down, workers have a lease's time to be heard again before anyone is thought dead."""
    not_before = 0.0
    while True:
        try:
            async with database.begin() as session:
                if time.monotonic() >= not_before:
                    await reap(session, settings)
                else:
                    await session.execute(text("select 1"))
        except (SQLAlchemyError, OSError) as error:
            log.warning("reaping is put off", extra={"event": "reaper.failed", "error": type(error).__name__})
            if is_down(error):
                not_before = time.monotonic() + settings.worker_lease_s * AFTER_LEASE
        await asyncio.sleep(min(2.0, settings.worker_lease_s / 4) * random.uniform(0.8, 1.2))


async def reap(session: AsyncSession, settings: Settings) -> int:
    """How many runs were taken from dead workers."""
    lease_s = settings.worker_lease_s * AFTER_LEASE
    found = await abandoned(session, lease_s)
    for run in found:
        ending = ending_of_lost(run.worker_losses, settings.run_worker_losses)
        status = await end(session, run.id, run.attempt, ending)
        log.warning(
            "a run is taken from a dead worker",
            extra={"event": "run.taken_over", "run": str(run.id), "attempt": run.attempt, "status": status},
        )
    if await calls.requeue_of_dead(session, lease_s):
        await notify(session, WORK, "call")
    return len(found)
