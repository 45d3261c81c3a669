"""Faults for the in-memory systems: raise an error or stall at a named point, a given number of times."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Literal

Point = Literal["check", "discover", "plan", "read", "open", "write", "commit", "committed", "abort"]


@dataclass(slots=True)
class Fault:
    """At `point` of `name` (a stream or a table; "*" is any), before batch number `batch` where batches pass.

    With `error` the call raises it; with `until` it waits for the event first. `committed` is the moment
    after a commit has become durable, before the caller hears of it. `times` counts down; `hits` counts up.
    """

    point: Point
    name: str = "*"
    batch: int = 0
    error: Exception | None = None
    until: threading.Event | None = None
    times: int = 1
    hits: int = 0
    reached: threading.Event = field(default_factory=threading.Event)


class Faults:
    """The faults of one system, consulted from any thread."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def strike(self, point: Point, name: str, *, batch: int = 0) -> None:
        """Suffer every fault that waits here."""
        for fault in self._due(point, name, batch):
            fault.reached.set()
            if fault.until is not None:
                fault.until.wait()
            if fault.error is not None:
                raise fault.error

    def _due(self, point: Point, name: str, batch: int) -> list[Fault]:
        with self._lock:
            due = [
                fault
                for fault in self._faults
                if fault.point == point and fault.name in ("*", name) and fault.batch == batch and fault.times > 0
            ]
            for fault in due:
                fault.times -= 1
                fault.hits += 1
        return due
