"""The figures of each day, kept in memory: what ended a while ago changes no more, and summing up a busy day takes
long. What ended since is summed up again.
"""

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
KEPT_S = 600.0
FRESH_S = 1.0
# Longer than a transaction may take, and than clocks may differ: what ended before is there.
SETTLED = timedelta(minutes=10)


@dataclass(slots=True)
class _Kept:
    """Figures of all days up to a moment of today, and of today from there on."""

    today: date
    upto: datetime
    until_s: float
    days: Sequence[Day]
    since: Day | None = None
    since_until_s: float = 0.0


@dataclass(slots=True)
class History:
    """One per process. Whoever asks while the figures are being summed up waits for them."""

    _kept: dict[int, _Kept] = field(default_factory=dict[int, _Kept])
    _summing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def of(self, session: AsyncSession, count: int) -> list[Day]:
        """Of the last `count` days (UTC), today included, at most a second old."""
        now = datetime.now(UTC)
        async with self._summing:
            kept = self._kept.get(count)
            if kept is None or kept.today != now.date() or time.monotonic() >= kept.until_s:
                kept = await _settled(session, now, count)
                self._kept[count] = kept
            if kept.since is None or time.monotonic() >= kept.since_until_s:
                kept.since = (await repository.days(session, kept.today, 1, since=kept.upto))[0]
                kept.since_until_s = time.monotonic() + FRESH_S
            return [*kept.days[:-1], _sum(kept.days[-1], kept.since)]


async def _settled(session: AsyncSession, now: datetime, count: int) -> _Kept:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    upto = max(midnight, now - SETTLED)
    first = now.date() - timedelta(days=count - 1)
    days = await repository.days(session, first, count, until=upto)
    return _Kept(now.date(), upto, time.monotonic() + KEPT_S, days)


def _sum(one: Day, other: Day) -> Day:
    figures = {name: value + getattr(other, name) for name, value in one if name != "day"}
    return Day(day=one.day, **figures)


async def _history(request: Request) -> History:
    return request.app.state.history


UsedHistory = Annotated[History, Depends(_history)]
"""Parameter of a route that shows days."""
