"""Arrow values as what SQLite stores: integers, floats, text, blobs.

Dates and times are ISO 8601 text of one width, so that they sort. NaN, which SQLite would store as NULL, is the text
'NaN'.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

import pyarrow as pa

from headwater.toolkit.arrow_types import conform
from headwater.toolkit.deferred import compute as pc
from headwater.toolkit.json_text import encode as json_text

Stored = None | int | float | str | bytes


def rows(batch: pa.RecordBatch, columns: Iterable[str], table: pa.Schema) -> Iterator[tuple[Stored, ...]]:
    """The rows of these columns as values of the table's columns of the same name. Raises DataError."""
    listed = [encode(batch.column(name), table.field(name)) for name in columns]
    return zip(*listed, strict=True) if listed else iter([()] * batch.num_rows)


def encode(array: pa.Array, field: pa.Field) -> list[Stored]:
    """`field` is the table's; the array is of a type that it holds."""
    kind = array.type
    if pa.types.is_list(kind) or pa.types.is_struct(kind):
        return [json_text(value) for value in array.to_pylist()]
    array = conform(array, field)
    encoder = next((item for test, item in _ENCODERS if test(field.type)), None)
    return array.to_pylist() if encoder is None else encoder(array)


def _booleans(array: pa.Array) -> list[Stored]:
    return pc.cast(array, pa.int8()).to_pylist()


def _floats(array: pa.Array) -> list[Stored]:
    values = array.to_pylist()
    if array.null_count == len(array) or not pc.any(pc.is_nan(array)).as_py():
        return values
    return ["NaN" if value is not None and value != value else value for value in values]


def _decimals(array: pa.Array) -> list[Stored]:
    return [None if value is None else format(value, "f") for value in array.to_pylist()]


def _texts(array: pa.Array) -> list[Stored]:
    return pc.cast(array, pa.string()).to_pylist()


def _timestamps(array: pa.Array) -> list[Stored]:
    if array.type.tz is None:
        return _texts(array)
    naive = pc.cast(array, pa.timestamp("us"))
    return [None if value is None else f"{value}+00:00" for value in _texts(naive)]


def _intervals(array: pa.Array) -> list[Stored]:
    return [None if value is None else interval_text(*value) for value in array.to_pylist()]


def interval_text(months: int, days: int, nanoseconds: int) -> str:
    """ISO 8601 duration, with a sign for each part: `P14M3DT3600S`."""
    return f"P{months}M{days}DT{format(Decimal(nanoseconds).scaleb(-9).normalize(), 'f')}S"


_ENCODERS: tuple[tuple[Callable[[pa.DataType], bool], Callable[[pa.Array], list[Stored]]], ...] = (
    (pa.types.is_boolean, _booleans),
    (pa.types.is_floating, _floats),
    (pa.types.is_decimal, _decimals),
    (pa.types.is_date, _texts),
    (pa.types.is_time, _texts),
    (pa.types.is_timestamp, _timestamps),
    (pa.types.is_interval, _intervals),
)
