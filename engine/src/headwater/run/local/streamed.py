"""The general way: batches from the chain's query through one bounded queue per load to its writers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pyarrow as pa

from headwater.run.local.feed import Feed
from headwater.run.local.flow import Flow
from headwater.run.local.open_load import OpenLoad
from headwater.run.local.queue import BatchQueue, QueueFailed
from headwater.run.local.relation import Relation, open_relation
from headwater.run.local.settle import settle
from headwater.run.local.stream_path import StreamPath
from headwater.sdk.errors import InternalError
from headwater.sdk.source import CsvBytes, FileScan

QUEUE_BYTES = 16 * 1024 * 1024
SMALL_BYTES = 64 * 1024


def run(flow: Flow, scan: FileScan | CsvBytes | None) -> None:
    """Read everything once; every load that did not fail by itself has all its receipts afterwards."""
    _Streamed(flow).run(scan)


def _stopped_early(load: OpenLoad) -> InternalError:
    return InternalError(
        f"destination {load.plan.destination!r} stopped taking rows for table {load.plan.table!r} before their end",
        hint="a write exhausts its reader: this is a bug of the connector",
        code="destination.broke_contract",
    )


class _Streamed:
    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._queues = [BatchQueue(flow.chain.schema, QUEUE_BYTES) for _ in flow.loads]
        self._is_over = threading.Event()

    def run(self, scan: FileScan | CsvBytes | None) -> None:
        flow = self._flow
        feed = Feed(flow.source, flow.partitions.items, flow.fail)
        path = StreamPath(
            flow.chain,
            flow.database,
            flow.notes,
            watch=flow.watch_cursor,
            hashed=flow.hashed,
            ordered=flow.ordered,
        )
        relation: Relation | None = None
        flow.on_interrupt(lambda: self._interrupt(feed, path))
        writers = [self._start_writers(index, load) for index, load in enumerate(flow.loads)]
        try:
            if flow.given is not None:
                sql, marked = flow.given(path.first)
                readers = [path.batches(sql, marked=marked)]
            elif scan is None and self._is_plain():
                readers = [self._plain_lane(feed) for _ in range(min(flow.lanes, len(flow.partitions.items)))]
            else:
                pipes = flow.database.pipes
                relation = open_relation(path.first, scan, flow.partitions, feed, lanes=flow.lanes, pipes=pipes)
                readers = [path.batches(relation.sql, marked=relation.marked, again=relation.again)]
            pumps = [flow.start(self._pump, reader, path) for reader in readers]
            flow.wait(pumps, lambda: self._check_read(feed))
            for queue in self._queues:
                queue.finish()
            waited_for = [thread for threads in writers for thread in threads]
            flow.wait(waited_for, lambda: self._check_writers(writers, waited_for))
            settle(flow, feed, relation, path)
        finally:
            feed.stop()
            for queue in self._queues:
                queue.close()
            # First what DuckDB still reads: a lane may be blocked in writing to it.
            self._is_over.set()
            path.close()
            if relation is not None:
                relation.close()

    def _is_plain(self) -> bool:
        """Nothing to compute: batches go from reader to writer without a query."""
        return not self._flow.chain.steps and self._flow.watch_cursor is None and not self._flow.hashed

    def _plain_lane(self, feed: Feed) -> Iterator[pa.RecordBatch]:
        for batch in feed.batches(self._flow.partitions.schema):
            self._flow.notes.passed(batch.num_rows)
            yield batch

    def _pump(self, reader: Iterator[pa.RecordBatch], path: StreamPath) -> None:
        try:
            for batch in reader:
                wanted = [queue.put(batch) for queue in self._queues]
                if not any(wanted):
                    return
        except BaseException as error:
            self._flow.fail(error)
        finally:
            if self._is_over.is_set():
                # Left behind, and home at last: what it held open can be closed now.
                path.close()

    def _start_writers(self, index: int, load: OpenLoad) -> list[threading.Thread]:
        # Arrival order decides which of two rows with one key is the last, so an ordered load has one writer.
        count = 1 if self._flow.ordered or self._is_small() else load.writers
        return [self._flow.start(self._write, index, load, str(number)) for number in range(count)]

    def _is_small(self) -> bool:
        """Not worth a second connection."""
        size = self._flow.chain.scan.stream.size_bytes
        return size is not None and size < SMALL_BYTES and self._flow.given is None

    def _write(self, index: int, load: OpenLoad, partition_id: str) -> None:
        queue = self._queues[index]
        try:
            self._flow.receive(load, load.load.write(partition_id, queue.reader()))
            if not queue.is_over:
                raise _stopped_early(load)
        except QueueFailed:
            return
        except BaseException as error:
            if not queue.failed:
                self._flow.fail_load(load, error)
            queue.close()

    def _check_read(self, feed: Feed) -> None:
        for load, queue in zip(self._flow.loads, self._queues, strict=True):
            if queue.stuck_s() > self._flow.options.stall_timeout_s:
                self._give_up(load, queue)
        self._flow.check_source(feed.pulse)

    def _check_writers(self, writers: list[list[threading.Thread]], waited_for: list[threading.Thread]) -> None:
        """All has been read. A writer that does not come back is left behind: its load is aborted over its head."""
        now = time.monotonic()
        for load, queue, threads in zip(self._flow.loads, self._queues, writers, strict=True):
            if now - queue.moved_at > self._flow.options.stall_timeout_s and any(t.is_alive() for t in threads):
                self._give_up(load, queue)
            if queue.given_up:
                waited_for[:] = [thread for thread in waited_for if thread not in threads]

    def _give_up(self, load: OpenLoad, queue: BatchQueue) -> None:
        self._flow.fail_load(load, self._flow.destination_stalled(load))
        queue.give_up()

    def _interrupt(self, feed: Feed, path: StreamPath) -> None:
        feed.stop()
        for queue in self._queues:
            queue.fail(self._flow.failure or QueueFailed(self._flow.stop.reason))
        path.interrupt()
