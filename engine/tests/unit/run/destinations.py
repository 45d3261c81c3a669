"""Destinations made for tests, over in-memory systems: they lose rows, alter them, cannot read back, or do not move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

import pyarrow as pa

from headwater.sdk.config import PluginConfig, Secret
from headwater.sdk.destination import Checkpoint, Committed, LoadRequest, Receipt, SchemaChange
from headwater.sdk.stream import Json
from headwater.testing.memory import MemoryConfig, MemoryDestination, MemoryLoad
from headwater.testing.memory_system import MemorySystem


class Losing(MemoryDestination):
    """Stages one row less than it was sent, and says so."""

    def open(self, request: LoadRequest) -> MemoryLoad:
        load = super().open(request)
        write = load.write

        def lose(partition_id: str, reader: pa.RecordBatchReader) -> Receipt:
            receipt = write(partition_id, reader)
            return replace(receipt, rows=max(0, receipt.rows - 1))

        load.write = lose
        return load


class Impatient(MemoryDestination):
    """Takes the first batch for the whole."""

    def open(self, request: LoadRequest) -> MemoryLoad:
        load = super().open(request)
        write = load.write

        def first_only(partition_id: str, reader: pa.RecordBatchReader) -> Receipt:
            batch = reader.read_next_batch()
            return write(partition_id, pa.RecordBatchReader.from_batches(reader.schema, [batch]))

        load.write = first_only
        return load


class Altering(MemoryDestination):
    """What it staged is not what it was sent: the first column is one more."""

    def open(self, request: LoadRequest) -> MemoryLoad:
        load = super().open(request)
        readback = load.readback

        def alter(receipts: Sequence[Receipt]) -> pa.RecordBatchReader:
            rows = readback(receipts).read_all()
            first = pa.array([value + 1 for value in rows.column(0).to_pylist()], rows.schema.field(0).type)
            return rows.set_column(0, rows.schema.field(0), first).to_reader()

        load.readback = alter
        return load


class Blind(MemoryDestination):
    """Its loads cannot read back what they staged."""

    def open(self, request: LoadRequest) -> BlindLoad:  # pyright: ignore[reportIncompatibleMethodOverride]
        return BlindLoad(super().open(request))


class BlindLoad:
    schema_changes: tuple[SchemaChange, ...] = ()

    def __init__(self, load: MemoryLoad) -> None:
        self._load = load

    def last_checkpoint(self) -> Checkpoint | None:
        return self._load.last_checkpoint()

    def write(self, partition_id: str, reader: pa.RecordBatchReader) -> Receipt:
        return self._load.write(partition_id, reader)

    def commit(self, receipts: Sequence[Receipt], checkpoint: Mapping[str, Json] | None) -> Committed:
        return self._load.commit(receipts, checkpoint)

    def abort(self) -> None:
        self._load.abort()


class GuardedConfig(MemoryConfig):
    password: Secret


class Guarded(MemoryDestination):
    """Asks for a password."""

    config_type: ClassVar[type[PluginConfig]] = GuardedConfig


class Stubborn(MemoryDestination):
    """Cannot be closed before its system's faults say so (point `check`)."""

    def close(self) -> None:
        MemorySystem.named(self._config.system).faults.strike("check", "close")
