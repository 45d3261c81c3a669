"""Asking running work to stop: one flag, and what must be called at once so that blocked threads notice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from headwater.sdk.errors import Cancelled


class StopFlag:
    """Set once, seen everywhere. Callbacks run in the thread that sets it; they must not block.

    `grace_s` after it was set, all that it stops has ended or is left behind.
    """

    def __init__(self, grace_s: float = 5.0) -> None:
        self._grace_s = grace_s
        self._event = threading.Event()
        self._lock = threading.RLock()
        self._callbacks: dict[object, Callable[[], None]] = {}
        self._set_at = 0.0
        self.reason = "the run was cancelled"

    def set(self, reason: str | None = None) -> None:
        with self._lock:
            if self._event.is_set():
                return
            self.reason = reason or self.reason
            self._set_at = time.monotonic()
            self._event.set()
            callbacks = list(self._callbacks.values())
        for callback in callbacks:
            callback()

    def is_set(self) -> bool:
        return self._event.is_set()

    def wait(self, timeout_s: float) -> bool:
        """True as soon as the flag is set; False after the time."""
        return self._event.wait(timeout_s)

    def check(self) -> None:
        if self._event.is_set():
            raise Cancelled(self.reason)

    def left_s(self, share: float) -> float:
        """Seconds that are left of this share of the grace; all of them while the flag is not set."""
        spent_s = time.monotonic() - self._set_at if self._event.is_set() else 0.0
        return max(0.0, share * self._grace_s - spent_s)

    @contextmanager
    def on_stop(self, callback: Callable[[], None]) -> Iterator[None]:
        """Have `callback` called if the flag is set while the block runs, or was set before."""
        key = object()
        with self._lock:
            self._callbacks[key] = callback
            already = self._event.is_set()
        try:
            if already:
                callback()
            yield
        finally:
            with self._lock:
                self._callbacks.pop(key, None)
