"""Comparisons, conditions on NULL, and the types two values meet in before they are compared or chosen from.

Nothing is converted behind the writer's back: text is not compared with a number. One exception, because everybody
writes it: a text literal beside a date, time or timestamp is read as one, now, and must be one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pyarrow as pa

from headwater.sdk.errors import ConfigError
from headwater.toolkit.arrow_types import type_name
from headwater.toolkit.expressions.casts import cast
from headwater.toolkit.expressions.kinds import BOOL, STRING, digits_of, integer_range, kind_of, meeting_type
from headwater.toolkit.expressions.nodes import Call, Literal, Node, Value, same

_COMPARABLE = {"bool", "int", "decimal", "float", "text", "binary", "date", "timestamp", "timestamptz", "time"}
_MOMENTS = ("date", "timestamp", "timestamptz", "time")
_DIGITS_OF_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DIGITS_OF_TIME = re.compile(r"\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?")
_DIGITS_OF_TIMESTAMP = re.compile(
    rf"{_DIGITS_OF_DATE.pattern}([T ]{_DIGITS_OF_TIME.pattern}(Z|[+-]\d{{2}}(:?\d{{2}})?)?)?"
)


def compare(operator: str, left: Node, right: Node) -> Node:
    """`operator` is one of = <> < <= > >=, or the two that see NULL as a value: `is distinct from`, `is not
    distinct from`.
    """
    left, right = meet((left, right), f"{{}} {operator} {{}}")
    if kind_of(left.type) not in _COMPARABLE | {"null"}:
        raise _refused(f"values of the type {type_name(left.type)} cannot be compared", "compare a part of it")
    if operator == "is not distinct from":
        return Call(operator, same("({0} IS NOT DISTINCT FROM {1})"), (left, right), BOOL)
    if operator == "is distinct from":
        return Call(operator, same("({0} IS DISTINCT FROM {1})"), (left, right), BOOL)
    return Call(operator, same(f"({{0}} {operator} {{1}})"), (left, right), BOOL)


def is_in(value: Node, items: Sequence[Node]) -> Node:
    met = meet((value, *items), "{} IN …")
    if kind_of(met[0].type) not in _COMPARABLE:
        raise _refused(f"values of the type {type_name(met[0].type)} cannot be compared", "compare a part of it")
    places = ", ".join(f"{{{index}}}" for index in range(1, len(met)))
    return Call("in", same(f"({{0}} IN ({places}))"), met, BOOL)


def is_null(value: Node) -> Node:
    return Call("is_null", same("({0} IS NULL)"), (value,), BOOL)


def is_not_null(value: Node) -> Node:
    return Call("is_not_null", same("({0} IS NOT NULL)"), (value,), BOOL)


def meet(nodes: Sequence[Node], shape: str) -> tuple[Node, ...]:
    """The values in one type. `shape` shows the operation in an error, `{}` for a type."""
    common = meeting_type_of(nodes, shape)
    return tuple(_as(node, common) for node in nodes)


def meeting_type_of(nodes: Sequence[Node], shape: str) -> pa.DataType:
    """The type in which `meet` brings the values together. Raises ConfigError when there is none."""
    firm = [node for node in nodes if not _bends(node)]
    bending = [node for node in nodes if _bends(node) and node.type != pa.null()]
    if not firm and not bending:
        return pa.null()
    common = (firm or bending)[0].type
    for node in (*firm, *bending):
        met = _with_literal(common, node) if _bends(node) else meeting_type(common, node.type)
        if met is None:
            raise _do_not_meet(common, node, shape)
        common = met
    return common


def _bends(node: Node) -> bool:
    return isinstance(node, Literal)


def _with_literal(common: pa.DataType, node: Node) -> pa.DataType | None:
    """A literal takes the type of what it stands beside, when it can hold the value."""
    assert isinstance(node, Literal)
    value = node.value
    if value is None:
        return common
    if isinstance(value, str) and kind_of(common) in _MOMENTS:
        return common
    if isinstance(value, int) and not isinstance(value, bool) and kind_of(common) == "int":
        low, high = integer_range(common)
        if low <= value <= high:
            return common
    if isinstance(value, int | Decimal) and not isinstance(value, bool) and kind_of(common) == "decimal":
        precision, scale = exact_digits(Decimal(value))
        if precision - scale <= common.precision - common.scale and scale <= common.scale:
            return common
        return meeting_type(common, pa.decimal128(precision, scale))
    return meeting_type(common, node.type)


def _as(node: Node, target: pa.DataType) -> Node:
    if not isinstance(node, Literal) or node.value is None or node.type == target:
        # Integers of any width compare as they are.
        same_family = kind_of(node.type) == kind_of(target) == "int"
        return node if same_family else cast(node, target)
    return Literal(typed_value(node.value, target), target)


def typed_value(value: Value, target: pa.DataType) -> Value:
    """A literal's value as `target`. Raises ConfigError for a text that is no such date or time."""
    kind = kind_of(target)
    if isinstance(value, str) and kind in _MOMENTS:
        return moment(value, target)
    if kind == "float" and isinstance(value, int | Decimal):
        return float(value)
    if kind == "decimal" and isinstance(value, int):
        return Decimal(value)
    if isinstance(value, datetime) and kind in ("timestamp", "timestamptz"):
        return value.replace(tzinfo=None if kind == "timestamp" else UTC)
    if isinstance(value, date) and kind in ("timestamp", "timestamptz"):
        return datetime(value.year, value.month, value.day, tzinfo=None if kind == "timestamp" else UTC)
    return value


