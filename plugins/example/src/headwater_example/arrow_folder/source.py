"""arrow_folder as a source: a table's files are its partitions, read batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import ClassVar, cast

import pyarrow as pa

from headwater.sdk.config import PluginConfig
from headwater.sdk.errors import ConfigError, TransientError, UnknownColumn, UnknownName
from headwater.sdk.stream import Discovery, Json, Partition, Partitions, ReadRequest, Stream
from headwater.toolkit.arrow_filter import filter_table
from headwater.toolkit.arrow_types import normalise_schema
from headwater.toolkit.pushdown import range_from_json, range_to_json
from headwater.toolkit.scalars import cursor_type_error
from headwater_example.arrow_folder.config import ArrowFolderConfig
from headwater_example.arrow_folder.manifest import Manifest, load, table_folder, table_names


class ArrowFolderSource:
    config_type: ClassVar[type[PluginConfig]] = ArrowFolderConfig

    def __init__(self, config: ArrowFolderConfig) -> None:
        self._folder = config.folder
        self._place = f"Arrow folder {config.path!r}"
        self._closed = False

    def check(self) -> None:
        if not self._folder.is_dir():
            raise ConfigError(
                f"{self._place}: there is no such folder",
                hint=f"make it, or correct the path; {str(self._folder.parent)!r} is where it should stand",
                code="arrow_folder.no_folder",
            )

    def discover(self, pattern: str = "*", *, after: str | None = None, limit: int = 500) -> Discovery:
        names = [name for name in self._tables() if fnmatchcase(name, pattern) and (after is None or name > after)]
        page = tuple(self.describe(name) for name in names[:limit])
        return Discovery(page, page[-1].name if len(names) > limit else None)

    def describe(self, stream: str) -> Stream:
        manifest = self._manifest(stream)
        schema = normalise_schema(manifest.schema or pa.schema([]))
        return Stream(
            name=stream,
            schema=schema,
            cursor_candidates=tuple(item.name for item in schema if cursor_type_error(item.name, item.type) is None),
            row_estimate=sum(manifest.files.values()),
        )

    def plan(self, request: ReadRequest) -> Partitions:
        """Pushes nothing down but columns and the cursor; the engine filters."""
        stream = self.describe(request.stream.name)
        for column in request.columns:
            if column not in stream.schema.names:
                raise UnknownColumn(column, stream.schema.names, place=f"{self._place}, {stream.name!r}")
        files = list(self._manifest(stream.name).files)
        cursor = request.cursor
        cursor_type = None if cursor is None else stream.schema.field(cursor.column).type
        detail: dict[str, Json] = {"columns": list(request.columns), "cursor": range_to_json(cursor, cursor_type)}
        parts = [files[at :: request.parallelism] for at in range(request.parallelism)]
        items = tuple(
            Partition(f"part-{at}", stream.name, {**detail, "files": list[Json](part)})
            for at, part in enumerate(parts)
            if part
        )
        return Partitions(pa.schema([stream.schema.field(column) for column in request.columns]), items)

    def read(self, partition: Partition) -> pa.RecordBatchReader:
        whole = self.describe(partition.stream).schema
        schema = pa.schema([whole.field(name) for name in cast(list[str], partition.detail["columns"])])
        return pa.RecordBatchReader.from_batches(schema, self._batches(partition, whole, schema))

    def close(self) -> None:
        self._closed = True

    def _batches(self, partition: Partition, whole: pa.Schema, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        cursor = range_from_json(cast(Mapping[str, Json] | None, partition.detail["cursor"]))
        folder = table_folder(self._folder, partition.stream)
        for name in cast(list[str], partition.detail["files"]):
            for batch in self._file(folder / name):
                if self._closed:
                    raise TransientError(f"{self._place}: the source was closed during a read")
                rows = pa.Table.from_batches([batch]).cast(whole)
                if cursor is not None:
                    rows = filter_table(rows, (), cursor)
                yield from rows.select(schema.names).cast(schema).to_batches()

    def _file(self, path: Path) -> Iterator[pa.RecordBatch]:
        try:
            with pa.memory_map(str(path)) as mapped, pa.ipc.open_file(mapped) as file:
                for at in range(file.num_record_batches):
                    yield file.get_batch(at)
        except FileNotFoundError as cause:
            raise TransientError(f"{self._place}: {path.name} was replaced during the read") from cause

    def _tables(self) -> list[str]:
        self.check()
        found = table_names(self._folder)
        return [name for name in found if load(table_folder(self._folder, name)).schema is not None]

    def _manifest(self, stream: str) -> Manifest:
        manifest = load(table_folder(self._folder, stream))
        if manifest.schema is None:
            raise UnknownName("stream", stream, self._tables(), place=self._place)
        return manifest
