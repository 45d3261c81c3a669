"""Sources made for tests, over in-memory systems: with thousands of partitions, without promises, or broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import ClassVar, Literal, cast

import pyarrow as pa
from unit.run.steps import Panic

from headwater.sdk.config import PluginConfig
from headwater.sdk.errors import TransientError
from headwater.sdk.source import CsvBytes
from headwater.sdk.stream import Partition, Partitions, ReadRequest
from headwater.testing.memory import MemoryConfig, MemorySource, MemorySystem


class ManyConfig(MemoryConfig):
    parts: int = 10_000


class ManyPartitions(MemorySource):
    """As many partitions as it is told to make."""

    config_type: ClassVar[type[PluginConfig]] = ManyConfig

    def __init__(self, config: ManyConfig) -> None:
        super().__init__(config)
        self._parts = config.parts

    def plan(self, request: ReadRequest) -> Partitions:
        planned = super().plan(replace(request, parallelism=1))
        (whole,) = planned.items
        rows = cast(int, whole.detail["stop"])
        bounds = [rows * part // self._parts for part in range(self._parts + 1)]
        items = tuple(
            Partition(f"part-{start}", whole.stream, {**whole.detail, "start": start, "stop": stop})
            for start, stop in pairwise(bounds)
        )
        return replace(planned, items=items)


class Silent(MemorySource):
    """Does not know its highest cursor value before it reads."""

    def plan(self, request: ReadRequest) -> Partitions:
        return replace(super().plan(request), upper=None)


class Changing(MemorySource):
    """Its table gets another column between the plan of the run and the plan of the read."""

    def plan(self, request: ReadRequest) -> Partitions:
        planned = super().plan(request)
        return replace(planned, schema=planned.schema.append(pa.field("late", pa.string())))


class Panicking(MemorySource):
    """Raises what is no Exception after its first batch."""

    def read(self, partition: Partition) -> pa.RecordBatchReader:
        whole = super().read(partition)

        def batches() -> Iterator[pa.RecordBatch]:
            yield whole.read_next_batch()
            raise Panic("the driver gave up")

        return pa.RecordBatchReader.from_batches(whole.schema, batches())


class BytesConfig(MemoryConfig):
    fails: Literal["", "at_once", "midway", "short"] = ""


class ByteLanes(MemorySource):
    """Its rows are CSV bytes; `short` sends fewer rows than it says it sent."""

    config_type: ClassVar[type[PluginConfig]] = BytesConfig

    def __init__(self, config: BytesConfig) -> None:
        super().__init__(config)
        self._fails = config.fails
        self._faults = MemorySystem.named(config.system).faults

    def native_scan(self, partitions: Sequence[Partition]) -> CsvBytes:
        columns = cast(list[str], partitions[0].detail["columns"])
        return CsvBytes(pa.schema([(name, pa.int64()) for name in columns]))

    def open_bytes(self, partition: Partition) -> Iterator[bytes]:
        if self._fails == "at_once":
            raise TransientError("the connection was refused")
        sent = 0
        for number, batch in enumerate(self.read(partition)):
            self._faults.strike("read", f"bytes of {partition.stream}", batch=number)
            yield "".join(_line(row) for row in batch.to_pylist()).encode()
            sent += batch.num_rows
            if self._fails == "midway":
                raise TransientError("the connection was cut")
        return sent + (1 if self._fails == "short" else 0)


def _line(row: dict[str, object]) -> str:
    return ",".join("" if value is None else str(value) for value in row.values()) + "\n"
