"""A plain copy between two systems that speak the same wire format: bytes pass, nothing is decoded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import NamedTuple

from headwater.run.local.flow import Flow
from headwater.run.local.open_load import OpenLoad
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
    pending = iter(flow.partitions.items)
    lock = threading.Lock()

    def lane() -> None:
        try:
            while (partition := _next(pending, lock)) is not None and not flow.stop.is_set():
                _copy(flow, wire, partition)
        except Exception as error:
            flow.fail(error)

    lanes = min(flow.lanes, flow.loads[0].writers, len(flow.partitions.items))
    flow.on_interrupt(flow.loads[0].load.abort)
    flow.wait([flow.start(lane) for _ in range(max(1, lanes))])


def _next(pending: Iterator[Partition], lock: threading.Lock) -> Partition | None:
    with lock:
        return next(pending, None)


def _copy(flow: Flow, wire: Wire, partition: Partition) -> None:
    sent: list[int] = []

    def chunks() -> Iterator[bytes]:
        stream = wire.source.read_wire(partition, wire.format)
        while True:
            try:
                yield next(stream)
            except StopIteration as end:
                sent.append(end.value or 0)
                return

    receipt = wire.load.write_wire(partition.id, wire.format, chunks())
    if sent and sent[0] != receipt.rows:
        raise DataError(
            f"partition {partition.id}: the source sent {sent[0]:,} rows, the destination took {receipt.rows:,}",
            hint="this is a fault of a connector: please report it",
            code="data.rows_missing",
        )
    flow.receive(flow.loads[0], receipt)
    flow.notes.passed(receipt.rows)
