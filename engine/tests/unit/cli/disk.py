"""An in-memory system that lives in a file, so that processes come, die at a named point, and come again.

`<path>` holds what is committed. `<path>.staging` stands while a load is open. At a stall the process says so through
the named pipe `<path>.stalled`.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Literal

import pyarrow as pa

from headwater.sdk.config import PluginConfig, ProjectPath, Secret
from headwater.sdk.destination import Committed, LoadRequest, Receipt
from headwater.sdk.stream import Json, Partition, Stream
from headwater.testing.memory import MemoryConfig, MemoryDestination, MemoryLoad, MemorySource, MemorySystem

Point = Literal["", "read", "open", "write", "before-commit", "after-commit"]


class DiskConfig(MemoryConfig):
    path: ProjectPath
    die: Point = ""
    stall: Point = ""
    password: Secret | None = None


class Disk:
    def __init__(self, config: DiskConfig) -> None:
        self._config = config
        self._path = Path(config.path).resolve()
        self.staging = Path(f"{self._path}.staging")
        self.memory = MemoryConfig(system=str(self._path), batch_rows=config.batch_rows)
        self.system = MemorySystem.named(str(self._path))
        if self._path.exists() and not self.system.tables:
            self.system.tables, self.system.commits, self.system.saved = pickle.loads(self._path.read_bytes())

    def save(self) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_bytes(pickle.dumps((self.system.tables, self.system.commits, self.system.saved)))
        fresh.replace(self._path)

    def reach(self, point: Point) -> None:
        if self._config.die == point:
            os.kill(os.getpid(), signal.SIGKILL)
        if self._config.stall == point:
            with Path(f"{self._path}.stalled").open("w") as told:
                told.write(point)
            threading.Event().wait()


class DiskSource(MemorySource):
    config_type: ClassVar[type[PluginConfig]] = DiskConfig

    def __init__(self, config: DiskConfig) -> None:
        self._disk = Disk(config)
        self._password = config.password
        super().__init__(self._disk.memory)

    def describe(self, stream: str) -> Stream:
        """A driver that says too much."""
        if self._password is not None:
            raise ValueError(f"cannot log in with {self._password.get_secret_value()}")
        return super().describe(stream)

    def read(self, partition: Partition) -> pa.RecordBatchReader:
        whole = super().read(partition)

        def batches() -> Iterator[pa.RecordBatch]:
            for batch in whole:
                yield batch
                self._disk.reach("read")

        return pa.RecordBatchReader.from_batches(whole.schema, batches())


class DiskDestination(MemoryDestination):
    config_type: ClassVar[type[PluginConfig]] = DiskConfig

    def __init__(self, config: DiskConfig) -> None:
        self._disk = Disk(config)
        super().__init__(self._disk.memory)

    def open(self, request: LoadRequest) -> MemoryLoad:
        self._disk.staging.write_text(request.load_id)
        load = super().open(request)
        self._disk.reach("open")
        write, commit, abort = load.write, load.commit, load.abort

        def written(partition_id: str, reader: pa.RecordBatchReader) -> Receipt:
            receipt = write(partition_id, reader)
            self._disk.reach("write")
            return receipt

        def committed(receipts: Sequence[Receipt], checkpoint: Mapping[str, Json] | None) -> Committed:
            self._disk.reach("before-commit")
            answer = commit(receipts, checkpoint)
            self._disk.save()
            self._disk.staging.unlink(missing_ok=True)
            self._disk.reach("after-commit")
            return answer

        def aborted() -> None:
            abort()
            self._disk.staging.unlink(missing_ok=True)

        load.write, load.commit, load.abort = written, committed, aborted
        return load

    def set_checkpoint(self, pipeline: str, stream: str, table: str, value: Mapping[str, Json] | None) -> None:
        super().set_checkpoint(pipeline, stream, table, value)
        self._disk.save()
