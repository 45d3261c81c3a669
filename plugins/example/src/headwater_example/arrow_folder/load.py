"""One load into an Arrow folder: files that nobody knows of until the manifest names them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa

from headwater.sdk.destination import Checkpoint, Committed, LoadRequest, Receipt, SchemaChange, Write
from headwater.sdk.errors import Cancelled
from headwater.sdk.stream import Json
from headwater.toolkit.evolution import Settled
from headwater.toolkit.file_lock import FileLock
from headwater_example.arrow_folder.manifest import Manifest, save


class ArrowFolderLoad:
    def __init__(
        self, folder: Path, lock: FileLock, manifest: Manifest, request: LoadRequest, settled: Settled
    ) -> None:
        self._folder = folder
        self._lock = lock
        self._manifest = manifest
        self._request = request
        self._settled = settled
        self._ended = threading.Event()
        self._numbers = count()
        self._files: dict[str, str] = {}
        self._last = manifest.checkpoint(request.pipeline, request.stream)
        self.schema_changes: tuple[SchemaChange, ...] = settled.changes

    def last_checkpoint(self) -> Checkpoint | None:
        if self._last is None:
            return None
        moment = datetime.fromisoformat(self._last["committed_at"])
        request = self._request
        return Checkpoint(
            self._last["value"], self._last["load_id"], moment, request.pipeline, request.stream, request.table
        )

    def write(self, partition_id: str, reader: pa.RecordBatchReader) -> Receipt:
        name = f"{quote(self._request.load_id, safe='')}-{next(self._numbers)}.arrow"
        schema, rows = self._settled.table, 0
        with pa.OSFile(str(self._folder / name), "wb") as sink, pa.ipc.new_file(sink, schema) as file:
            for batch in reader:
                if self._ended.is_set():
                    raise Cancelled(f"table {self._request.table!r}: the load has ended")
                file.write_table(_aligned(batch, schema))
                rows += batch.num_rows
        self._files[partition_id] = name
        return Receipt(partition_id, rows)

    def readback(self, receipts: Sequence[Receipt]) -> pa.RecordBatchReader:
        return pa.RecordBatchReader.from_batches(self._request.schema, self._staged(receipts))

    def commit(self, receipts: Sequence[Receipt], checkpoint: Mapping[str, Json] | None) -> Committed:
        request, manifest = self._request, self._manifest
        if request.load_id in manifest.loads:
            self._end()
            rows = manifest.loads[request.load_id]
            return Committed(rows, changed={"inserted": rows}, replayed=True)
        if self._ended.is_set():
            raise Cancelled(f"table {request.table!r}: the load has ended")
        rows = sum(receipt.rows for receipt in receipts)
        old = list(manifest.files) if request.write is Write.REPLACE else []
        manifest.schema = self._settled.table
        manifest.files = {name: size for name, size in manifest.files.items() if name not in old}
        manifest.files |= {self._files[receipt.partition_id]: receipt.rows for receipt in receipts}
        manifest.loads[request.load_id] = rows
        manifest.set_checkpoint(
            {
                "pipeline": request.pipeline,
                "stream": request.stream,
                "value": None if checkpoint is None else dict(checkpoint),
                "load_id": request.load_id,
                "committed_at": datetime.now(UTC).isoformat(),
            }
        )
        save(self._folder, manifest)
        for name in old:
            (self._folder / name).unlink(missing_ok=True)
        self._end()
        return Committed(rows, changed={"inserted": rows})

    def abort(self) -> None:
        self._end()

    def _staged(self, receipts: Sequence[Receipt]) -> Iterator[pa.RecordBatch]:
        for receipt in receipts:
            with pa.memory_map(str(self._folder / self._files[receipt.partition_id])) as mapped:
                for batch in pa.ipc.open_file(mapped).read_all().to_batches():
                    yield _aligned(batch, self._request.schema).to_batches()[0]

    def _end(self) -> None:
        """Remove every file that the manifest does not name. Does nothing the second time."""
        if self._ended.is_set():
            return
        self._ended.set()
        for path in self._folder.glob("*.arrow"):
            if path.name not in self._manifest.files:
                path.unlink(missing_ok=True)
        self._lock.release()


def _aligned(batch: pa.RecordBatch, schema: pa.Schema) -> pa.Table:
    """The rows in this schema, columns matched by name, NULL where they have none."""
    columns = [
        batch.column(field.name).cast(field.type)
        if field.name in batch.schema.names
        else pa.nulls(batch.num_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)
