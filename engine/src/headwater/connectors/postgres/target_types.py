"""The column type that PostgreSQL gets for an Arrow field, by its internal name (`int8`, `numeric(12,2)`, `text[]`).

The smallest type that holds every value; what PostgreSQL cannot nest (structs, lists of lists) is jsonb. The names
are those of `types.wire_type`, so a staged column and a table's column can be compared.
"""

from __future__ import annotations

import re

import pyarrow as pa

from headwater.connectors.postgres.types import EXACT_TYPE
from headwater.toolkit.arrow_types import logical

_PLAIN: dict[pa.DataType, str] = {
    pa.bool_(): "bool",
    pa.int8(): "int2",
    pa.int16(): "int2",
    pa.int32(): "int4",
    pa.int64(): "int8",
    pa.uint8(): "int2",
    pa.uint16(): "int4",
    pa.uint32(): "int8",
    pa.uint64(): "numeric(20,0)",
    pa.float32(): "float4",
    pa.float64(): "float8",
    pa.string(): "text",
    pa.binary(): "bytea",
    pa.date32(): "date",
    pa.time64("us"): "time",
    pa.timestamp("us"): "timestamp",
    pa.timestamp("us", "UTC"): "timestamptz",
    pa.month_day_nano_interval(): "interval",
}
_LOGICAL = {
    "json": "jsonb",
    "uuid": "uuid",
    "inet": "inet",
    "cidr": "cidr",
    "macaddr": "macaddr",
    "xml": "xml",
    "bit": "varbit",
    "timetz": "timetz",
    "numeric": "numeric",
    "decimal": "numeric",
}
# What the source says of itself in the field's metadata is used only in these forms.
_EXACT = re.compile(r"json|macaddr8|bit\(\d+\)|numeric(\(\d+,-?\d+\))?")
_MODIFIER = re.compile(r"\([^)]*\)")


def target_type(field: pa.Field) -> str:
    kind = logical(field)
    if kind is not None and pa.types.is_string(field.type):
        exact = (field.metadata or {}).get(EXACT_TYPE, b"").decode()
        return exact if _EXACT.fullmatch(exact) else _LOGICAL.get(kind, "text")
    return plain_type(field.type)


def plain_type(data_type: pa.DataType) -> str:
    if pa.types.is_decimal(data_type):
        return f"numeric({data_type.precision},{data_type.scale})"
    if pa.types.is_list(data_type):
        inner = data_type.value_type
        nested = pa.types.is_nested(inner) or pa.types.is_interval(inner)
        return "jsonb" if nested else f"{plain_type(inner)}[]"
    return _PLAIN.get(data_type, "jsonb")


def wire_name(type_name: str) -> str:
    """A type's name as `types.wire_type` gives it: without modifier, except that of numeric."""
    return type_name if type_name.startswith("numeric") else _MODIFIER.sub("", type_name)


def is_nested(data_type: pa.DataType) -> bool:
    """Whether the type is stored as JSON."""
    return plain_type(data_type) == "jsonb"
