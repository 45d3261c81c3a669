"""SIGINT and SIGTERM end a run the clean way, and a call that only looks; a second one ends the process.

A Python handler runs in the main thread only, and that thread may fall asleep in a lock just when the signal comes: it
would be heard when the run is over. So the interpreter's C handler writes the signal's number into a pipe (PEP 475 and
`signal.set_wakeup_fd`), and a thread of our own listens.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

import click

from headwater.cli import failures
from headwater.run.stop import StopFlag
from headwater.run.watched import watched

T = TypeVar("T")

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopped_by_signals(
    what: str = "the run", *, consequence: str = "nothing of the unfinished loads will be visible"
) -> Iterator[StopFlag]:
    """The flag is set by the first signal."""
    stop = StopFlag()
    heard, told = os.pipe()
    os.set_blocking(told, False)
    handlers = {number: signal.signal(number, _note) for number in SIGNALS}
    earlier = signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    threading.Thread(target=_listen, args=(heard, stop, what, consequence), name="signals", daemon=True).start()
    try:
        yield stop
    finally:
        signal.set_wakeup_fd(earlier)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        os.close(told)


def stoppable(what: str, call: Callable[[], T]) -> T:
    """The answer of a call that only looks. A signal ends the wait for it within seconds, whatever it waits for."""
    with stopped_by_signals(f"`{what}`", consequence="nothing is written") as stop:
        return watched(call, stop, what=what)


def _note(number: int, frame: FrameType | None) -> None:
    """There to be called instead of raising KeyboardInterrupt; the pipe has told already."""


def _listen(heard: int, stop: StopFlag, what: str, consequence: str) -> None:
    with open(heard, "rb", buffering=0) as pipe:
        while number := pipe.read(1):
            if number[0] not in SIGNALS:
                continue
            if stop.is_set():
                failures.leave(failures.CANCELLED)
            click.echo(f"stopping; {consequence} (again: leave at once)", err=True)
            stop.set(f"{what} was cancelled by {signal.Signals(number[0]).name}")
