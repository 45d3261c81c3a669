"""Two outcomes, cell by cell: every difference as a line that names the row, the column and both values."""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Iterator
from decimal import Decimal

import pyarrow as pa
from parity.engine_run import ROW, Outcome
from parity.spark_types import carried

from headwater.plan.lower import WARNED, WHY

_FLOAT_TEXT = re.compile(r"-?[0-9]+([.][0-9]+)?(e[+-]?[0-9]+)?")


def differences(local: Outcome, spark: Outcome) -> list[str]:
    found: list[str] = []
    for here, there in zip(local.rows, spark.rows, strict=True):
        found += _tables(here, there, ROW)
    for here, there in zip(local.measures, spark.measures, strict=True):
        found += [f"measures {here} and {there}"] if not _same_measures(here, there) else []
    if local.made is not None and spark.made is not None:
        found += _tables(local.made, spark.made)
    return found


def _same_measures(local: pa.Table, spark: pa.Table) -> bool:
    """Measures leave the engine as Python numbers; an integer may come as a decimal."""
    one, other = local.to_pylist()[0], spark.to_pylist()[0]
    return one.keys() == other.keys() and all(
        _key(one[name]) == _key(other[name])
        or (
            isinstance(one[name], int | Decimal) and isinstance(other[name], int | Decimal) and one[name] == other[name]
        )
        for name in one
    )


def _tables(local: pa.Table, spark: pa.Table, order: str | None = None) -> Iterator[str]:
    here, there = _at_the_border(local), _at_the_border(spark)
    if here.schema.names != there.schema.names:
        yield f"columns {here.schema.names} and {there.schema.names}"
        return
    for one, other in zip(here.schema, there.schema, strict=True):
        if one.type != other.type:
            yield f"column {one.name}: type {one.type} and {other.type}"
    if here.num_rows != there.num_rows:
        yield f"{here.num_rows} rows and {there.num_rows}"
        return
    rows, others = _rows(here, order), _rows(there, order)
    for at, (row, other) in enumerate(zip(rows, others, strict=True)):
        for name, mine, theirs in zip(here.schema.names, row, other, strict=True):
            if not _same(name, mine, theirs):
                yield f"row {at}, {name}: {mine!r} and {theirs!r}"


def _at_the_border(table: pa.Table) -> pa.Table:
    """With the types in which Spark carries values, every field nullable; times as the numbers they are, because
    Python has no year 10000.
    """
    columns: list[pa.ChunkedArray] = []
    for name in table.schema.names:
        column = table[name]
        wanted = _plain(carried(column.type))
        if column.type != wanted:
            column = column.cast(wanted) if not pa.types.is_nested(wanted) else _rebuilt(column, wanted)
        if pa.types.is_timestamp(wanted):
            column = column.cast(pa.int64())
        columns.append(column.cast(pa.int32()) if pa.types.is_date(wanted) else column)
    return pa.table(columns, table.schema.names)


def _rebuilt(column: pa.ChunkedArray, wanted: pa.DataType) -> pa.ChunkedArray:
    """Casts of nested values stumble over fields that Spark declares never NULL."""
    return pa.chunked_array([pa.array(column.to_pylist(), wanted)])


def _plain(data_type: pa.DataType) -> pa.DataType:
    if pa.types.is_list(data_type):
        return pa.list_(_plain(data_type.value_type))
    if pa.types.is_struct(data_type):
        return pa.struct([pa.field(field.name, _plain(field.type)) for field in data_type])
    return data_type


def _rows(table: pa.Table, order: str | None) -> list[tuple[object, ...]]:
    """By their numbers; the rows of a stream without numbers by their text."""
    rows = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    if order is None:
        return sorted(rows, key=lambda row: repr([_key(value) for value in row]))
    at = table.schema.get_field_index(order)
    return sorted(rows, key=lambda row: str(row[at]).zfill(9))


def _same(name: str, one: object, other: object) -> bool:
    if name == WHY and isinstance(one, dict) and isinstance(other, dict):
        return one["rules"] == other["rules"] and _same_json(_parsed(one["row"]), _parsed(other["row"]))
    if name == WARNED and isinstance(one, list) and isinstance(other, list):
        return [item["rule"] for item in one] == [item["rule"] for item in other] and all(
            _same_text(mine["value"], theirs["value"]) for mine, theirs in zip(one, other, strict=True)
        )
    if isinstance(one, str) and isinstance(other, str):
        return _same_text(one, other)
    return _key(one) == _key(other)


def _same_text(one: str | None, other: str | None) -> bool:
    """Java before 19 writes some floats with a digit too many (JDK-4511638); read again, they are the same."""
    if one == other or one is None or other is None:
        return one == other
    return all("e" in text and _FLOAT_TEXT.fullmatch(text) for text in (one, other)) and float(one) == float(other)


def _key(value: object) -> object:
    """Equal for equal values of one type: NaN is NaN, and 0.0 is not -0.0."""
    if isinstance(value, float):
        return ("NaN",) if math.isnan(value) else struct.pack(">d", value)
    if isinstance(value, Decimal):
        return value.as_tuple()
    if isinstance(value, dict):
        return {name: _key(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_key(item) for item in value]
    return value


def _parsed(row: str) -> object:
    return json.loads(row, parse_float=Decimal, parse_constant=str)


def _same_json(one: object, other: object) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(_same_json(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same_json, one, other))
    if isinstance(one, Decimal) or isinstance(other, Decimal):
        return _same_number(Decimal(str(one)), Decimal(str(other)))
    return one == other


def _same_number(one: Decimal, other: Decimal) -> bool:
    if one == other:
        return one.is_signed() == other.is_signed()
    is_float = all(len(number.as_tuple().digits) <= 17 for number in (one, other))
    return is_float and float(one) == float(other)
