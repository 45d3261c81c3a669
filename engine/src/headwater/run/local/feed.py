"""Lanes: a few threads that share the partitions of one read, so that ten thousand partitions cost no more than four.

A lane of bytes writes into a named pipe that DuckDB parses as CSV; a lane of batches is a record batch reader. Both
take the next partition from one shared list, so a slow partition holds up one lane only.
"""

from __future__ import annotations

import errno
import fcntl
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pyarrow as pa

from headwater.run.local.pulse import Pulse
from headwater.run.watched import THREAD_PREFIX
from headwater.sdk.errors import InternalError
from headwater.sdk.source import Malformed, MalformedRows, NativeScan, Source
from headwater.sdk.stream import Partition
from headwater.toolkit.arrow_types import normalise_batch

PIPE_BYTES = 1 << 20


class Feed:
    """The partitions of one read, each given out once; and what the lanes learnt while reading them."""

    def __init__(
        self, source: Source, partitions: Iterable[Partition], on_failure: Callable[[BaseException], None]
    ) -> None:
        self.source = source
        self.rows_sent: int | None = None
        self.malformed: list[Malformed] = []
        self.pulse = Pulse()
        self._partitions = iter(partitions)
        self._lock = threading.Lock()
        self._fail = on_failure
        self._stopped = threading.Event()

    def stop(self) -> None:
        self._stopped.set()

    def _next(self) -> Partition | None:
        with self._lock:
            return None if self._stopped.is_set() else next(self._partitions, None)

    def batches(self, schema: pa.Schema) -> pa.RecordBatchReader:
        """One lane of record batches, in exactly this schema."""
        return pa.RecordBatchReader.from_batches(schema, self._batches(schema))

    def _batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        # DuckDB reports a failed reader in its own words: keep the original error aside before it passes through.
        try:
            while (partition := self._next()) is not None:
                yield from self._partition(partition, schema)
        except GeneratorExit:
            raise
        except BaseException as error:
            self._fail(error)
            raise

    def _partition(self, partition: Partition, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        with self.pulse.ask(lambda: self.source.read(partition)) as reader:
            for batch in self.pulse.items(iter(reader)):
                if self._stopped.is_set():
                    return
                yield normalise_batch(batch, schema)
        if isinstance(self.source, MalformedRows):
            self._note_malformed(self.source.malformed(partition))

    def _note_malformed(self, found: tuple[Malformed, ...]) -> None:
        with self._lock:
            self.malformed.extend(found)

    def start_bytes(self, path: Path) -> threading.Thread:
        """One lane of bytes into a new named pipe at `path`."""
        os.mkfifo(path, 0o600)
        thread = threading.Thread(
            target=self._send_bytes, args=(path,), name=f"{THREAD_PREFIX}feed {path.name}", daemon=True
        )
        thread.start()
        return thread

    def _send_bytes(self, path: Path) -> None:
        try:
            pipe = self._open(path)
        except OSError as error:
            self._fail(error)
            return
        if pipe is None:
            return
        try:
            while (partition := self._next()) is not None:
                self._count(self._send(partition, pipe))
        except BrokenPipeError:
            # DuckDB stopped reading: either it failed (the flow knows) or it has all it wants.
            self.stop()
        except BaseException as error:
            # Told before the pipe closes: to DuckDB a cut stream looks like a complete one.
            self._fail(error)
        finally:
            os.close(pipe)

    def _open(self, path: Path) -> int | None:
        """The write end, once DuckDB has opened the other; None when the flow stopped before."""
        while True:
            try:
                pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
            except OSError as error:
                if error.errno != errno.ENXIO:
                    raise
                if self._stopped.wait(0.002):
                    return None
            else:
                os.set_blocking(pipe, True)
                _widen(pipe)
                return pipe

    def _count(self, rows: int | None) -> None:
        if rows is not None:
            with self._lock:
                self.rows_sent = (self.rows_sent or 0) + rows

    def _send(self, partition: Partition, pipe: int) -> int | None:
        """Write all chunks; the generator's return value, if any, is the number of rows it sent."""
        if not isinstance(self.source, NativeScan):
            raise InternalError("a byte scan was planned for a source without open_bytes")
        chunks = self.pulse.items(self.source.open_bytes(partition))
        while not self._stopped.is_set():
            try:
                view = memoryview(next(chunks))
            except StopIteration as end:
                return end.value
            while view:
                view = view[os.write(pipe, view) :]
        return None


def _widen(pipe: int) -> None:
    """Fewer turns between the two sides. The system may refuse, or know nothing of it."""
    if sys.platform == "linux":
        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
