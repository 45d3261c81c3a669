"""Deletes, every hour, what is over: sign-ins, links, idempotency keys, answers, and old runs with all they told."""

from __future__ import annotations

import asyncio
import logging
import random
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from headwater_server.auth import repository as auth_repository
from headwater_server.calls import repository as calls_repository
from headwater_server.db import idempotency
from headwater_server.db.session import Database
from headwater_server.quarantine import repository as quarantine_repository
from headwater_server.runs import repository as run_repository
from headwater_server.schedules import repository as schedule_repository

_EVERY_S = 3600.0
log = logging.getLogger(__name__)


async def housekeeping(database: Database, history_days: int) -> None:
    while True:
        try:
            async with database.begin() as session:
                await idempotency.forget_old(session)
                await auth_repository.forget_old(session)
                await calls_repository.forget_old(session)
            if history_days:
                await _forget_history(database, datetime.now(UTC) - timedelta(days=history_days))
        except (SQLAlchemyError, OSError) as error:
            log.warning(
                "housekeeping is put off", extra={"event": "housekeeping.failed", "error": type(error).__name__}
            )
        await asyncio.sleep(_EVERY_S * random.uniform(0.8, 1.2))


async def _forget_history(database: Database, moment: datetime) -> None:
    """A little at a time: no transaction holds many rows for long."""
    async with database.begin() as session:
        await schedule_repository.forget_before(session, moment)
        await quarantine_repository.forget_before(session, moment)
    gone = 1
    while gone:
        async with database.begin() as session:
            gone = await run_repository.forget_before(session, moment)
            gone += await run_repository.forget_ticks_before(session, moment)