def moment(text: str, target: pa.DataType) -> date | time | datetime:
    kind, stripped = kind_of(target), text.strip(" ")
    try:
        if kind == "date" and _DIGITS_OF_DATE.fullmatch(stripped):
            return date.fromisoformat(stripped)
        if kind == "time" and _DIGITS_OF_TIME.fullmatch(stripped):
            return time.fromisoformat(stripped)
        if kind == "timestamp" and _DIGITS_OF_TIMESTAMP.fullmatch(stripped):
            found = datetime.fromisoformat(stripped)
            if found.tzinfo is None:
                return found
        if kind == "timestamptz" and _DIGITS_OF_TIMESTAMP.fullmatch(stripped):
            found = datetime.fromisoformat(stripped)
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except ValueError as cause:
        raise _no_moment(text, target) from cause
    raise _no_moment(text, target)


def exact_digits(value: Decimal) -> tuple[int, int]:
    """Precision and scale that hold the value."""
    exponent = value.as_tuple().exponent
    scale = max(0, -exponent) if isinstance(exponent, int) else 0
    whole = max(len(value.as_tuple().digits) - scale + max(0, exponent if isinstance(exponent, int) else 0), 0)
    return max(whole + scale, 1), scale


def _no_moment(text: str, target: pa.DataType) -> ConfigError:
    wanted = {
        "date": "2024-12-31",
        "time": "23:59:59",
        "timestamp": "2024-12-31 23:59:59",
        "timestamptz": "2024-12-31 23:59:59+00:00",
    }[kind_of(target)]
    return _refused(f"{text!r} is no {type_name(target)}", f"write it like '{wanted}'")


def _do_not_meet(common: pa.DataType, node: Node, shape: str) -> ConfigError:
    one, other = type_name(common), type_name(node.type)
    shown = shape.format(one, other)
    if {kind_of(common), kind_of(node.type)} <= {"int", "decimal"}:
        (p1, s1), (p2, s2) = digits_of(common), digits_of(node.type)
        needed = max(p1 - s1, p2 - s2) + max(s1, s2)
        return _refused(
            f"{shown}: together they need {needed} digits, and a decimal has 38",
            "cast one of them, for example CAST(x AS decimal(18,2))",
        )
    way = "string" if STRING in (common, node.type) else one
    return _refused(f"{shown}: the types do not meet", f"cast one of them, for example CAST(x AS {way})")


def _refused(message: str, hint: str) -> ConfigError:
    return ConfigError(message, hint=hint, code="config.invalid_expression")
