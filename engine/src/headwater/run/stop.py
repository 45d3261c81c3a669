"""Asking running work to stop: one flag, and what must be called at once so that blocked threads notice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from headwater.sdk.errors import Cancelled


class StopFlag:
    """Set once, seen everywhere. Callbacks run in the thread that sets it; they must not block."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: dict[int, Callable[[], None]] = {}
        self.reason = "the run was cancelled"

    def set(self, reason: str | None = None) -> None:
        with self._lock:
            if self._event.is_set():
                return
            self.reason = reason or self.reason
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

    @contextmanager
    def on_stop(self, callback: Callable[[], None]) -> Iterator[None]:
        """Have `callback` called if the flag is set while the block runs, or was set before."""
        key = id(callback)
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
