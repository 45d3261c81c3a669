"""Two ends that speak a wire format of their own: JSON lines; the target may stop listening early, or stall."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable
from typing import ClassVar, Literal

import pyarrow as pa

from headwater.sdk.config import PluginConfig
from headwater.sdk.destination import LoadRequest, Receipt
from headwater.sdk.stream import Partition, Partitions
from headwater.testing.memory import MemoryConfig, MemoryDestination, MemoryLoad, MemorySource
from headwater.testing.memory_system import MemorySystem

FORMAT = "json-lines"


class WireSystem(MemorySource):
    def wire_formats(self, partitions: Partitions) -> tuple[str, ...]:
        return ("not-known", FORMAT)

    def wire_schema(self, partitions: Partitions) -> tuple[tuple[str, str], ...]:
        return tuple((field.name, str(field.type)) for field in partitions.schema)

    def read_wire(self, partition: Partition, format: str) -> Generator[bytes, None, int]:
        rows = 0
        for batch in self.read(partition):
            yield json.dumps(batch.to_pylist()).encode()
            rows += batch.num_rows
        return rows


class WireConfig(MemoryConfig):
    hears: Literal["all", "half", "less"] = "all"


class WireTarget(MemoryDestination):
    config_type: ClassVar[type[PluginConfig]] = WireConfig

    def __init__(self, config: WireConfig) -> None:
        super().__init__(config)
        self._hears = config.hears
        self._faults = MemorySystem.named(config.system).faults

    def open(self, request: LoadRequest) -> WireTargetLoad:  # pyright: ignore[reportIncompatibleMethodOverride]
        return WireTargetLoad(super().open(request), request, self._hears, self._faults.strike)


class WireTargetLoad:
    def __init__(self, load: MemoryLoad, request: LoadRequest, hears: str, strike: object) -> None:
        self._load = load
        self._schema = request.schema
        self._hears = hears
        self._strike = strike
        self.schema_changes = load.schema_changes
        self.last_checkpoint = load.last_checkpoint
        self.write = load.write
        self.commit = load.commit
        self.abort = load.abort

    def accepts_wire(self, format: str, wire_schema: tuple[tuple[str, str], ...]) -> bool:
        return format == FORMAT and wire_schema == tuple((field.name, str(field.type)) for field in self._schema)

    def write_wire(self, partition_id: str, format: str, chunks: Iterable[bytes]) -> Receipt:
        rows: list[dict[str, object]] = []
        for chunk in chunks:
            rows += json.loads(chunk)
            if self._hears == "half":
                break
        if self._hears == "less":
            rows = rows[1:]
        return self._load.write(partition_id, pa.Table.from_pylist(rows, schema=self._schema).to_reader())
