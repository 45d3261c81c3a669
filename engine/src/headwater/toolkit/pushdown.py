"""Predicates and cursor ranges as JSON and back, exactly: how they travel inside a partition's `detail`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal, cast

import pyarrow as pa

from headwater.sdk.stream import CursorRange, Json, Predicate
from headwater.toolkit.arrow_types import parse_type, type_name
from headwater.toolkit.scalars import cursor_type_error, from_json, to_json

Operator = Literal["=", "<>", "<", "<=", ">", ">=", "in", "is_null", "is_not_null"]


def can_carry(field: pa.Field, predicate: Predicate) -> bool:
    """Whether the predicate survives JSON unchanged: its values are finite and of an ordered type, or it has none."""
    if not predicate.values:
        return True
    if cursor_type_error(field.name, field.type) is not None:
        return False
    values = [value.as_py() for value in predicate.values]
    return all(value is not None and (not isinstance(value, float) or math.isfinite(value)) for value in values)


def predicate_to_json(predicate: Predicate) -> Json:
    return {
        "column": predicate.column,
        "operator": predicate.operator,
        "type": type_name(predicate.values[0].type) if predicate.values else None,
        "values": [to_json(value) for value in predicate.values],
    }


def predicate_from_json(value: Mapping[str, Json]) -> Predicate:
    column, operator = str(value["column"]), cast(Operator, value["operator"])
    values = cast(list[Json], value["values"])
    if not values:
        return Predicate(column, operator)
    data_type = parse_type(str(value["type"]))
    return Predicate(column, operator, tuple(from_json(item, data_type, column=column) for item in values))


def range_to_json(cursor: CursorRange | None, data_type: pa.DataType | None) -> Json:
    if cursor is None or data_type is None:
        return None
    return {
        "column": cursor.column,
        "type": type_name(data_type),
        "lower": None if cursor.lower is None else to_json(cursor.lower),
        "upper": None if cursor.upper is None else to_json(cursor.upper),
        "nulls": cursor.nulls,
    }


def range_from_json(value: Mapping[str, Json] | None) -> CursorRange | None:
    if value is None:
        return None
    column, data_type = str(value["column"]), parse_type(str(value["type"]))
    lower, upper = (
        None if value[end] is None else from_json(value[end], data_type, column=column) for end in ("lower", "upper")
    )
    return CursorRange(column, lower, upper, nulls=bool(value["nulls"]))
