"""Whether a source answers: calls into it that are under way, and when it last moved."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Pulse:
    """Shared by all lanes of one read. While nobody asks the source for anything, it owes nothing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asking = 0
        self._moved_at = 0.0

    def ask(self, call: Callable[[], T]) -> T:
        with self._lock:
            if not self._asking:
                self._moved_at = time.monotonic()
            self._asking += 1
        try:
            return call()
        finally:
            with self._lock:
                self._asking -= 1
                self._moved_at = time.monotonic()

    def items(self, iterator: Iterator[T] | Generator[T, None, R]) -> Generator[T, None, R | None]:
        """All items, each asked for; gives the return value of a generator on."""
        while True:
            try:
                item = self.ask(lambda: next(iterator))
            except StopIteration as end:
                return end.value
            yield item

    def silent_s(self) -> float:
        """How long the source has been asked without an answer."""
        with self._lock:
            return time.monotonic() - self._moved_at if self._asking else 0.0
