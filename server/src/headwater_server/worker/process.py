"""One engine process, seen from the worker: give it a request, hear what it tells, stop or kill it.

Promises: whatever the process prints, and however much, the worker stays small and answers; the outcome is `answered`
only when the process itself said how it ended; nothing of it lives on when `carry_out` returns.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self

from headwater_server.worker.lines import LineSplitter

COMMAND = (sys.executable, "-m", "headwater_server.worker.engine")
CHUNK = 65_536
# An answer may hold a page of wide rows; a line of text that long is nobody's.
LONGEST_ANSWER, LONGEST_TEXT = 256_000_000, 10_000
LOOK_EVERY_S = 0.5
# How long the pipes of a process that has ended may still be held by what it left behind.
PIPES_END_S = 1.0
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Hearer(Protocol):
    """Is told what comes while the process works. Called often: it must return at once, and keep little."""

    def event(self, facts: dict[str, Any]) -> None: ...

    def log(self, facts: dict[str, Any]) -> None: ...

    def text(self, line: bytes, *, expected: bool) -> None:
        """A line of stderr, or (not `expected`) something on the event pipe that is no event."""
        ...


@dataclass(slots=True)
class Outcome:
    """`answer` is the last line, `{"result": …}` or `{"error": …}`; None when the process died before, and then `died`
    says how. `memory`: it was killed because it used more than it may.
    """

    answer: dict[str, Any] | None = None
    died: str | None = None
    memory: bool = False
    timed_out: bool = False
    usage: dict[str, float] = field(default_factory=dict[str, float])


class EngineProcess:
    """Start it early: it waits, with everything imported, for its one request."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._answer: dict[str, Any] | None = None
        self._peak_bytes = 0
        self._over_limit = False
        self._stopping: asyncio.TimerHandle | None = None
        self._over = False

    @classmethod
    async def start(cls, command: tuple[str, ...] = COMMAND) -> Self:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HEADWATER_")}
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, start_new_session=True, env=environment
        )
        return cls(process)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def carry_out(self, request: Mapping[str, Any], hearer: Hearer, *, timeout_s: float | None = None) -> Outcome:
        """Hand the request over and wait for the end. When the caller is cancelled, the process is killed."""
        watching = asyncio.create_task(self._watch_memory(request.get("memory_limit_bytes")))
        timed_out = False
        try:
            async with asyncio.timeout(timeout_s):
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._send(request))
                    group.create_task(self._read_events(hearer))
                    group.create_task(self._read_text(hearer))
                    group.create_task(self._end_pipes())
        except TimeoutError:
            timed_out = True
        finally:
            watching.cancel()
            self.kill()
            if self._stopping is not None:
                self._stopping.cancel()
        code = await self._process.wait()
        self._over = True
        usage: dict[str, float] = {"peak_memory_bytes": self._peak_bytes, **(self._answer or {}).pop("usage", {})}
        died = None if self._answer is not None else _how(code)
        return Outcome(self._answer, died, self._over_limit and died is not None, timed_out, usage)

    def stop(self, grace_s: float) -> None:
        """Ask it to end; kill it when it has not within the grace."""
        if self._stopping is None and not self._over and self._process.stdin is not None:
            self._process.stdin.write(b"stop\n")
            self._stopping = asyncio.get_running_loop().call_later(grace_s, self.kill)

    def kill(self) -> None:
        """It and all that it started. Does nothing when it has ended: another may have its number by then. Any thread
        may call this.
        """
        if self._over:
            return
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return

    async def discard(self) -> None:
        self.kill()
        await self._process.wait()
        self._over = True

    async def _send(self, request: Mapping[str, Any]) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        try:
            pipe.write(json.dumps(request, default=str).encode() + b"\n")
            await pipe.drain()
        except (BrokenPipeError, ConnectionResetError):
            return  # it died; how, the outcome says

    async def _read_events(self, hearer: Hearer) -> None:
        assert self._process.stdout is not None
        lines = LineSplitter(LONGEST_ANSWER)
        while chunk := await self._process.stdout.read(CHUNK):
            for line in lines.feed(chunk):
                self._hear(line, hearer)
        for line in lines.end():
            self._hear(line, hearer)

    def _hear(self, line: bytes, hearer: Hearer) -> None:
        try:
            said = json.loads(line)
        except ValueError:
            said = None
        match said:
            case {"event": dict(facts)}:
                hearer.event(facts)
            case {"log": dict(facts)}:
                hearer.log(facts)
            case {"result": dict()} | {"error": dict()}:
                self._answer = said
            case _:
                if line.strip():
                    hearer.text(line[:LONGEST_TEXT], expected=False)

    async def _read_text(self, hearer: Hearer) -> None:
        assert self._process.stderr is not None
        lines = LineSplitter(LONGEST_TEXT)
        while chunk := await self._process.stderr.read(CHUNK):
            for line in lines.feed(chunk):
                hearer.text(line, expected=True)
        for line in lines.end():
            hearer.text(line, expected=True)

    async def _end_pipes(self) -> None:
        """A process that it started may hold the pipes open for good."""
        await self._process.wait()
        await asyncio.sleep(PIPES_END_S if self._held_open() else 0)
        self.kill()

    def _held_open(self) -> bool:
        pipes = (self._process.stdout, self._process.stderr)
        return any(pipe is not None and not pipe.at_eof() for pipe in pipes)

    async def _watch_memory(self, limit_bytes: int | None) -> None:
        while self.alive:
            used = _resident_bytes(self.pid)
            self._peak_bytes = max(self._peak_bytes, used)
            if limit_bytes and used > limit_bytes:
                self._over_limit = True
                self.kill()
            await asyncio.sleep(LOOK_EVERY_S)


def _resident_bytes(pid: int) -> int:
    """0 where the system does not say (proc(5) is Linux)."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES
    except (OSError, IndexError, ValueError):
        return 0


def _how(code: int) -> str:
    if code >= 0:
        return f"the engine ended with exit code {code} and no answer"
    names = {int(number): number.name for number in signal.Signals}
    return f"the engine was killed by {names.get(-code, -code)}"
