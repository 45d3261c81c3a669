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
from headwater.sdk.source import CsvBytes, FileScan

QUEUE_BYTES = 24 * 1024 * 1024


def run(flow: Flow, scan: FileScan | CsvBytes | None) -> None:
    """Read everything once; every load that did not fail by itself has all its receipts afterwards."""
    _Streamed(flow).run(scan)


class _Streamed:
    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._queues = [BatchQueue(flow.chain.schema, QUEUE_BYTES) for _ in flow.loads]
        self._read_at = time.monotonic()

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
        writers = [thread for index, load in enumerate(flow.loads) for thread in self._start_writers(index, load)]
        try:
            if flow.given is not None:
                sql, marked = flow.given(path.first)
                readers = [path.batches(sql, marked=marked)]
            elif scan is None and self._is_plain():
                readers = [self._plain_lane(feed) for _ in range(min(flow.lanes, len(flow.partitions.items)))]
            else:
                pipes = flow.database.pipes
                relation = open_relation(path.first, scan, flow.partitions, feed, lanes=flow.lanes, pipes=pipes)
                readers = [path.batches(relation.sql, marked=relation.marked)]
            flow.wait([flow.start(self._pump, reader) for reader in readers], self._check_stall)
            for queue in self._queues:
                queue.finish()
            flow.wait(writers, self._check_stall)
            settle(flow, feed, relation, path)
        finally:
            feed.stop()
            for queue in self._queues:
                queue.close()
            if relation is not None:
                relation.close()
            path.close()

    def _is_plain(self) -> bool:
        """Nothing to compute: batches go from reader to writer without a query."""
        return not self._flow.chain.steps and self._flow.watch_cursor is None and not self._flow.hashed

    def _plain_lane(self, feed: Feed) -> Iterator[pa.RecordBatch]:
        for batch in feed.batches(self._flow.partitions.schema):
            self._flow.notes.passed(batch.num_rows)
            yield batch

    def _pump(self, reader: Iterator[pa.RecordBatch]) -> None:
        try:
            for batch in reader:
                self._read_at = time.monotonic()
                wanted = [queue.put(batch) for queue in self._queues]
                if not any(wanted):
                    return
        except Exception as error:
            self._flow.fail(error)

    def _start_writers(self, index: int, load: OpenLoad) -> list[threading.Thread]:
        # Arrival order decides which of two rows with one key is the last, so an ordered load has one writer.
        count = 1 if self._flow.ordered else load.writers
        return [self._flow.start(self._write, index, load, str(number)) for number in range(count)]

    def _write(self, index: int, load: OpenLoad, partition_id: str) -> None:
        queue = self._queues[index]
        try:
            self._flow.receive(load, load.load.write(partition_id, queue.reader()))
        except QueueFailed:
            return
        except Exception as error:
            if not queue.failed:
                self._flow.fail_load(load, error)
            queue.close()

    def _check_stall(self) -> None:
        flow, now = self._flow, time.monotonic()
        for load, queue in zip(flow.loads, self._queues, strict=True):
            if queue.is_full and now - queue.moved_at > flow.options.stall_timeout_s:
                flow.fail_load(load, flow.stalled(f"destination {load.plan.destination!r}, table {load.plan.table!r}"))
                queue.close()
        idle_s = now - max(self._read_at, *(queue.moved_at for queue in self._queues))
        if idle_s > flow.options.stall_timeout_s and not any(queue.is_full for queue in self._queues):
            flow.fail(flow.stalled(f"source {flow.chain.scan.source!r}, stream {flow.chain.scan.stream.name!r}"))

    def _interrupt(self, feed: Feed, path: StreamPath) -> None:
        feed.stop()
        for queue in self._queues:
            queue.fail(self._flow.failure or QueueFailed(self._flow.stop.reason))
        path.interrupt()
