"""SIGINT and SIGTERM end a run the clean way; a second one ends the process.

A Python handler runs in the main thread only, and that thread may fall asleep in a lock just when the signal comes: it
would be heard when the run is over. So the interpreter's C handler writes the signal's number into a pipe (PEP 475 and
`signal.set_wakeup_fd`), and a thread of our own listens.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click

from headwater.cli import failures
from headwater.run.stop import StopFlag

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopped_by_signals() -> Iterator[StopFlag]:
    """The flag is set by the first signal."""
    stop = StopFlag()
    heard, told = os.pipe()
    os.set_blocking(told, False)
    handlers = {number: signal.signal(number, _note) for number in SIGNALS}
    earlier = signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    threading.Thread(target=_listen, args=(heard, stop), name="signals", daemon=True).start()
    try:
        yield stop
    finally:
        signal.set_wakeup_fd(earlier)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        os.close(told)


def _note(number: int, frame: FrameType | None) -> None:
    """There to be called instead of raising KeyboardInterrupt; the pipe has told already."""


def _listen(heard: int, stop: StopFlag) -> None:
    with open(heard, "rb", buffering=0) as pipe:
        while number := pipe.read(1):
            if number[0] not in SIGNALS:
                continue
            if stop.is_set():
                failures.leave(failures.CANCELLED)
            click.echo("stopping; nothing of the unfinished loads will be visible (again: leave at once)", err=True)
            stop.set(f"the run was cancelled by {signal.Signals(number[0]).name}")
