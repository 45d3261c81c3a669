"""CSV text of a COPY as record batches of a known schema.

Every chunk holds whole rows, so each is parsed alone and memory does not depend on the table. NULL is an empty
field without quotes, the empty string has quotes. What CSV cannot say directly comes as agreed with `select.py`:
bytes as hex digits, an interval as three numbers, a list as a JSON array of texts.
"""

from __future__ import annotations

import json

import pyarrow as pa
from pyarrow import csv

from headwater.sdk.errors import DataError
from headwater.toolkit.arrow_types import conform
from headwater.toolkit.deferred import compute as pc

# From PostgreSQL's epoch to Arrow's.
MICROS_TO_2000 = 946_684_800_000_000


def decode_csv(chunk: bytes, schema: pa.Schema, *, place: str, counts: bool = False) -> pa.RecordBatch:
    """Moments come as texts, or as `counts` of microseconds. Raises DataError when a text is not of its column's
    type.
    """
    names = [str(index) for index in range(len(schema))]
    types = {name: _csv_type(field.type, counts=counts) for name, field in zip(names, schema, strict=True)}
    try:
        table = csv.read_csv(
            pa.BufferReader(chunk),
            read_options=csv.ReadOptions(column_names=names, block_size=len(chunk) + 1),
            parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            convert_options=csv.ConvertOptions(
                column_types=types,
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                true_values=["t"],
                false_values=["f"],
            ),
        )
    except pa.ArrowInvalid as error:
        raise DataError(
            f"{place}: a value does not fit the type of its column ({_column_named(str(error), schema)})",
            hint="was the table altered while it was read? run again",
            code="postgres.bad_text",
        ) from error
    columns = [_finish(table.column(index), field) for index, field in enumerate(schema)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _column_named(said: str, schema: pa.Schema) -> str:
    """pyarrow names a column by its number."""
    number = said.partition("CSV column #")[2].partition(":")[0]
    return f"column {schema.field(int(number)).name!r}: {said}" if number.isdigit() else said


def _csv_type(data_type: pa.DataType, *, counts: bool) -> pa.DataType:
    is_ = pa.types
    if counts and is_.is_timestamp(data_type):
        return pa.int64()
    texts = is_.is_binary(data_type) or is_.is_interval(data_type) or is_.is_list(data_type)
    return pa.string() if texts else data_type


def _finish(column: pa.ChunkedArray, field: pa.Field) -> pa.Array:
    array = pa.concat_arrays(column.chunks) if column.num_chunks != 1 else column.chunk(0)
    if pa.types.is_binary(field.type):
        return _from_hex(array)
    if pa.types.is_interval(field.type):
        return _intervals(array)
    if pa.types.is_list(field.type):
        return _lists(array, field)
    if pa.types.is_timestamp(field.type) and pa.types.is_integer(array.type):
        return pc.add(array, MICROS_TO_2000).view(field.type)
    return array


def _from_hex(digits: pa.StringArray) -> pa.Array:
    """All digits of the column are decoded in one call: two of them are a byte, so the offsets are halved."""
    if digits.offset:
        digits = pa.concat_arrays([digits])
    validity, offsets, text = digits.buffers()
    data = bytes.fromhex(text.to_pybytes().decode("ascii")) if text is not None else b""
    positions = pa.Array.from_buffers(pa.int32(), len(digits) + 1, [None, offsets])
    halved = pc.divide(positions, pa.scalar(2, pa.int32()))
    buffers = [validity, halved.buffers()[1], pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.binary(), len(digits), buffers, null_count=digits.null_count)


def _intervals(texts: pa.StringArray) -> pa.Array:
    values: list[pa.MonthDayNano | None] = []
    for text in texts.to_pylist():
        if text is None:
            values.append(None)
        else:
            months, days, micros = (int(part) for part in text.split(" "))
            values.append(pa.MonthDayNano([months, days, micros * 1000]))
    return pa.array(values, pa.month_day_nano_interval())


def _lists(texts: pa.StringArray, field: pa.Field) -> pa.Array:
    rows = json.loads("[" + ",".join(text or "null" for text in texts.to_pylist()) + "]")
    items = pa.array(rows, pa.list_(pa.string()))
    element = field.type.value_type
    if element == pa.string():
        return items
    flat = conform(items.values, pa.field(field.name, element))
    validity = items.buffers()[0]
    return pa.ListArray.from_buffers(field.type, len(items), [validity, items.buffers()[1]], children=[flat])
