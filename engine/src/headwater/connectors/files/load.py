"""One load into one table folder: staged files, and the commit that makes them rows of the table."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

import pyarrow as pa

from headwater.connectors.files.commit_log import Commit, LiveFile, TableState
from headwater.connectors.files.config import Format
from headwater.connectors.files.folder import TableFolder, data_file_name
from headwater.connectors.files.meanwhile import Meanwhile
from headwater.connectors.files.stored import file_schema, fitted
from headwater.connectors.files.writers import FileWriter
from headwater.sdk.destination import Checkpoint, Committed, FileTarget, LoadRequest, Receipt, SchemaChange, Write
from headwater.sdk.errors import Cancelled, DataError
from headwater.sdk.stream import Json
from headwater.toolkit.arrow_types import normalise_batch
from headwater.toolkit.deferred import parquet as pq
from headwater.toolkit.evolution import Settled
from headwater.toolkit.storage import Lock


class FilesLoad:
    """Holds the table's lock until it is committed or aborted."""

    def __init__(
        self,
        folder: TableFolder,
        lock: Lock,
        request: LoadRequest,
        settled: Settled,
        state: TableState | None,
        writer: FileWriter,
    ) -> None:
        self.schema_changes: tuple[SchemaChange, ...] = settled.changes
        self._folder = folder
        self._lock = lock
        self._request = request
        self._settled = settled
        self._found = state
        self._writer = writer
        self._schema = file_schema(settled.table, settled.written, writer.format)
        self._staging = folder.stage()
        self._moved: list[str] = []
        self._aborted = threading.Event()
        self._committed: Committed | None = None

    def last_checkpoint(self) -> Checkpoint | None:
        if self._found is None:
            return None
        return self._found.checkpoint(self._request.pipeline, self._request.stream)

    def write(self, partition_id: str, reader: pa.RecordBatchReader) -> Receipt:
        files = self._writer.write(self._staging, self._schema, self._batches(reader))
        self._stop_if_aborted()
        return receipt(partition_id, files)

    def commit(self, receipts: Sequence[Receipt], checkpoint: Mapping[str, Json] | None) -> Committed:
        done = self._committed or (self._found.committed(self._request.load_id) if self._found is not None else None)
        if done is not None:
            self._finish()
            return Committed(done.written, done.deduplicated, done.changed, replayed=True)
        self._stop_if_aborted()
        files = [file for item in receipts for file in received(item)]
        result = Committed(sum(file.rows for file in files))
        before = self._found or TableState(self._folder.table, self._writer.format)
        replaced = before.files if self._request.write is Write.REPLACE else ()
        self._publish(files)
        commit = Commit(
            pipeline=self._request.pipeline,
            stream=self._request.stream,
            load_id=self._request.load_id,
            add=tuple(files),
            remove=tuple(file.path for file in replaced),
            schema=self._settled.table,
            checkpoint=checkpoint,
            sets_checkpoint=True,
            result=result,
        )
        self._found = self._folder.log.append(self._with_format(before), commit)
        self._committed = result
        self._folder.describe()
        for file in replaced:
            self._folder.storage.delete(f"{self._folder.path}/{file.path}")
        self._finish()
        return result

    def abort(self) -> None:
        self._aborted.set()
        self._writer.stop()
        if self._committed is None and self._moved:
            # A commit that failed may have been published all the same: the log says.
            self._found = self._folder.log.read()
            self._committed = self._found.committed(self._request.load_id) if self._found is not None else None
        if self._committed is None:
            for path in self._moved:
                self._folder.storage.delete(path)
        self._finish()

    def _with_format(self, state: TableState) -> TableState:
        return TableState(
            state.table,
            self._writer.format,
            state.number,
            state.schema,
            state.files,
            state.loads,
            state.checkpoints,
        )

    def _publish(self, files: Sequence[LiveFile]) -> None:
        """To where the log will say they are; until it does, no reader looks for them."""
        for file in files:
            path = f"{self._folder.path}/{file.path}"
            self._folder.storage.rename(f"{self._staging}/{file.path}", path)
            self._moved.append(path)
        self._folder.storage.sync(self._folder.path)

    def _finish(self) -> None:
        self._folder.storage.delete(self._staging)
        self._folder.leave(self._lock, state=self._found)

    def _batches(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        for batch in reader:
            self._stop_if_aborted()
            yield fitted(batch, self._schema)
        self._stop_if_aborted()

    def _stop_if_aborted(self) -> None:
        if self._aborted.is_set():
            raise Cancelled(f"the load into {self._folder.path} was aborted")


class ReadableLoad(FilesLoad):
    """Of Parquet that holds every column of the load: what was staged can be read again."""

    def readback(self, receipts: Sequence[Receipt]) -> pa.RecordBatchReader:
        schema = self._request.schema

        def batches() -> Iterator[pa.RecordBatch]:
            for item in receipts:
                for file in received(item):
                    with pq.ParquetFile(f"{self._staging}/{file.path}") as opened:
                        for batch in opened.iter_batches(columns=schema.names):
                            yield normalise_batch(batch.select(schema.names), schema)

        return pa.RecordBatchReader.from_batches(schema, batches())


class NativeLoad(ReadableLoad):
    """Of Parquet with exactly the load's columns and types: the engine may write the file itself."""

    _meanwhile: Meanwhile | None = None

    def target(self, partition_id: str) -> FileTarget:
        name = data_file_name(self._writer.format, self._writer.compression)
        target = self._writer.target(f"{self._staging}/{name}")
        self._meanwhile = Meanwhile(self._folder.storage, target.path)
        return target

    def written(self, partition_id: str, target: FileTarget, rows: int) -> Receipt:
        if self._meanwhile is not None:
            self._meanwhile.stop()
        self._stop_if_aborted()
        try:
            footer = pq.read_metadata(target.path)
        except (pa.ArrowException, OSError) as error:
            raise DataError(
                f"{target.path} is no whole Parquet file: {error}", hint="run again", code="files.damaged_parquet"
            ) from error
        name = target.path.rsplit("/", 1)[-1]
        return receipt(partition_id, [self._writer.finished(target.path, name, footer.num_rows)])

    def _finish(self) -> None:
        if self._meanwhile is not None:
            self._meanwhile.leave()
        super()._finish()


def receipt(partition_id: str, files: Sequence[LiveFile]) -> Receipt:
    told: list[Json] = [file.as_json() for file in files]
    size = sum(file.size_bytes for file in files)
    return Receipt(partition_id, sum(file.rows for file in files), {"files": told}, size)


def received(item: Receipt) -> list[LiveFile]:
    found: list[LiveFile] = []
    for file in cast("list[dict[str, Json]]", item.detail["files"]):
        rows, size_bytes, packed = cast(int, file["rows"]), cast(int, file["bytes"]), file["compression"]
        found.append(LiveFile(str(file["path"]), rows, size_bytes, None if packed is None else str(packed)))
    return found


def load_class(request: LoadRequest, settled: Settled, format: Format) -> type[FilesLoad]:
    stored = file_schema(settled.table, settled.written, format)
    if format != "parquet" or stored.names != request.schema.names:
        return FilesLoad
    plain = file_schema(request.schema, request.schema.names, format).types == request.schema.types
    if not plain:
        return FilesLoad
    return NativeLoad if stored.types == request.schema.types else ReadableLoad
