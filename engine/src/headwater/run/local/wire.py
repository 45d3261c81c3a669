"""A plain copy between two systems that speak the same wire format: bytes pass, nothing is decoded."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import NamedTuple

from headwater.run.local.flow import Flow
from headwater.run.local.open_load import OpenLoad
from headwater.run.local.pulse import Pulse
from headwater.run.watched import clean_up
from headwater.sdk.destination import WireLoad
from headwater.sdk.errors import DataError
from headwater.sdk.source import Source, WireSource
from headwater.sdk.stream import Partition, Partitions


class Wire(NamedTuple):
    """Both ends of a copy, and the format they share."""

    source: WireSource
    load: WireLoad
    format: str


def shared_wire(source: Source, partitions: Partitions, load: OpenLoad) -> Wire | None:
    """The wire format that both ends speak for exactly these columns, if there is one."""
    end = load.load
    if not isinstance(source, WireSource) or not isinstance(end, WireLoad) or not partitions.items:
        return None
    schema = source.wire_schema(partitions)
    found = next((name for name in source.wire_formats(partitions) if end.accepts_wire(name, schema)), None)
    return Wire(source, end, found) if found else None


def run(flow: Flow, wire: Wire) -> None:
    """Copy all partitions, each lane taking the next one. Both ends count the rows, and must agree."""
    copy = _Copy(flow, wire)
    load = flow.loads[0]
    flow.on_interrupt(lambda: clean_up(load.load.abort, flow.stop, what=f"abort {load.plan.table}", within_s=1.0))
    lanes = min(flow.lanes, load.writers, len(flow.partitions.items))
    flow.wait([flow.start(copy.lane) for _ in range(max(1, lanes))], copy.check)


class _Copy:
    def __init__(self, flow: Flow, wire: Wire) -> None:
        self._flow = flow
        self._wire = wire
        self._pending = iter(flow.partitions.items)
        self._lock = threading.Lock()
        self._pulse = Pulse()
        self._taken_at = time.monotonic()

    def lane(self) -> None:
        try:
            while (partition := self._next()) is not None and not self._flow.stop.is_set():
                self._copy(partition)
        except BaseException as error:
            self._flow.fail(error)

    def check(self) -> None:
        flow = self._flow
        flow.check_source(self._pulse)
        if not self._pulse.silent_s() and time.monotonic() - self._taken_at > flow.options.stall_timeout_s:
            flow.fail(flow.destination_stalled(flow.loads[0]))

    def _next(self) -> Partition | None:
        with self._lock:
            return next(self._pending, None)

    def _chunks(self, partition: Partition, sent: list[int]) -> Iterator[bytes]:
        stream = self._pulse.items(self._wire.source.read_wire(partition, self._wire.format))
        while True:
            self._taken_at = time.monotonic()
            try:
                yield next(stream)
            except StopIteration as end:
                sent.append(end.value or 0)
                return

    def _copy(self, partition: Partition) -> None:
        sent: list[int] = []
        chunks = self._chunks(partition, sent)
        receipt = self._wire.load.write_wire(partition.id, self._wire.format, chunks)
        if sent != [receipt.rows]:
            raise DataError(
                f"partition {partition.id}: the source sent {f'{sent[0]:,}' if sent else 'more'} rows, "
                f"the destination took {receipt.rows:,}",
                hint="this is a fault of a connector: please report it",
                code="data.rows_missing",
            )
        self._flow.receive(self._flow.loads[0], receipt)
        self._flow.notes.passed(receipt.rows)
