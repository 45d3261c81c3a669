"""Engine processes that wait with everything imported, so that a run begins at once."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress

from headwater_server.worker.process import COMMAND, EngineProcess


class Spares:
    """Keeps `count` processes ready. `take` gives a fresh one when none is."""

    def __init__(self, count: int, command: tuple[str, ...] = COMMAND) -> None:
        self._count = count
        self._command = command
        self._ready: deque[EngineProcess] = deque()
        self._starting: set[asyncio.Task[None]] = set()
        self._closed = False

    def fill(self) -> None:
        """Start what is missing, in the background."""
        if self._closed:
            return
        for _ in range(self._count - len(self._ready) - len(self._starting)):
            task = asyncio.create_task(self._start())
            self._starting.add(task)
            task.add_done_callback(self._starting.discard)

    async def take(self) -> EngineProcess:
        while self._ready:
            engine = self._ready.popleft()
            if engine.alive:
                self.fill()
                return engine
        self.fill()
        return await EngineProcess.start(self._command)

    async def close(self) -> None:
        self._closed = True
        for task in list(self._starting):
            with suppress(asyncio.CancelledError):
                await task
        for engine in self._ready:
            await engine.discard()
        self._ready.clear()

    async def _start(self) -> None:
        engine = await EngineProcess.start(self._command)
        if self._closed:
            await engine.discard()
        else:
            self._ready.append(engine)
