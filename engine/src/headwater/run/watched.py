"""Calls into plugins that may block for good: a run that is told to stop does not wait for them.

Each runs in a thread of its own. A call that does not end in time is left behind: its thread holds neither the run nor
the process, and what it still brings is cleared away when it comes.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from headwater.run.stop import StopFlag
from headwater.sdk.errors import Cancelled

log = logging.getLogger(__name__)

T = TypeVar("T")

THREAD_PREFIX = "headwater "
# Shares of the grace of a stop: reads and writes end first, cleaning up last. Each of several things to clean up gets
# a little time, however late it is.
CALLS_END, CLEANUP_ENDS, CLEANUP_AT_LEAST_S = 0.5, 0.7, 0.3
# What cleaning up may take while nobody is in a hurry.
CLEANUP_S = 30.0


class LeftBehind(Cancelled):
    """The call was still running when the time to stop was over."""


class _Call(Generic[T]):
    def __init__(self, call: Callable[[], T], late: Callable[[T], None] | None) -> None:
        self._call = call
        self._late = late
        self._lock = threading.Lock()
        self._result: list[T] = []
        self._error: BaseException | None = None
        self.left = False
        self.ended = threading.Event()
        self.wake = threading.Event()

    def run(self) -> None:
        try:
            result = self._call()
        except BaseException as error:  # noqa: BLE001  raised again where the answer is awaited
            self._error = error
        else:
            with self._lock:
                self._result.append(result)
            if self.left and self._late is not None:
                self._late(result)
        finally:
            self.ended.set()
            self.wake.set()

    def leave(self) -> bool:
        """False when the answer came after all."""
        with self._lock:
            self.left = not self._result and not self.ended.is_set()
            return self.left

    def answer(self) -> T:
        if self._error is not None:
            raise self._error
        return self._result[0]


def watched(
    call: Callable[[], T],
    stop: StopFlag,
    *,
    what: str,
    late: Callable[[T], None] | None = None,
) -> T:
    """The answer of the call. Once stopped, it has half the grace to give it; then LeftBehind is raised, and `late`
    gets the answer should it come.
    """
    running = _started(call, what, late)
    with stop.on_stop(running.wake.set):
        running.wake.wait()
    if not running.ended.wait(stop.left_s(CALLS_END)) and running.leave():
        raise LeftBehind(stop.reason)
    running.ended.wait()
    return running.answer()


def clean_up(call: Callable[[], object], stop: StopFlag, *, what: str, within_s: float = CLEANUP_S) -> bool:
    """Make a call that only clears away. An error is logged, as what stays is invisible and swept by the next run;
    False when the call did not end in time.
    """
    running = _started(call, what, None)
    with stop.on_stop(running.wake.set):
        running.wake.wait(within_s)
    left_s = max(CLEANUP_AT_LEAST_S, min(within_s, stop.left_s(CLEANUP_ENDS))) if stop.is_set() else 0.0
    if not running.ended.wait(left_s) and running.leave():
        log.warning("cleaning up takes too long", extra={"event": "cleanup_left", "what": what})
        return False
    running.ended.wait()
    try:
        running.answer()
    except Exception as error:
        log.warning("cleaning up failed", exc_info=error, extra={"event": "cleanup_failed", "what": what})
    return True


def _started(call: Callable[[], T], what: str, late: Callable[[T], None] | None) -> _Call[T]:
    running = _Call(call, late)
    threading.Thread(target=running.run, name=f"{THREAD_PREFIX}{what}", daemon=True).start()
    return running
