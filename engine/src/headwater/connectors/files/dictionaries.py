"""Which columns of a Parquet file get a dictionary: those whose values come again.

pyarrow would give one to every column, and give it up only when it is larger than a megabyte, which that of a row group
hardly is. A dictionary of values that come once takes time to make, and space beside the numbers that refer to it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from headwater.toolkit.deferred import compute as pc

SAMPLE_ROWS = 8192


def repeating_columns(rows: pa.Table) -> list[str]:
    """The paths of columns, as `ParquetWriter` takes them, of which less than half of the first values are new."""
    head = rows.slice(0, SAMPLE_ROWS)
    return [path for field in rows.schema for path in _paths(head.column(field.name), field)]


def _paths(column: pa.ChunkedArray, field: pa.Field) -> Iterator[str]:
    if pa.types.is_nested(field.type):
        yield from _leaves(field.name, field.type)
    elif pa.types.is_interval(field.type) or 2 * pc.count_distinct(column).as_py() <= len(column):
        yield field.name


def _leaves(path: str, data_type: pa.DataType) -> Iterator[str]:
    """Of nested values nothing is counted."""
    if pa.types.is_list(data_type):
        yield from _leaves(f"{path}.list.element", data_type.value_type)
    elif pa.types.is_struct(data_type):
        for field in data_type:
            yield from _leaves(f"{path}.{field.name}", field.type)
    else:
        yield path
