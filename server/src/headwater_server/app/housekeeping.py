"""Deletes, every hour, what is over: sign-ins, links, idempotency keys."""

from __future__ import annotations

import asyncio
import logging
import random

from sqlalchemy.exc import SQLAlchemyError

from headwater_server.auth import repository as auth_repository
from headwater_server.db import idempotency
from headwater_server.db.session import Database

_EVERY_S = 3600.0
log = logging.getLogger(__name__)


async def housekeeping(database: Database) -> None:
    while True:
        try:
            async with database.begin() as session:
                await idempotency.forget_old(session)
                await auth_repository.forget_old(session)
        except (SQLAlchemyError, OSError) as error:
            log.warning(
                "housekeeping is put off", extra={"event": "housekeeping.failed", "error": type(error).__name__}
            )
        await asyncio.sleep(_EVERY_S * random.uniform(0.8, 1.2))
