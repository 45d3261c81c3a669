"""The scheduler: fires what is due. Any number may run; row locks and the key of a tick let each tick fire once.

It sleeps until the next schedule is due by the database's clock, or something changes.
"""

from __future__ import annotations

import asyncio
import json
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.db.listen import Subscription
from headwater_server.db.session import Database
from headwater_server.runs.reaper import reap_for_ever
from headwater_server.runs.told import RUN
from headwater_server.schedules import repository
from headwater_server.schedules.firing import fire, follow, look_again
from headwater_server.schedules.models import Schedule
from headwater_server.schedules.service import CHANGED
from headwater_server.settings import Settings

log = logging.getLogger(__name__)

AT_ONCE = 50
LOOK_EVERY_S = 5.0
AFTER_ERROR_S = 1.0
PUT_OFF_S = 60.0


async def run_scheduler(settings: Settings, url: str) -> None:
    """Until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    database = Database(url, pool_size=3, application="headwater scheduler")
    try:
        async with database.listener:
            work = [
                asyncio.create_task(Scheduler(database, settings).run_for_ever()),
                asyncio.create_task(reap_for_ever(database, settings)),
            ]
            await stopped.wait()
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
    finally:
        await database.dispose()


class Scheduler:
    """`run_for_ever` needs the database's listener to be entered; `step` and `look` are what it does each time."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._late_s = settings.scheduler_late_s
        self._wake = asyncio.Event()
        self._succeeded: set[UUID] = set()
        self._look_at_all = True

    async def run_for_ever(self) -> None:
        async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
            for topic in (CHANGED, RUN):
                heard = await stack.enter_async_context(self._database.listener.subscribe(topic))
                group.create_task(self._hear(heard))
            while True:
                self._wake.clear()
                pause_s = await self._once()
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause_s):
                        await self._wake.wait()

    async def _once(self) -> float:
        """Seconds to sleep."""
        try:
            while await self.step():
                pass
            await self.look()
            async with self._database.begin() as session:
                next_s = await repository.next_in_s(session)
        except (SQLAlchemyError, OSError) as error:
            log.warning("scheduling is put off", extra={"event": "scheduler.failed", "error": type(error).__name__})
            self._look_at_all = True
            return AFTER_ERROR_S
        return max(0.001, min(LOOK_EVERY_S, LOOK_EVERY_S if next_s is None else next_s))

    async def step(self, now: datetime | None = None) -> int:
        """Fire some of what is due; how many schedules that were. `now` is for tests: by default, the database's."""
        async with self._database.begin() as session:
            moment = now or await repository.now(session)
            found = await repository.due(session, moment, AT_ONCE)
            for schedule in found:
                await self._kept_apart(session, schedule, moment)
            return len(found)

    async def _kept_apart(self, session: AsyncSession, schedule: Schedule, moment: datetime) -> None:
        """A schedule that cannot be fired does not hold up the others."""
        name = schedule.name
        try:
            async with session.begin_nested():
                await fire(session, schedule, moment, self._late_s)
        except (ValueError, KeyError, AssertionError) as error:
            log.exception("a schedule cannot be fired", extra={"event": "schedule.failed", "schedule": name})
            del error
            await repository.put_off(session, schedule.id, PUT_OFF_S)

    async def look(self, now: datetime | None = None) -> int:
        """Fire what waited for other pipelines; how many that were."""
        succeeded, everything = self._succeeded, self._look_at_all
        self._succeeded, self._look_at_all = set(), False
        if not everything and not succeeded:
            return 0
        async with self._database.begin() as session:
            concerned = None if everything else set(await repository.followers_of(session, list(succeeded)))
            waiting = [tick.schedule_id for tick in await repository.waiting_ticks(session)]
            followers = await repository.followers(session)
        fired = 0
        for ids, act in ((waiting, _waited), (followers, follow)):
            for schedule_id in dict.fromkeys(ids):
                if concerned is None or schedule_id in concerned:
                    fired += await self._locked(schedule_id, act, now)
        return fired

    async def _locked(
        self,
        schedule_id: UUID,
        act: Callable[[AsyncSession, Schedule, datetime], Awaitable[bool]],
        now: datetime | None,
    ) -> bool:
        async with self._database.begin() as session:
            schedule = await repository.locked(session, schedule_id)
            if schedule is None:
                return False
            return await act(session, schedule, now or await repository.now(session))

    async def _hear(self, notices: Subscription) -> None:
        async for notice in notices:
            if notice.payload is None:
                self._look_at_all = True
            elif notice.topic == RUN:
                said = json.loads(notice.payload)
                if said.get("status") != "succeeded":
                    continue
                await self._note_success(UUID(said["run"]))
            self._wake.set()

    async def _note_success(self, run_id: UUID) -> None:
        try:
            async with self._database.begin() as session:
                self._succeeded |= set(await repository.pipelines_of_runs(session, [run_id]))
        except (SQLAlchemyError, OSError):
            self._look_at_all = True


async def _waited(session: AsyncSession, schedule: Schedule, now: datetime) -> bool:
    fired = False
    for tick in await repository.waiting_ticks(session, schedule.id):
        fired = await look_again(session, schedule, tick, now) or fired
    return fired
