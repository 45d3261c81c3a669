"""The shape of Parquet files: the schema and row count of every footer."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from headwater.connectors.files.config import FilesConfig
from headwater.connectors.files.formats import DataFile
from headwater.connectors.files.shape import Layout, Shape, merge
from headwater.connectors.files.text_input import TextFile
from headwater.sdk.errors import DataError
from headwater.toolkit.arrow_types import normalise_field
from headwater.toolkit.deferred import parquet as pq
from headwater.toolkit.storage import Storage


def parquet_shape(storage: Storage, files: Sequence[DataFile], config: FilesConfig, place: str) -> Shape:
    """Raises DataError naming a file that is cut off or no Parquet at all."""
    groups: dict[pa.Schema, list[TextFile]] = {}
    rows = 0
    for file in files:
        schema, count = read_footer(storage, file)
        rows += count
        groups.setdefault(schema.remove_metadata(), []).append(TextFile(file))
    layouts = [_layout(schema, members) for schema, members in groups.items()]
    return merge("parquet", layouts, config, place, rows)


def read_footer(storage: Storage, file: DataFile) -> tuple[pa.Schema, int]:
    try:
        with storage.open(file.path) as raw, pq.ParquetFile(raw) as opened:
            return opened.schema_arrow, opened.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"{file.path} is no whole Parquet file: {str(error).split('. ', 1)[0]}",
            hint="it was probably cut off while it was written or copied; make it again",
            code="files.damaged_parquet",
        ) from error


def _layout(schema: pa.Schema, files: list[TextFile]) -> Layout:
    path = files[0].file.path
    maps: list[str] = []
    for field in schema:
        if pa.types.is_map(field.type):
            maps.append(field.name)
        elif _holds_map(field.type):
            raise DataError(
                f"{path}: column {field.name!r} holds a map inside of another value",
                hint="leave the column out, or write it as text or as a list of pairs",
                code="data.unsupported_type",
            )
    return Layout(tuple(files), tuple(normalise_field(field) for field in schema), maps=tuple(maps))


def _holds_map(data_type: pa.DataType) -> bool:
    if pa.types.is_struct(data_type):
        return any(pa.types.is_map(field.type) or _holds_map(field.type) for field in data_type)
    if pa.types.is_list(data_type) or pa.types.is_large_list(data_type) or pa.types.is_fixed_size_list(data_type):
        return pa.types.is_map(data_type.value_type) or _holds_map(data_type.value_type)
    return pa.types.is_map(data_type) and (_holds_map(data_type.item_type) or pa.types.is_map(data_type.item_type))
