"""One read as partitions, and partitions as what they mean: files, how to scan them, and the rows that are wanted."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import pyarrow as pa

from headwater.connectors.files.config import Format
from headwater.connectors.files.formats import DataFile
from headwater.connectors.files.shape import Shape
from headwater.connectors.files.text_input import TextFile
from headwater.sdk.errors import SchemaChanged
from headwater.sdk.source import FileScan
from headwater.sdk.stream import CursorRange, Json, Partition, ReadRequest
from headwater.toolkit.duckdb_sql import duckdb_type
from headwater.toolkit.identifiers import quote_identifier, quote_literal
from headwater.toolkit.scalars import to_json
from headwater.toolkit.storage import Entry, Storage

Object = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Part:
    """Files of one layout, to be read with these options of `toolkit.scan_sql`."""

    files: tuple[TextFile, ...]
    columns: tuple[str, ...]
    options: Mapping[str, Json]
    maps: tuple[str, ...]

    def layout(self, names: Sequence[str]) -> Object:
        """The layout of these files when DuckDB is to find them under `names`."""
        return {
            "files": list(names),
            "columns": list(self.columns),
            "options": dict(self.options),
            "maps": list(self.maps),
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """What a partition says. `schema` is that of the scan: the wanted columns, then what only the condition needs."""

    format: Format
    schema: pa.Schema
    wanted: tuple[str, ...]
    parts: tuple[Part, ...]
    where: str | None
    on_malformed: Literal["reject", "fail"]

    @property
    def output(self) -> pa.Schema:
        return pa.schema([self.schema.field(name) for name in self.wanted])

    @property
    def files(self) -> list[TextFile]:
        return [file for part in self.parts for file in part.files]

    def scan(self, parts: Sequence[tuple[Part, Sequence[str]]], options: Mapping[str, Json] | None = None) -> FileScan:
        """A scan of these parts under these names."""
        layouts: list[Json] = [part.layout(names) for part, names in parts]
        names = tuple(name for _, named in parts for name in named)
        where: Object = {} if self.where is None else {"where": self.where}
        return FileScan(self.format, names, self.schema, {**where, **(options or {}), "layouts": layouts})


def make_partitions(shape: Shape, request: ReadRequest, schema: pa.Schema, on_malformed: str) -> tuple[Partition, ...]:
    """As many partitions as are asked for, none without a file, about equal in bytes."""
    cursor = request.cursor
    common: Object = {
        "format": shape.format,
        "schema": base64.b64encode(schema.serialize().to_pybytes()).decode(),
        "wanted": list(request.columns),
        "where": None if cursor is None else cursor_condition(cursor, schema.field(cursor.column)),
        "on_malformed": on_malformed,
    }
    files = [(layout, file) for layout in shape.layouts for file in layout.files]
    bins: list[list[tuple[int, TextFile]]] = [[] for _ in range(max(1, min(request.parallelism, len(files))))]
    sizes = [0] * len(bins)
    numbered = [(at, file) for at, layout in enumerate(shape.layouts) for file in layout.files]
    for at, file in sorted(numbered, key=lambda item: -item[1].file.entry.size_bytes):
        smallest = sizes.index(min(sizes))
        bins[smallest].append((at, file))
        sizes[smallest] += file.file.entry.size_bytes + 1
    partitions: list[Partition] = []
    for number, members in enumerate(bins):
        parts: list[Json] = []
        for at, layout in enumerate(shape.layouts):
            own = sorted((file for index, file in members if index == at), key=lambda file: file.file.path)
            if own:
                part = Part(tuple(own), tuple(layout.columns), layout.options, layout.maps)
                parts.append(_part_json(part))
        partitions.append(Partition(f"files-{number}", request.stream.name, {**common, "parts": parts}))
    return tuple(partitions)


def reading_of(partition: Partition) -> Reading:
    detail = partition.detail
    message = base64.b64decode(str(detail["schema"]))
    where = detail["where"]
    return Reading(
        format=cast(Format, detail["format"]),
        schema=pa.ipc.read_schema(pa.py_buffer(message)),
        wanted=tuple(cast("list[str]", detail["wanted"])),
        parts=tuple(_part(cast(Format, detail["format"]), item) for item in cast("list[Object]", detail["parts"])),
        where=None if where is None else str(where),
        on_malformed=cast('Literal["reject", "fail"]', detail["on_malformed"]),
    )


def check_unchanged(storage: Storage, reading: Reading) -> None:
    """Raises SchemaChanged for the first file that is not what it was when the read was planned."""
    for text in reading.files:
        planned, now = text.file.entry, storage.stat(text.file.path)
        if now is None or (now.size_bytes, now.version) != (planned.size_bytes, planned.version):
            what = "is gone" if now is None else "was changed"
            raise SchemaChanged(
                f"{planned.path} {what} since the read was planned",
                hint="run again when nobody writes to it",
                code="files.changed",
            )


def cursor_condition(cursor: CursorRange, field: pa.Field) -> str:
    """Inclusive at both ends; rows without a value only when they are wanted."""
    name, data_type = quote_identifier(cursor.column), duckdb_type(field.type)

    def literal(scalar: pa.Scalar) -> str:
        value = to_json(scalar)
        return f"CAST({quote_literal(value if isinstance(value, str) else repr(value))} AS {data_type})"

    bounds = [f"{name} >= {literal(cursor.lower)}"] if cursor.lower is not None else []
    bounds += [f"{name} <= {literal(cursor.upper)}"] if cursor.upper is not None else []
    inside = " AND ".join([f"{name} IS NOT NULL", *bounds])
    return f"(({inside}) OR {name} IS NULL)" if cursor.nulls else f"({inside})"


def _part_json(part: Part) -> Object:
    files: list[Json] = [
        {
            "path": text.file.path,
            "size": text.file.entry.size_bytes,
            "version": text.file.entry.version,
            "compression": text.file.compression,
            "encoding": text.encoding,
            "mixed": text.mixed,
            "quote": text.quote,
        }
        for text in part.files
    ]
    options: Object = dict(part.options)
    return {"files": files, "columns": list(part.columns), "options": options, "maps": list(part.maps)}


def _part(format: Format, value: Object) -> Part:
    return Part(
        files=tuple(_file(format, item) for item in cast("list[Object]", value["files"])),
        columns=tuple(cast("list[str]", value["columns"])),
        options=cast(Object, value["options"]),
        maps=tuple(cast("list[str]", value["maps"])),
    )


def _file(format: Format, value: Object) -> TextFile:
    entry = Entry(
        str(value["path"]), is_folder=False, size_bytes=cast(int, value["size"]), version=cast(int, value["version"])
    )
    compression = value["compression"]
    file = DataFile(entry, format, None if compression is None else str(compression))
    return TextFile(file, str(value["encoding"]), bool(value["mixed"]), str(value["quote"]))
