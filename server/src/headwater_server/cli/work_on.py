"""Runs a task of a command on the server's database, in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.cli import start
from headwater_server.db.session import Database
from headwater_server.settings import Settings

T = TypeVar("T")


def work_on(settings: Settings, task: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """What the task answers, after its transaction is committed."""
    return asyncio.run(_work(start.ready_database(settings), task))


async def _work(url: str, task: Callable[[AsyncSession], Awaitable[T]]) -> T:
    database = Database(url, pool_size=2, application="headwater cli")
    try:
        async with database.begin() as session:
            return await task(session)
    finally:
        await database.dispose()
