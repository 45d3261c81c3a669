"""The two streams of Server-Sent Events: everything, for a page; and one run, with its log."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterable, AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from headwater_server.auth.needs import needs
from headwater_server.db.session import Database, UsedDatabase
from headwater_server.runs import logs, service
from headwater_server.runs.live import Feed, Message, UsedFeed, missed, progress_message, run_messages
from headwater_server.runs.models import LIVE

router = APIRouter(tags=["events"])
_READ = Depends(needs("events:read"))
_RUNS = Depends(needs("runs:read"))
LastEventId = Annotated[str | None, Header(description="Id of the last event that was seen: go on after it.")]
RunId = Annotated[UUID | None, Query(description="Tell of this run's log too.")]

# Then the browser comes back by itself, and who may see it is asked anew.
AT_MOST_S = 1800.0
AGAIN_MS = 1_000
LINES = 500


@router.get("/events", response_class=EventSourceResponse, dependencies=[_READ])
async def stream_events(
    database: UsedDatabase, feed: UsedFeed, run: RunId = None, last_event_id: LastEventId = None
) -> AsyncIterable[ServerSentEvent]:
    """All that happens: `run` (a RunSummary), `progress` ({run_id, streams}), `tick` ({schedule_id, due_at, state …}),
    with `?run=` also `log` (a LogLine). `reset` means: too much was missed, read anew.
    """
    async with feed.follow() as queue:
        yield ServerSentEvent(comment="hello", retry=AGAIN_MS)
        if (last := _number(last_event_id)) is not None:
            async with database.begin() as session:
                earlier = await missed(session, last)
            if earlier is None:
                yield ServerSentEvent(event="reset", data={})
            for message in earlier or []:
                yield _event(message)
        lines = await _Lines.of(database, run) if run is not None else None
        async for message in _until_late(queue):
            if message.event != "log":
                yield _event(message)
            elif lines is not None and message.run == run:
                for event in await lines.new():
                    yield event


@router.get("/runs/{run_id}/events", response_class=EventSourceResponse, dependencies=[_RUNS], tags=["runs"])
async def stream_run_events(
    run_id: UUID, database: UsedDatabase, feed: UsedFeed, last_event_id: LastEventId = None
) -> AsyncIterable[ServerSentEvent]:
    """All of one run: `run`, `progress`, and every line of its log as `log`, from the first, or after Last-Event-ID.
    Ends with an event `end` once the run is over.
    """
    async with feed.follow() as queue:
        yield ServerSentEvent(comment="hello", retry=AGAIN_MS)
        lines = _Lines(database, run_id, _number(last_event_id) or 0)
        for message in await _now(database, run_id):
            yield _event(message, id=None)
        for event in await lines.new():
            yield event
        if not await _is_live(database, run_id):
            yield ServerSentEvent(event="end", data={})
            return
        async for message in _until_late(queue):
            if message.run != run_id:
                continue
            if message.event != "progress":
                for event in await lines.new():
                    yield event
            if message.event != "log":
                yield _event(message, id=None)
            if message.event == "run" and message.data["status"] not in LIVE:
                yield ServerSentEvent(event="end", data={})
                return


class _Lines:
    """Lines of a run's log, each once."""

    def __init__(self, database: Database, run_id: UUID, last_id: int) -> None:
        self._database = database
        self._run_id = run_id
        self._last_id = last_id

    @classmethod
    async def of(cls, database: Database, run_id: UUID) -> _Lines:
        """From now on."""
        async with database.begin() as session:
            page = await logs.page(session, run_id, level=None, q=None, before=None, after=None, limit=1)
        return cls(database, run_id, page.items[-1].id if page.items else 0)

    async def new(self) -> list[ServerSentEvent]:
        events: list[ServerSentEvent] = []
        while True:
            async with self._database.begin() as session:
                found = await logs.since(session, self._run_id, self._last_id, LINES)
            events += [ServerSentEvent(event="log", data=item, id=str(item.id)) for item in found]
            if found:
                self._last_id = found[-1].id
            if len(found) < LINES:
                return events


async def _now(database: Database, run_id: UUID) -> list[Message]:
    async with database.begin() as session:
        await service.require(session, run_id)
        return [*await run_messages(session, {run_id: 0}), await progress_message(session, run_id)]


async def _is_live(database: Database, run_id: UUID) -> bool:
    async with database.begin() as session:
        return (await service.found(session, run_id)).run.status in LIVE


async def _until_late(queue: asyncio.Queue[Message | None]) -> AsyncIterator[Message]:
    """Ends when messages were lost, or the time is over: the browser comes back and resumes."""
    until = time.monotonic() + AT_MOST_S
    while (left_s := until - time.monotonic()) > 0:
        try:
            async with asyncio.timeout(left_s):
                message = await queue.get()
        except TimeoutError:
            return
        if message is None:
            return
        yield message


def _event(message: Message, id: int | None = -1) -> ServerSentEvent:
    """With the message's own id, unless none is wanted."""
    number = message.id if id == -1 else id
    return ServerSentEvent(event=message.event, data=message.data, id=None if number is None else str(number))


def _number(last_event_id: str | None) -> int | None:
    return int(last_event_id) if last_event_id and last_event_id.isascii() and last_event_id.isdigit() else None


__all__ = ["Feed", "router"]
