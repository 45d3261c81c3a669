"""Families of Arrow types: what an operation asks of its arguments, and the type two arguments meet in."""

from __future__ import annotations

from typing import Literal

import pyarrow as pa

Kind = Literal[
    "null", "bool", "int", "decimal", "float", "text", "binary",
    "date", "timestamp", "timestamptz", "time", "list", "struct", "other",
]  # fmt: skip

STRING, BOOL, INT64, FLOAT64 = pa.string(), pa.bool_(), pa.int64(), pa.float64()
DATE, TIMESTAMP, TIMESTAMPTZ = pa.date32(), pa.timestamp("us"), pa.timestamp("us", "UTC")

_INTEGER_DIGITS = {8: 3, 16: 5, 32: 10, 64: 19}


def kind_of(data_type: pa.DataType) -> Kind:
    is_ = pa.types
    if is_.is_timestamp(data_type):
        return "timestamptz" if data_type.tz else "timestamp"
    tests: tuple[tuple[bool, Kind], ...] = (
        (is_.is_null(data_type), "null"),
        (is_.is_boolean(data_type), "bool"),
        (is_.is_integer(data_type), "int"),
        (is_.is_decimal(data_type), "decimal"),
        (is_.is_floating(data_type), "float"),
        (is_.is_string(data_type), "text"),
        (is_.is_binary(data_type), "binary"),
        (is_.is_date(data_type), "date"),
        (is_.is_time(data_type), "time"),
        (is_.is_list(data_type), "list"),
        (is_.is_struct(data_type), "struct"),
    )
    for hit, kind in tests:
        if hit:
            return kind
    return "other"


def is_number(data_type: pa.DataType) -> bool:
    return kind_of(data_type) in ("int", "decimal", "float")


def digits_of(data_type: pa.DataType) -> tuple[int, int]:
    """Precision and scale that hold every value of an integer or decimal type."""
    if pa.types.is_decimal(data_type):
        return data_type.precision, data_type.scale
    if data_type == pa.uint64():
        return 20, 0
    return _INTEGER_DIGITS[data_type.bit_width], 0


def integer_range(data_type: pa.DataType) -> tuple[int, int]:
    if pa.types.is_unsigned_integer(data_type):
        return 0, 2**data_type.bit_width - 1
    return -(2 ** (data_type.bit_width - 1)), 2 ** (data_type.bit_width - 1) - 1


def meeting_type(one: pa.DataType, other: pa.DataType) -> pa.DataType | None:
    """The type that holds every value of both exactly, or, next to a float, float64. None: they do not meet."""
    if one == other:
        return one
    kinds = {kind_of(one), kind_of(other)}
    if kinds == {"int"}:
        return pa.decimal128(20, 0) if pa.uint64() in (one, other) else INT64
    if kinds <= {"int", "decimal"}:
        (p1, s1), (p2, s2) = digits_of(one), digits_of(other)
        scale = max(s1, s2)
        precision = max(p1 - s1, p2 - s2) + scale
        return pa.decimal128(precision, scale) if precision <= 38 else None
    if kinds <= {"int", "decimal", "float"}:
        return FLOAT64
    if kinds <= {"date", "timestamp", "timestamptz"}:
        return TIMESTAMPTZ if "timestamptz" in kinds else TIMESTAMP
    return None
