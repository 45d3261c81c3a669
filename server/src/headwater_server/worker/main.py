"""A worker: takes runs and calls from the database, and gives each to an engine process.

Promises: it may be killed at any moment; any number of them may run, on any machines, given database and secret key
alone; told to end (SIGTERM), it takes nothing new, lets engines finish for a while, and hands the rest on.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import time
from collections.abc import Coroutine
from contextlib import suppress
from importlib.metadata import version
from typing import Any
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError
from uuid_utils.compat import uuid7

from headwater_server.calls import repository as calls
from headwater_server.calls.service import WORK
from headwater_server.db.instance import check_key
from headwater_server.db.session import Database
from headwater_server.kit.encryption import Sealer
from headwater_server.runs import claims
from headwater_server.runs.endings import end
from headwater_server.runs.losses import ending_of_lost
from headwater_server.runs.reaper import reap_for_ever
from headwater_server.runs.told import STOP
from headwater_server.settings import Settings
from headwater_server.worker.call_task import answer_call
from headwater_server.worker.lease import Lease, Member
from headwater_server.worker.left_behind import store_left_behind
from headwater_server.worker.patience import GONE
from headwater_server.worker.process import COMMAND
from headwater_server.worker.requests import Engines
from headwater_server.worker.run_task import RunTask
from headwater_server.worker.spares import Spares

log = logging.getLogger(__name__)

# When nothing is heard: a run that waits for its time, or a notice that was lost.
LOOK_EVERY_S = 2.0
AFTER_ERROR_S = 0.5


async def run_worker(settings: Settings, url: str, sealer: Sealer) -> None:
    """Work until SIGTERM or SIGINT."""
    worker = Worker(settings, url, sealer)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop)
    await worker.run()


class Worker:
    """One process's worth. `stop` ends it."""

    def __init__(self, settings: Settings, url: str, sealer: Sealer, command: tuple[str, ...] = COMMAND) -> None:
        self.id: UUID = uuid7()
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self._settings = settings
        self._sealer = sealer
        self._database = Database(
            url,
            pool_size=max(4, settings.worker_concurrency + 2),
            application="headwater worker",
            idle_s=settings.worker_lease_s,
        )
        self._engines = Engines(settings, sealer)
        self._spares = Spares(settings.spare_engines, command)
        self._running: dict[tuple[UUID, int], RunTask] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self._lease = Lease(
            url,
            Member(self.id, self.name, settings.worker_concurrency, version("headwater-server")),
            lease_s=settings.worker_lease_s,
            beat_s=settings.worker_heartbeat_s,
            lost=self._lease_is_over,
        )
        self._lost: set[tuple[UUID, int]] = set()
        self._run_slots = asyncio.Semaphore(settings.worker_concurrency)
        self._call_slots = asyncio.Semaphore(settings.call_concurrency)
        self._wake_runs, self._wake_calls = asyncio.Event(), asyncio.Event()

    def stop(self) -> None:
        """Take nothing new, and end when what runs has ended or the grace is over. A second time: hand on at once."""
        if self._stopping.is_set():
            for task in self._running.values():
                task.hand_on()
        self._stopping.set()
        self._lease.stopping = True

    async def run(self) -> None:
        async with self._database.begin() as session:
            await check_key(session, self._sealer)
        await self._register()
        self._spares.fill()
        log.info("the worker is ready", extra={"event": "worker.ready", "worker": self.name})
        always = [
            self._mind_what_is_ours(),
            self._hear_work(),
            self._hear_stops(),
            reap_for_ever(self._database, self._settings),
            store_left_behind(self._database, self._engines, self._spares),
        ]
        taking = [self._take(self._take_run, self._wake_runs), self._take(self._take_call, self._wake_calls)]
        async with self._database.listener:
            background = [asyncio.create_task(_named(item)) for item in (*always, *taking)]
            try:
                await self._stopping.wait()
                for task in background[len(always) :]:
                    task.cancel()
                await self._drain()
            finally:
                for task in background:
                    task.cancel()
                await asyncio.gather(*background, return_exceptions=True)
                await self._leave()

    async def _register(self) -> None:
        async with self._database.begin() as session:
            await calls.forget_workers(session)
        await self._lease.start()

    async def _leave(self) -> None:
        for task in self._running.values():
            task.kill()
        await self._spares.close()
        await self._lease.stop()
        with suppress(*GONE):
            async with self._database.begin() as session:
                await calls.leave(session, self.id)
        await self._database.dispose()

    async def _drain(self) -> None:
        """Let what runs end; what has not within the grace is handed on."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self._settings.worker_grace_s)
        for task in self._running.values():
            task.hand_on()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self._settings.worker_lease_s + 5)

    # Being alive, and knowing what is still ours.

    def _lease_is_over(self) -> None:
        """Others may take our runs over: our engines must be dead by then. Called from the lease's thread."""
        for task in list(self._running.values()):
            task.kill()

    async def _mind_what_is_ours(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._settings.worker_lease_s):
                    await self._compare()
            except GONE as error:
                extra = {"event": "worker.waits", "what": "runs", "error": type(error).__name__}
                log.warning("not known what is ours", extra=extra)
            await asyncio.sleep(self._settings.worker_heartbeat_s)

    async def _compare(self) -> None:
        began = time.monotonic()
        async with self._database.begin() as session:
            ours = await claims.runs_of(session, self.id)
        for key, task in self._running.items():
            if key not in ours and task.begun_before(began):
                task.kill()
            elif ours.get(key) == "cancelling":
                task.stop()
        await self._give_up(ours)

    async def _give_up(self, ours: dict[tuple[UUID, int], str]) -> None:
        """Runs that are said to be ours, and that nobody here is at: their engines were ended when the lease was over,
        or the claim was interrupted. Seen twice, as a claim may just be coming in.
        """
        lost = {key for key in ours if key not in self._running}
        for run_id, attempt in lost & self._lost:
            async with self._database.begin() as session:
                losses = await claims.losses_of(session, run_id)
                ending = ending_of_lost(losses, self._settings.run_worker_losses)
                await end(session, run_id, attempt, ending)
        self._lost = lost

    async def _hear_work(self) -> None:
        async with self._database.listener.subscribe(WORK) as notices:
            async for notice in notices:
                if notice.payload in (None, "run"):
                    self._wake_runs.set()
                if notice.payload in (None, "call"):
                    self._wake_calls.set()

    async def _hear_stops(self) -> None:
        async with self._database.listener.subscribe(STOP) as notices:
            async for notice in notices:
                for (run_id, _), task in self._running.items():
                    if notice.payload == str(run_id):
                        task.stop()

    # Taking work.

    async def _take(self, take: Any, wake: asyncio.Event) -> None:
        """Take as long as there is something; then wait to be woken."""
        while True:
            wake.clear()
            try:
                pause_s = await take()
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                log.warning("nothing taken", extra={"event": "worker.waits", "error": type(error).__name__})
                pause_s = AFTER_ERROR_S
            if pause_s:
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause_s):
                        await wake.wait()

    async def _take_run(self) -> float:
        """Seconds until it is worth another look."""
        await self._run_slots.acquire()
        claimed = None
        try:
            async with self._database.begin() as session:
                claimed = await claims.claim(session, self.id, self.name)
                due_s = LOOK_EVERY_S if claimed is not None else await claims.next_due_s(session)
        finally:
            if claimed is None:
                self._run_slots.release()
        if claimed is None:
            return max(0.05, min(LOOK_EVERY_S, due_s or LOOK_EVERY_S))
        task = RunTask(claimed, self._database, self._engines, self._spares)
        self._running[claimed.id, claimed.attempt] = task
        self._start(self._work(task))
        return 0.0

    async def _work(self, task: RunTask) -> None:
        claimed = task.claimed
        try:
            await self._earlier_attempts_ended(claimed)
            await task.run()
        finally:
            del self._running[claimed.id, claimed.attempt]
            self._run_slots.release()
            self._wake_runs.set()

    async def _earlier_attempts_ended(self, claimed: claims.Claimed) -> None:
        """This worker may have been thought dead, and take its own run over."""
        for (run_id, attempt), task in list(self._running.items()):
            if run_id == claimed.id and attempt < claimed.attempt:
                task.kill()
                await task.ended.wait()

    async def _take_call(self) -> float:
        await self._call_slots.acquire()
        claimed = None
        try:
            async with self._database.begin() as session:
                claimed = await calls.claim(session, self.id)
        finally:
            if claimed is None:
                self._call_slots.release()
        if claimed is None:
            return LOOK_EVERY_S
        self._start(self._answer(*claimed))
        return 0.0

    async def _answer(self, call_id: UUID, kind: str, request: dict[str, Any], timeout_s: float) -> None:
        try:
            await answer_call(
                call_id,
                kind,
                request,
                timeout_s,
                database=self._database,
                engines=self._engines,
                spares=self._spares,
            )
        finally:
            self._call_slots.release()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(_named(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _named(work: Coroutine[Any, Any, None]) -> None:
    """A loop that ends by a bug says so; the others go on, and the reaper sees to what it leaves."""
    try:
        await work
    except asyncio.CancelledError:
        raise
    except Exception:
        log.exception("a part of the worker failed", extra={"event": "worker.bug"})
        raise
