"""What happens, as it happens: one task per process turns notices into messages, and every open page gets them.

Promises: a message carries the state as it is, so getting one twice does no harm; a page that comes back with the id of
the last message it saw gets what it missed; one that cannot keep up is cut off, and comes back.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.db.listen import Notice, Subscription
from headwater_server.db.session import Database
from headwater_server.runs import repository, service
from headwater_server.runs.models import RunEvent
from headwater_server.runs.told import LOG, PROGRESS, RUN, TICK

log = logging.getLogger(__name__)

KEPT = 1_000
GATHER_S = 0.05
# Ids are given before they are committed: a little older ones may become visible later than newer ones.
OVERLAP = 200
MOST_RUNS = 200


@dataclass(frozen=True, slots=True)
class Message:
    """`id` None: nothing to resume from. `run` is the run that it is about."""

    event: str
    data: Any
    id: int | None
    run: UUID | None


class Feed:
    """Enter it once per process; `follow` gives each page its messages."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queues: set[asyncio.Queue[Message | None]] = set()
        self._gathered: asyncio.Queue[Notice] = asyncio.Queue()

    async def run(self) -> None:
        """For as long as the process lives."""
        async with AsyncExitStack() as stack:
            topics = (RUN, PROGRESS, TICK, LOG)
            heard = [await stack.enter_async_context(self._database.listener.subscribe(topic)) for topic in topics]
            async with asyncio.TaskGroup() as group:
                for subscription in heard:
                    group.create_task(self._pass_on(subscription))
                group.create_task(self._tell())

    @asynccontextmanager
    async def follow(self) -> AsyncIterator[asyncio.Queue[Message | None]]:
        """None in the queue: messages were lost, come back."""
        queue: asyncio.Queue[Message | None] = asyncio.Queue(KEPT)
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)

    async def _pass_on(self, subscription: Subscription) -> None:
        async for notice in subscription:
            if self._queues:
                self._gathered.put_nowait(notice)

    async def _tell(self) -> None:
        while True:
            notices = [await self._gathered.get()]
            await asyncio.sleep(GATHER_S)
            while not self._gathered.empty():
                notices.append(self._gathered.get_nowait())
            if any(notice.payload is None for notice in notices):
                self._cut_off()
                continue
            try:
                async with self._database.begin() as session:
                    messages = await self._messages(session, notices)
            except (SQLAlchemyError, OSError) as error:
                log.warning("events are lost", extra={"event": "feed.failed", "error": type(error).__name__})
                self._cut_off()
                continue
            for message in messages:
                self._send(message)

    async def _messages(self, session: AsyncSession, notices: list[Notice]) -> list[Message]:
        """Of many notices about one run, the newest counts."""
        runs: dict[UUID, int] = {}
        moving: dict[UUID, None] = {}
        messages: list[Message] = []
        for notice in notices:
            payload = notice.payload or ""
            match notice.topic:
                case "run":
                    said = json.loads(payload)
                    runs[UUID(said["run"])] = said["id"]
                case "progress":
                    moving[UUID(payload)] = None
                case "log":
                    messages.append(Message("log", None, None, UUID(payload)))
                case _:
                    tick = json.loads(payload)
                    messages.append(Message("tick", tick, tick.get("id"), None))
        messages += await run_messages(session, runs)
        for run_id in moving:
            messages.append(await progress_message(session, run_id))
        return messages

    def _send(self, message: Message) -> None:
        for queue in self._queues:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(None)
            else:
                queue.put_nowait(message)

    def _cut_off(self) -> None:
        for queue in self._queues:
            while not queue.empty():
                queue.get_nowait()
            queue.put_nowait(None)


async def run_messages(session: AsyncSession, runs: dict[UUID, int]) -> list[Message]:
    """The state of runs, each under the id of its newest change, in the order of these ids."""
    rows = await repository.by_ids(session, runs)
    messages = [Message("run", service.summary(row).model_dump(mode="json"), runs[row.id], row.id) for row in rows]
    return sorted(messages, key=lambda message: message.id or 0)


async def progress_message(session: AsyncSession, run_id: UUID) -> Message:
    streams = await service.progress(session, [run_id])
    data = {"run_id": str(run_id), "streams": {name: item.model_dump() for name, item in streams.items()}}
    return Message("progress", data, None, run_id)


async def missed(session: AsyncSession, last_id: int) -> list[Message] | None:
    """What came after a message; None when it was so much that the page should look for itself."""
    wanted = select(RunEvent).where(RunEvent.kind.in_(("status", "tick")), RunEvent.id > last_id - OVERLAP)
    events = (await session.execute(wanted.order_by(RunEvent.id.desc()).limit(MOST_RUNS * 5))).scalars().all()
    runs: dict[UUID, int] = {}
    for event in events:
        if event.run_id is not None:
            runs.setdefault(event.run_id, event.id)
    if len(runs) > MOST_RUNS:
        return None
    ticks = [
        Message("tick", {**(event.facts or {}), "id": event.id}, event.id, None)
        for event in events
        if event.kind == "tick" and event.id > last_id
    ]
    return sorted([*ticks, *await run_messages(session, runs)], key=lambda message: message.id or 0)


async def _feed(request: Request) -> Feed:
    return request.app.state.feed


UsedFeed = Annotated[Feed, Depends(_feed)]
"""Parameter of a route that streams."""
