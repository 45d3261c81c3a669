"""The shape of a table that Headwater wrote: its log knows the schema, its files are as this connector writes them."""

from __future__ import annotations

import csv
import io

import pyarrow as pa

from headwater.connectors.files.catalog import Table
from headwater.connectors.files.config import FilesConfig
from headwater.connectors.files.formats import DataFile
from headwater.connectors.files.parquet_shape import parquet_shape
from headwater.connectors.files.shape import Layout, Shape
from headwater.connectors.files.text_input import TextFile, read_head
from headwater.sdk.stream import Json
from headwater.toolkit.storage import Storage


def table_shape(storage: Storage, table: Table, config: FilesConfig, place: str) -> Shape:
    state = table.state
    schema = state.schema if state is not None and state.schema is not None else pa.schema([])
    rows = sum(file.rows for file in state.files) if state is not None else 0
    if state is not None and state.format == "parquet":
        layouts = parquet_shape(storage, table.files, config, place).layouts if table.files else ()
        return Shape("parquet", schema, layouts, rows)
    format = state.format if state is not None else "csv"
    if format == "json":
        files = tuple(TextFile(file, quote="") for file in table.files)
        layout = Layout(files, tuple(schema), {"format": "newline_delimited"})
        return Shape(format, schema, (layout,) if files else (), rows)
    grouped: dict[tuple[str, ...], list[TextFile]] = {}
    for file in table.files:
        grouped.setdefault(_header(storage, file), []).append(TextFile(file))
    options: dict[str, Json] = {"delim": ",", "quote": '"', "escape": '"', "header": True, "nullstr": [""]}
    layouts = tuple(
        Layout(tuple(files), tuple(schema.field(name) for name in names), options) for names, files in grouped.items()
    )
    return Shape(format, schema, layouts, rows)


def _header(storage: Storage, file: DataFile) -> tuple[str, ...]:
    size = 1 << 16
    while True:
        head = read_head(storage, file, size)
        if b"\n" in head or len(head) < size:
            return tuple(next(csv.reader(io.StringIO(head.decode(), newline="")), ()))
        size *= 8
