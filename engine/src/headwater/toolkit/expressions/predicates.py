"""The part of a condition that a source may evaluate: `column operator literal`, when both sides surely mean the
same by it.

Left out, because systems differ: the order of texts (collations) and their inequality (a source may ignore case),
floats that are compared upwards (where NaN stands), and every column whose logical type Arrow cannot say (its text
is ours, not the source's). Each predicate is implied by the whole condition, so a source that applies it loses
nothing.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from math import isnan
from typing import Literal as Choice
from typing import cast as typed

import pyarrow as pa

from headwater.sdk.stream import Predicate
from headwater.toolkit.arrow_types import logical
from headwater.toolkit.expressions.kinds import digits_of, integer_range, kind_of
from headwater.toolkit.expressions.nodes import Call, Column, Literal, Node, Value

_Operator = Choice["=", "<>", "<", "<=", ">", ">=", "in", "is_null", "is_not_null"]
_MIRROR = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_ORDERED = frozenset(_MIRROR)
_SAFE = {
    "bool": frozenset({"=", "in"}),
    "int": _ORDERED | {"in"},
    "decimal": _ORDERED | {"in"},
    "float": frozenset({"=", "<", "<=", "in"}),
    "text": frozenset({"=", "in"}),
    "date": _ORDERED | {"in"},
    "timestamp": _ORDERED | {"in"},
    "timestamptz": _ORDERED | {"in"},
}


def predicates(root: Node, schema: pa.Schema) -> tuple[Predicate, ...]:
    conjuncts = root.arguments if isinstance(root, Call) and root.name == "and" else (root,)
    found = (_predicate(node, schema) for node in conjuncts)
    return tuple(item for item in found if item is not None)


def _predicate(node: Node, schema: pa.Schema) -> Predicate | None:
    if isinstance(node, Column):
        return _of_values("=", node, (Literal(True, pa.bool_()),), schema)
    if not isinstance(node, Call):
        return None
    if node.name == "not":
        inner = node.arguments[0]
        if isinstance(inner, Column):
            return _of_values("=", inner, (Literal(False, pa.bool_()),), schema)
        return None
    subject = node.arguments[0] if node.arguments else None
    if node.name in ("is_null", "is_not_null"):
        if isinstance(subject, Column) and _known(subject, schema):
            return Predicate(subject.name, "is_null" if node.name == "is_null" else "is_not_null")
        return None
    if node.name == "in" and isinstance(subject, Column):
        return _of_values("in", subject, node.arguments[1:], schema)
    if node.name in _MIRROR:
        left, right = node.arguments
        if isinstance(left, Column):
            return _of_values(node.name, left, (right,), schema)
        if isinstance(right, Column):
            return _of_values(_MIRROR[node.name], right, (left,), schema)
    return None


def _of_values(operator: str, column: Column, items: tuple[Node, ...], schema: pa.Schema) -> Predicate | None:
    if not _known(column, schema) or operator not in _SAFE.get(kind_of(column.type), ()):
        return None
    values: list[pa.Scalar] = []
    for item in items:
        if not isinstance(item, Literal):
            return None
        if item.value is None:
            continue
        scalar = _exact(item.value, column.type)
        if scalar is None:
            return None
        values.append(scalar)
    return Predicate(column.name, typed(_Operator, operator), tuple(values)) if values else None


def _known(column: Column, schema: pa.Schema) -> bool:
    """Is it, in this schema, the very column the condition was checked against?"""
    if column.path or len(schema.get_all_field_indices(column.name)) != 1:
        return False
    field = schema.field(column.name)
    return field.type == column.type and logical(field) is None


def _exact(value: Value, target: pa.DataType) -> pa.Scalar | None:
    """The literal as the column's type; None when the type cannot hold exactly it."""
    kind = kind_of(target)
    if kind == "int":
        if isinstance(value, Decimal) and value == int(value):
            value = int(value)
        low, high = integer_range(target)
        fits = isinstance(value, int) and low <= value <= high
    elif kind == "decimal":
        value = Decimal(value) if isinstance(value, int) else value
        fits = isinstance(value, Decimal) and _fits_decimal(value, target)
    elif kind == "float":
        fits = isinstance(value, float) and not isnan(value) and _is_same_float(value, target)
    elif kind in ("timestamp", "timestamptz"):
        fits = isinstance(value, datetime) and (value.tzinfo is not None) == (kind == "timestamptz")
    else:
        fits = True
    return pa.scalar(value, target) if fits else None


def _fits_decimal(value: Decimal, target: pa.DataType) -> bool:
    precision, scale = digits_of(target)
    exponent = value.normalize().as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    return places <= scale and abs(value) < Decimal(10) ** (precision - scale)


def _is_same_float(value: float, target: pa.DataType) -> bool:
    return pa.scalar(value, target).as_py() == value
