"""NOTIFY and LISTEN: one connection per process hears all, and passes it on to whoever subscribed to the topic.

Promises: a lost connection is made again, and every subscriber then gets a notice without a payload, which means "look
for yourself: something may have been missed"; a subscriber that is slow loses its oldest notices and is told so the
same way, and never slows the others.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from psycopg import AsyncConnection, Error
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

CHANNEL = "headwater"
MAX_PAYLOAD_BYTES = 7_500  # PostgreSQL takes 8,000 with the topic
_KEPT = 1_000
_LOOK_S = 10.0
_RETRY_S = (0.1, 0.2, 0.5, 1.0, 2.0)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Notice:
    """What was told under a topic; `payload` None: some may have been missed."""

    topic: str
    payload: str | None


async def notify(session: AsyncSession, topic: str, payload: str = "") -> None:
    """Tell all processes when the session's transaction commits. Equal notices of one transaction are told once."""
    statement = text("select pg_notify(:channel, :payload)")
    await session.execute(statement, {"channel": CHANNEL, "payload": f"{topic} {payload}"})


class Subscription:
    """The notices of one topic, in order."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self._queue: asyncio.Queue[Notice] = asyncio.Queue(_KEPT)

    def __aiter__(self) -> AsyncIterator[Notice]:
        return self

    async def __anext__(self) -> Notice:
        return await self._queue.get()

    async def next(self, timeout_s: float) -> Notice | None:
        """The next notice, or None when there was none for so long."""
        try:
            # Not wait_for, which in Python 3.11 loses a cancellation that comes together with the result.
            async with asyncio.timeout(timeout_s):
                return await self._queue.get()
        except TimeoutError:
            return None

    def put(self, notice: Notice) -> None:
        if self._queue.full():
            while not self._queue.empty():
                self._queue.get_nowait()
            notice = Notice(self.topic, None)
        self._queue.put_nowait(notice)


class Listener:
    """`async with Listener(url) as listener`, then `async with listener.subscribe(topic) as notices`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._subscribers: dict[str, set[Subscription]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        self.connected = asyncio.Event()

    async def __aenter__(self) -> Listener:
        self._task = asyncio.create_task(self._run(), name="listen")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @asynccontextmanager
    async def subscribe(self, topic: str) -> AsyncIterator[Subscription]:
        """Notices from now on. Wait for `connected` first where none may be missed at the start."""
        subscription = Subscription(topic)
        self._subscribers[topic].add(subscription)
        try:
            yield subscription
        finally:
            self._subscribers[topic].discard(subscription)
            if not self._subscribers[topic]:
                del self._subscribers[topic]

    async def _run(self) -> None:
        failures = 0
        while True:
            try:
                async with await self._connect() as connection:
                    failures = 0
                    await self._hear(connection)
            except (Error, OSError) as error:
                self.connected.clear()
                wait_s = _RETRY_S[min(failures, len(_RETRY_S) - 1)]
                failures += 1
                log.warning(
                    "the listening connection is lost",
                    extra={"event": "database.listener_lost", "error": type(error).__name__, "retry_in_s": wait_s},
                )
                await asyncio.sleep(wait_s)

    async def _connect(self) -> AsyncConnection[tuple[object, ...]]:
        return await AsyncConnection.connect(
            self._url, autocommit=True, connect_timeout=10, application_name="headwater listen"
        )

    async def _hear(self, connection: AsyncConnection[tuple[object, ...]]) -> None:
        await connection.execute(f"listen {CHANNEL}")
        self.connected.set()
        self._resync()
        while True:
            async for heard in connection.notifies(timeout=_LOOK_S):
                topic, _, payload = heard.payload.partition(" ")
                for subscription in self._subscribers.get(topic, ()):
                    subscription.put(Notice(topic, payload))
            await connection.execute("select 1")  # a connection that died silently is noticed here

    def _resync(self) -> None:
        for topic, subscriptions in self._subscribers.items():
            for subscription in subscriptions:
                subscription.put(Notice(topic, None))


async def _listener(request: Request) -> Listener:
    return request.app.state.listener


UsedListener = Annotated[Listener, Depends(_listener)]
"""Parameter of a route that waits for notices."""
