"""The processes below `headwater serve`: started, started again when they end, and stopped together."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_PR_SET_PDEATHSIG = 1
_STEADY_S = 60.0
_RETRY_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
WRONG = 2  # the exit code for what a person must change

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Child:
    """One process. A child that dies is started again, later each time until it has stayed up for a minute."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    sockets: Sequence[int] = ()
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started_at: float = 0.0
    due_at: float = 0.0

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "headwater.cli.main", *self.command],
            env={**os.environ, **self.environment},
            pass_fds=self.sockets,
            stdin=subprocess.DEVNULL,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - one C call
            start_new_session=True,  # Ctrl-C is for the parent, which stops its children in order
        )
        self.started_at = time.monotonic()

    def look_after(self) -> int | None:
        """Start it again when it has ended and its time has come. Answers the code of one that just ended."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due_at:
                self.start()
            return None
        code = self.process.poll()
        if code is None:
            return None
        self.process = None
        if now - self.started_at > _STEADY_S:
            self.failures = 0
        wait_s = _RETRY_S[min(self.failures, len(_RETRY_S) - 1)]
        self.failures += 1
        self.due_at = now + wait_s
        log.error(
            "a process has ended; it is started again",
            extra={"event": "process.ended", "child": self.name, "code": code, "in_s": wait_s},
        )
        return code

    @property
    def ended_at_once(self) -> bool:
        """It has never stayed up."""
        return self.process is None and self.failures == 1

    def tell(self, number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)


def stop_all(children: Sequence[Child], grace_s: float) -> None:
    """SIGTERM to all, SIGKILL to whoever is still there after `grace_s`."""
    for child in children:
        child.tell(signal.SIGTERM)
    deadline = time.monotonic() + grace_s
    for child in children:
        if child.process is None:
            continue
        try:
            child.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("a process did not end in time", extra={"event": "process.killed", "child": child.name})
            child.process.kill()
            child.process.wait()


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
