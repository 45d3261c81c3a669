"""AND, OR, NOT, CASE: three-valued, as in SQL."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from headwater.sdk.errors import ConfigError
from headwater.toolkit.arrow_types import type_name
from headwater.toolkit.expressions.comparison import meet, meeting_type_of
from headwater.toolkit.expressions.kinds import BOOL, kind_of
from headwater.toolkit.expressions.nodes import Call, Literal, Node, same

_SHAPE = "CASE … THEN {} … THEN {}"
TRUE, FALSE = Literal(True, BOOL), Literal(False, BOOL)


def all_of(conditions: Sequence[Node]) -> Node:
    return _joined("and", conditions, TRUE)


def any_of(conditions: Sequence[Node]) -> Node:
    return _joined("or", conditions, FALSE)


def negate(condition: Node) -> Node:
    return Call("not", same("(NOT {0})"), (condition_of(condition),), BOOL)


def choose(branches: Sequence[tuple[Node, Node]], otherwise: Node | None) -> Node:
    """CASE: the value of the first condition that is true. The values meet in one type."""
    candidates = [*(value for _, value in branches), otherwise or Literal(None, pa.null())]
    values = meet(candidates, _SHAPE)
    arguments: list[Node] = []
    text = "CASE"
    for index, (condition, _) in enumerate(branches):
        text += f" WHEN {{{2 * index}}} THEN {{{2 * index + 1}}}"
        arguments += [condition_of(condition), values[index]]
    if otherwise is not None:
        text += f" ELSE {{{len(arguments)}}}"
        arguments.append(values[-1])
    return Call("case", same(f"{text} END"), tuple(arguments), meeting_type_of(candidates, _SHAPE))


def condition_of(node: Node) -> Node:
    """The node, when it is true, false or NULL. Raises ConfigError otherwise."""
    if kind_of(node.type) == "null":
        return Literal(None, BOOL)
    if kind_of(node.type) != "bool":
        raise ConfigError(
            f"a condition is needed here, and this is {type_name(node.type)}",
            hint="compare it with something, for example: amount > 0",
            code="config.invalid_expression",
        )
    return node


def _joined(name: str, conditions: Sequence[Node], empty: Node) -> Node:
    flat: list[Node] = []
    for condition in conditions:
        nested = isinstance(condition, Call) and condition.name == name
        flat += condition.arguments if isinstance(condition, Call) and nested else [condition_of(condition)]
    if len(flat) <= 1:
        return flat[0] if flat else empty
    text = f" {name.upper()} ".join(f"{{{index}}}" for index in range(len(flat)))
    return Call(name, same(f"({text})"), tuple(flat), BOOL)
