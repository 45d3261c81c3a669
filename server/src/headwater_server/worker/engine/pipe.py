"""Both ends of the pipes to the worker, out of reach of whatever code of plugins does with stdin and stdout."""

from __future__ import annotations

import json
import os
import signal
import threading
from typing import Any

from headwater.run.stop import StopFlag
from headwater_server.worker.engine.answers import plain

CHUNK = 65_536


class Lines:
    """Writes JSON lines; safe from several threads. A worker that reads slowly slows the run down; nothing is lost."""

    def __init__(self) -> None:
        self._out = os.dup(1)
        os.dup2(2, 1)
        self._lock = threading.Lock()

    def event(self, facts: dict[str, Any]) -> None:
        self._write({"event": facts})

    def log(self, facts: dict[str, Any]) -> None:
        self._write({"log": facts})

    def last(self, answer: dict[str, Any]) -> None:
        self._write(answer)

    def _write(self, line: dict[str, Any]) -> None:
        data = memoryview(json.dumps(plain(line)).encode() + b"\n")
        with self._lock:
            while data:
                data = data[os.write(self._out, data) :]


class Requests:
    """Reads the request, then listens for what may follow it.

    `os.read` and no buffered stdin: a thread that waits in one holds its lock, and the interpreter aborts at its end.
    """

    def __init__(self) -> None:
        self._in = os.dup(0)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        self._rest = b""

    def first(self) -> dict[str, Any] | None:
        """None when stdin ended before a request came: a spare that was not needed."""
        parts: list[bytes] = []
        while chunk := os.read(self._in, CHUNK):
            head, newline, self._rest = chunk.partition(b"\n")
            parts.append(head)
            if newline:
                return json.loads(b"".join(parts))
        return None

    def watch(self, stop: StopFlag) -> None:
        threading.Thread(target=self._watch, args=(stop,), name="requests", daemon=True).start()

    def _watch(self, stop: StopFlag) -> None:
        heard = self._rest
        while True:
            if b"stop\n" in heard:
                stop.set("the run was cancelled")
            chunk = os.read(self._in, CHUNK)
            if not chunk:
                os.killpg(os.getpgid(0), signal.SIGKILL)
            heard = heard[-len(b"stop") :] + chunk
