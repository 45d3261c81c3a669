"""Arrow batches as COPY BINARY, by pgpq; what pgpq lacks is turned into the type's own bytes first.

A field of COPY BINARY is a length and bytes, whatever its type, so a binary Arrow column carries any of them.
Columns without such a detour cost no Python per row. Source: PostgreSQL manual, COPY, Binary Format; the *_recv
functions of each type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
from pgpq import ArrowToPostgresBinaryEncoder
from pgpq.encoders import StringEncoderBuilder
from pgpq.schema import Jsonb

from headwater.connectors.postgres.binary_values import VALUES, array_bytes, json_text
from headwater.connectors.postgres.target_types import is_nested, wire_name
from headwater.sdk.errors import DataError
from headwater.toolkit.arrow_types import conform
from headwater.toolkit.deferred import compute as pc

if TYPE_CHECKING:
    from pgpq._pgpq import EncoderBuilder

SLICE_ROWS = 32_768
SLICE_BYTES = 4 << 20

Convert = Callable[[pa.Array], pa.Array]


@dataclass(frozen=True, slots=True)
class StagedColumn:
    """A column of the staging table: the load's field, its type there, and the Arrow type it is encoded from."""

    field: pa.Field
    type: str
    cast: pa.DataType | None = None


class CopyEncoder:
    """One COPY stream: `header`, `batch` any number of times, `trailer`. For one thread.

    With `arrival`, each row ends with a number that counts up from there.
    """

    def __init__(self, columns: Sequence[StagedColumn], *, place: str, arrival: int | None = None) -> None:
        self._arrival = arrival
        self._columns = tuple(columns)
        self._place = place
        self._converts = [_converter(column) for column in columns]
        fields = [
            pa.field(str(at), _encoded_type(column, convert))
            for at, (column, convert) in enumerate(zip(columns, self._converts, strict=True))
        ]
        if arrival is not None:
            fields.append(pa.field("arrival", pa.int64()))
        self._schema = pa.schema(fields)
        types = [*(column.type for column in self._columns), "int8"]
        builders = {field.name: _builder(field, kind) for field, kind in zip(fields, types, strict=False)}
        self._encoder = ArrowToPostgresBinaryEncoder.new_with_encoders(self._schema, builders)

    def header(self) -> bytes:
        return self._encoder.write_header()

    def batch(self, batch: pa.RecordBatch) -> Iterator[bytes]:
        """The batch's bytes, in slices of bounded size. The batch has the staged columns by name."""
        arrays = [batch.column(column.field.name) for column in self._columns]
        for start, length in _slices(batch):
            parts = [self._convert(at, array.slice(start, length)) for at, array in enumerate(arrays)]
            if self._arrival is not None:
                parts.append(pa.array(range(self._arrival, self._arrival + length), pa.int64()))
                self._arrival += length
            yield self._encoder.write_batch(pa.RecordBatch.from_arrays(parts, schema=self._schema))

    def trailer(self) -> bytes:
        return self._encoder.finish()

    def _convert(self, at: int, array: pa.Array) -> pa.Array:
        column, convert = self._columns[at], self._converts[at]
        array = conform(array, column.field)
        if column.cast is not None:
            array = conform(array, column.field.with_type(column.cast))
        if convert is None:
            return array
        try:
            return convert(array)
        except (ValueError, OverflowError) as error:
            raise DataError(
                f"{self._place}: column {column.field.name!r}: a value is no {column.type}: {error}",
                hint="reject or repair such rows with a processor, or declare the column as string",
                code="postgres.bad_value",
                column=column.field.name,
            ) from error


def _slices(batch: pa.RecordBatch) -> Iterator[tuple[int, int]]:
    rows = batch.num_rows
    per_row = batch.nbytes / rows if rows else 0
    length = max(1, min(SLICE_ROWS, int(SLICE_BYTES / per_row) if per_row else SLICE_ROWS))
    for start in range(0, rows, length):
        yield start, min(length, rows - start)


def _converter(column: StagedColumn) -> Convert | None:
    data_type = column.cast or column.field.type
    kind = wire_name(column.type).partition("(")[0]
    if kind in {"json", "jsonb"} and is_nested(data_type):
        return _nested_as_json
    if kind == "uuid":
        return _uuids
    if data_type == pa.month_day_nano_interval():
        return _intervals
    if pa.types.is_string(data_type) and kind in VALUES:
        return _each(VALUES[kind])
    if pa.types.is_list(data_type) and pa.types.is_timestamp(data_type.value_type) and data_type.value_type.tz:
        return _instant_arrays
    return None


def _encoded_type(column: StagedColumn, convert: Convert | None) -> pa.DataType:
    if convert is None:
        return column.cast or column.field.type
    return pa.string() if convert is _nested_as_json else pa.binary()


def _builder(field: pa.Field, kind: str) -> EncoderBuilder:
    if kind == "jsonb":
        return StringEncoderBuilder.new_with_output(field, Jsonb())
    return ArrowToPostgresBinaryEncoder.infer_encoder(field)


def _nested_as_json(array: pa.Array) -> pa.Array:
    return pa.array([None if value is None else json_text(value) for value in array.to_pylist()], pa.string())


def _each(encode: Callable[[str], bytes]) -> Convert:
    def convert(array: pa.Array) -> pa.Array:
        return pa.array([None if text is None else encode(text) for text in array.to_pylist()], pa.binary())

    return convert


def _uuids(array: pa.Array) -> pa.Array:
    """All digits in one call when every value has the usual spelling of 36 characters; one by one otherwise."""
    usual = pc.match_substring_regex(array, r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
    if not pc.all(usual, min_count=0).as_py():
        return _each(VALUES["uuid"])(array)
    digits = pc.replace_substring(pc.fill_null(array, "0" * 32), "-", "")
    text = pc.binary_join(pa.ListArray.from_arrays([0, len(digits)], digits), "")[0]
    data = bytes.fromhex(text.as_py() or "")
    plain = pa.Array.from_buffers(pa.binary(16), len(array), [None, pa.py_buffer(data)])
    return pc.if_else(array.is_valid(), plain.cast(pa.binary()), pa.scalar(None, pa.binary()))


def _intervals(array: pa.Array) -> pa.Array:
    return pa.array([_interval(value) for value in array.to_pylist()], pa.binary())


def _interval(value: pa.MonthDayNano | None) -> bytes | None:
    if value is None:
        return None
    micros, rest = divmod(value.nanoseconds, 1000)
    if rest:
        raise ValueError("an interval of PostgreSQL has no nanoseconds")
    signed = {"byteorder": "big", "signed": True}
    return micros.to_bytes(8, **signed) + value.days.to_bytes(4, **signed) + value.months.to_bytes(4, **signed)


def _instant_arrays(array: pa.Array) -> pa.Array:
    """pgpq names the elements of such a list `timestamp`, which the server refuses."""
    micros = array.cast(pa.list_(pa.int64()))
    return pa.array([array_bytes(value) for value in micros.to_pylist()], pa.binary())
