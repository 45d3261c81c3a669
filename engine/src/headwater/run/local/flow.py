"""One attempt at one stream: what its threads share, and the watch over them.

The stream is read once and delivered to all its loads; none is published here. The first failure of the read ends
all; a failure of one load ends that load only. How the rows move is in `streamed`, `wire` and `native`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import duckdb

from headwater.plan.model import Chain, EngineOptions
from headwater.run.local.database import Database
from headwater.run.local.errors import read_failure
from headwater.run.local.notes import Notes
from headwater.run.local.open_load import OpenLoad
from headwater.run.local.pulse import Pulse
from headwater.run.local.segments import Watch
from headwater.run.stop import StopFlag
from headwater.run.watched import CALLS_END, THREAD_PREFIX, clean_up
from headwater.sdk.destination import Receipt
from headwater.sdk.errors import HeadwaterError, TransientError
from headwater.sdk.source import Source
from headwater.sdk.stream import Partitions

PROGRESS_EVERY_S = 0.25
# How long threads that were told to stop may take before they are left behind (their load is aborted all the same).
PATIENCE_S = 2.0


# Rows that come from no source: opens them in a cursor, and says under which SQL they stand and whether they are
# marked.
Given = Callable[[duckdb.DuckDBPyConnection], tuple[str, bool]]


@dataclass(slots=True)
class Flow:
    chain: Chain
    source: Source
    partitions: Partitions
    loads: list[OpenLoad]
    database: Database
    options: EngineOptions
    stop: StopFlag
    notes: Notes
    on_progress: Callable[[Notes], None]
    watch_cursor: Watch | None = None
    hashed: bool = False
    ordered: bool = False
    lanes: int = 1
    given: Given | None = None
    failure: BaseException | None = None
    _interrupts: list[Callable[[], object]] = field(default_factory=list[Callable[[], object]])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def on_interrupt(self, callback: Callable[[], object]) -> None:
        """Have `callback` called when the flow must end early; it must not block."""
        self._interrupts.append(callback)

    def fail(self, error: BaseException) -> None:
        """The read failed. The first failure wins."""
        with self._lock:
            self.failure = self.failure or error

    def fail_load(self, load: OpenLoad, error: BaseException) -> None:
        """One load failed. When the read failed before, the destination only echoes it."""
        with self._lock:
            if self.failure is None:
                load.failure = load.failure or error

    def receive(self, load: OpenLoad, receipt: Receipt) -> None:
        with self._lock:
            load.receipts.append(receipt)

    def start(self, target: Callable[..., None], *args: object) -> threading.Thread:
        name = f"{THREAD_PREFIX}flow {self.chain.name}"
        thread = threading.Thread(target=target, args=args, name=name, daemon=True)
        thread.start()
        return thread

    def wait(self, threads: list[threading.Thread], check: Callable[[], None] | None = None) -> None:
        """Until all threads end. Raises Cancelled, or the failure of the read. `check` runs a few times a second; it
        may take threads off the list, which are waited for no longer.
        """
        told = 0.0
        while any(thread.is_alive() for thread in threads):
            for thread in threads:
                thread.join(0.02)
            if self.stop.is_set() or self.failure is not None:
                self._interrupt(threads)
                break
            now = time.monotonic()
            if now - told >= PROGRESS_EVERY_S:
                told = now
                self.on_progress(self.notes)
                if check is not None:
                    check()
        self.stop.check()
        if self.failure is not None:
            raise read_failure(self.failure, self.chain.scan)

    def _interrupt(self, threads: list[threading.Thread]) -> None:
        for callback in self._interrupts:
            callback()
        clean_up(self.source.close, self.stop, what=f"close {self.chain.scan.source}", within_s=1.0)
        until = time.monotonic() + (self.stop.left_s(CALLS_END) if self.stop.is_set() else PATIENCE_S)
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))

    def check_source(self, pulse: Pulse) -> None:
        """Ends the flow when the source has not answered for too long."""
        if pulse.silent_s() > self.options.stall_timeout_s:
            self.fail(self.stalled(f"source {self.chain.scan.source!r}, stream {self.chain.scan.stream.name!r}"))

    def destination_stalled(self, load: OpenLoad) -> HeadwaterError:
        return self.stalled(f"destination {load.plan.destination!r}, table {load.plan.table!r}")

    def stalled(self, place: str) -> HeadwaterError:
        return TransientError(
            f"{place} did not move for {self.options.stall_timeout_s:g} s",
            hint="look at locks and load there, or raise `stall_timeout` of the pipeline's engine",
            code="transient.stalled",
        )
