"""Writes that must not be lost are tried until the database takes them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.db.session import Database

log = logging.getLogger(__name__)
T = TypeVar("T")

GONE = (OperationalError, InterfaceError, PoolTimeout, ConnectionError, TimeoutError)
LONGEST_WAIT_S = 2.0


async def surely(database: Database, write: Callable[[AsyncSession], Awaitable[T]], *, what: str) -> T:
    """Run `write` in a transaction of its own, again and again until it is committed. It may have been committed
    although the connection broke: it must be right to do it twice.
    """
    wait_s = 0.1
    while True:
        try:
            async with database.begin() as session:
                return await write(session)
        except GONE as error:
            log.warning("not written yet", extra={"event": "worker.waits", "what": what, "error": type(error).__name__})
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        await asyncio.sleep(wait_s)
        wait_s = min(LONGEST_WAIT_S, wait_s * 2)
