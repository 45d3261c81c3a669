"""The figures of each day, kept in memory: a past day changes no more, and summing up a busy month takes long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.overview import repository
from headwater_server.overview.schemas import Day

# Old runs are deleted, and what ended just before midnight may be committed just after it.
PAST_S = 600.0
TODAY_S = 1.0


@dataclass(slots=True)
class _Kept:
    today: date
    until_s: float
    days: Sequence[Day]


@dataclass(slots=True)
class History:
    """One per process. Whoever asks while the figures are being summed up waits for them."""

    _past: dict[int, _Kept] = field(default_factory=dict[int, _Kept])
    _today: _Kept | None = None
    _summing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def of(self, session: AsyncSession, count: int) -> list[Day]:
        """Of the last `count` days (UTC), today included, at most a second old."""
        today = datetime.now(UTC).date()
        async with self._summing:
            past = self._past.get(count)
            if not _is_good(past, today):
                first = today - timedelta(days=count - 1)
                past = _Kept(today, time.monotonic() + PAST_S, await repository.days(session, first, count - 1))
                self._past[count] = past
            if not _is_good(self._today, today):
                figures = await repository.days(session, today, 1)
                self._today = _Kept(today, time.monotonic() + TODAY_S, figures)
            assert past is not None
            assert self._today is not None
            return [*past.days, *self._today.days]


def _is_good(kept: _Kept | None, today: date) -> bool:
    return kept is not None and kept.today == today and time.monotonic() < kept.until_s


async def _history(request: Request) -> History:
    return request.app.state.history


UsedHistory = Annotated[History, Depends(_history)]
"""Parameter of a route that shows days."""
