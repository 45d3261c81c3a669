"""A bounded queue of record batches between the read of a stream and the writers of one load.

Back-pressure is by bytes: `put` blocks while the queue holds more than its limit. Several threads may put and take.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator

import pyarrow as pa


class QueueFailed(Exception):
    """The read of the stream failed: the writers must not take what came so far for the whole."""


class BatchQueue:
    def __init__(self, schema: pa.Schema, limit_bytes: int) -> None:
        self.schema = schema
        self.rows = 0
        self.moved_at = time.monotonic()
        self._limit = limit_bytes
        self._batches: deque[pa.RecordBatch] = deque()
        self._bytes = 0
        self._change = threading.Condition()
        self._finished = False
        self._closed = False
        self.given_up = False
        self._failure: BaseException | None = None
        self._waiting = 0
        self._waits_since = 0.0

    def put(self, batch: pa.RecordBatch) -> bool:
        """Blocks while full. False once the writers are gone: the batch was dropped, more are not wanted."""
        size = batch.get_total_buffer_size()
        with self._change:
            if self._is_full_for(size):
                self._wait_for_room(size)
            if self._closed or self._failure is not None:
                return False
            self._batches.append(batch)
            self._bytes += size
            self.rows += batch.num_rows
            self._change.notify_all()
        return True

    def _is_full_for(self, size: int) -> bool:
        return self._bytes > 0 and self._bytes + size > self._limit and not self._closed and self._failure is None

    def _wait_for_room(self, size: int) -> None:
        if not self._waiting:
            self._waits_since = time.monotonic()
        self._waiting += 1
        try:
            while self._is_full_for(size):
                self._change.wait(0.5)
        finally:
            self._waiting -= 1

    def finish(self) -> None:
        """No more batches will come; the readers end when the queue is empty."""
        with self._change:
            self._finished = True
            self.moved_at = time.monotonic()
            self._change.notify_all()

    def fail(self, error: BaseException) -> None:
        """The readers end with an error at once."""
        with self._change:
            self._failure = self._failure or error
            self._batches.clear()
            self._bytes = 0
            self._change.notify_all()

    def close(self) -> None:
        """The writers are gone; `put` returns False from now on."""
        with self._change:
            self._closed = True
            self._batches.clear()
            self._bytes = 0
            self._change.notify_all()

    def give_up(self) -> None:
        """The writers do not move any more, and are not waited for."""
        self.given_up = True
        self.close()

    @property
    def is_over(self) -> bool:
        """Whether a reader may have come to its end."""
        return self._finished or self._closed or self._failure is not None

    @property
    def failed(self) -> bool:
        return self._failure is not None

    def stuck_s(self) -> float:
        """How long a batch has been waiting for room without any being taken."""
        with self._change:
            return time.monotonic() - max(self._waits_since, self.moved_at) if self._waiting else 0.0

    def reader(self) -> pa.RecordBatchReader:
        """One of the queue's readers; each batch goes to exactly one of them."""
        return pa.RecordBatchReader.from_batches(self.schema, self._take_all())

    def _take_all(self) -> Iterator[pa.RecordBatch]:
        while (batch := self._take()) is not None:
            yield batch

    def _take(self) -> pa.RecordBatch | None:
        with self._change:
            while not self._batches and not self._finished and self._failure is None and not self._closed:
                self._change.wait(0.5)
            if self._failure is not None:
                raise QueueFailed("the stream's read failed") from self._failure
            if not self._batches:
                return None
            batch = self._batches.popleft()
            self._bytes -= batch.get_total_buffer_size()
            self.moved_at = time.monotonic()
            self._change.notify_all()
            return batch
