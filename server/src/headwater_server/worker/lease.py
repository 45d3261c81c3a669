"""A worker's lease: it says every few seconds that it lives, from a thread that has its own event loop and connection.

Promises: neither the work of the worker's loop nor the load of its engines holds a beat back; when none came through
for a whole lease, `lost` is called, before others take the worker's runs over; a worker whose loop stands still for
good falls silent, so that its runs do not wait for it for ever.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from uuid import UUID

from psycopg import AsyncConnection, Error

from headwater.sdk.errors import TransientError
from headwater_server.calls.repository import BEAT
from headwater_server.db.outage import is_down

log = logging.getLogger(__name__)

# A worker whose loop has not moved for so long is stuck, and not merely busy.
STUCK_S = 60.0
# A beat need not be on the disk: when the database falls, all leases begin anew (calls.repository.LIVE).
_OPTIONS = "-c synchronous_commit=off -c statement_timeout=60000"
FIRST_BEAT_S = 60.0


@dataclass(frozen=True, slots=True)
class Member:
    """The worker's row."""

    id: UUID
    name: str
    concurrency: int
    version: str


def now_s() -> float:
    """Seconds that go on while the machine sleeps, where the system can tell them: others' clocks went on too."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class Lease:
    """`start` it on the loop of the worker, `stop` it before the row is deleted. `lost` is called from the thread, and
    again and again while the lease is over.
    """

    def __init__(self, url: str, member: Member, *, lease_s: float, beat_s: float, lost: Callable[[], None]) -> None:
        self.stopping = False
        self._url = url
        self._member = member
        self._lease_s = lease_s
        self._beat_s = beat_s
        self._lost = lost
        self._beaten_at = self._moved_at = now_s()
        self._begun = asyncio.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._live, name="lease", daemon=True)
        self._connection: AsyncConnection[tuple[object, ...]] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        """Returns when the database knows the worker. Raises TransientError."""
        self._loop = asyncio.get_running_loop()
        self._beaten_at = self._moved_at = now_s()
        self._thread.start()
        try:
            async with asyncio.timeout(FIRST_BEAT_S):
                await self._begun.wait()
        except TimeoutError:
            await self.stop()
            raise TransientError(
                f"the database took no heartbeat within {FIRST_BEAT_S:.0f} s",
                hint="is it up, and has it connections left?",
                code="database.unavailable",
            ) from None

    async def stop(self) -> None:
        """No beat comes after this."""
        self._ended.set()
        if self._thread.is_alive():
            await asyncio.to_thread(self._thread.join, 2 * self._lease_s)

    @property
    def silent_s(self) -> float:
        """Since the last beat that came through."""
        return now_s() - self._beaten_at

    # All below runs in the thread.

    def _live(self) -> None:
        asyncio.run(self._beat_and_watch())

    async def _beat_and_watch(self) -> None:
        beating = asyncio.create_task(self._beat_for_ever())
        while not self._ended.is_set():
            if self.silent_s > self._lease_s:
                self._lost()
                self._break_off()
            await asyncio.sleep(min(0.5, self._lease_s / 20))
        self._break_off()
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)
        await self._hang_up()

    async def _beat_for_ever(self) -> None:
        failures = 0
        while True:
            began = now_s()
            try:
                await self._beat(began)
                failures = 0
            except Exception as error:  # noqa: BLE001 - whatever it is, the next beat is tried
                failures += 1
                await self._missed(error)
            wait_s = self._beat_s if not failures else min(self._beat_s, 0.2 * 2 ** min(failures, 10))
            await asyncio.sleep(max(0.0, wait_s - (now_s() - began)))

    async def _beat(self, began: float) -> None:
        self._tell_the_worker(self._moved)
        if self.silent_s > self._lease_s:
            self._lost()  # the process stood still: before anyone believes that it lives, its engines are ended
        if began - self._moved_at > max(STUCK_S, self._lease_s):
            log.error("the worker's loop stands still", extra={"event": "worker.stuck"})
            return
        if self._connection is None or self._connection.closed:
            self._connection = await AsyncConnection.connect(
                self._url,
                autocommit=True,
                connect_timeout=max(2, int(self._lease_s)),
                options=_OPTIONS,
                application_name="headwater lease",
            )
        await self._connection.execute(BEAT, {**asdict(self._member), "stopping": self.stopping})
        self._beaten_at = began
        self._tell_the_worker(self._begun.set)

    def _tell_the_worker(self, what: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # its loop is closed
            assert self._loop is not None
            self._loop.call_soon_threadsafe(what)

    def _moved(self) -> None:
        self._moved_at = now_s()

    async def _missed(self, error: Exception) -> None:
        """While the database is down, nobody's lease runs."""
        if is_down(error):
            self._beaten_at = now_s()
        extra = {"event": "worker.silent", "error": type(error).__name__, "silent_s": round(self.silent_s, 1)}
        log.warning("no heartbeat", extra=extra)
        await self._hang_up()

    async def _hang_up(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    def _break_off(self) -> None:
        """A server that holds the connection and says nothing would be waited for without end."""
        if self._connection is None or self._connection.closed:
            return
        with suppress(OSError, Error), socket.socket(fileno=os.dup(self._connection.fileno())) as held:
            held.shutdown(socket.SHUT_RDWR)
