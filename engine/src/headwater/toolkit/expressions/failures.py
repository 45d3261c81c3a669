"""For which rows did an operation inside an expression have no result?

The answer is an expression itself: true for such a row. What is not looked at cannot fail: a branch that CASE does
not take, a later argument of coalesce, the other side of an AND that is false or of an OR that is true.
"""

from __future__ import annotations

from headwater.toolkit.expressions.comparison import is_not_null, is_null
from headwater.toolkit.expressions.kinds import BOOL
from headwater.toolkit.expressions.logic import FALSE, all_of, any_of, choose
from headwater.toolkit.expressions.nodes import Call, Column, Constant, Hidden, Literal, Node, same


def failure(node: Node) -> Node | None:
    """A condition that is never NULL, or None when the expression cannot fail."""
    if not isinstance(node, Call):
        return None
    if node.name == "case":
        return _of_case(node.arguments)
    if node.name == "coalesce":
        return _of_coalesce(node.arguments)
    if node.name in ("and", "or"):
        return _of_sides(node)
    found = [inner for argument in node.arguments if (inner := failure(argument)) is not None]
    if node.partial:
        present = [is_not_null(item) for argument in node.arguments if (item := _plain(argument)) is not None]
        found.append(all_of([*present, is_null(node)]))
    return any_of(found) if found else None


def _plain(node: Node) -> Node | None:
    """What must be there for the operation to have a result: nothing, for a constant."""
    if isinstance(node, Call) and node.name == "widen":
        return _plain(node.arguments[0])
    if isinstance(node, Column | Call):
        return node
    assert isinstance(node, Literal | Constant | Hidden)
    return node if isinstance(node, Literal) and node.value is None else None


def _of_case(arguments: tuple[Node, ...]) -> Node | None:
    if len(arguments) < 2:
        return failure(arguments[0]) if arguments else None
    condition, value, *rest = arguments
    in_condition, in_value, in_rest = failure(condition), failure(value), _of_case(tuple(rest))
    if in_value is None and in_rest is None:
        return in_condition
    taken = choose([(condition, in_value or FALSE)], in_rest or FALSE)
    return taken if in_condition is None else any_of([in_condition, taken])


def _of_coalesce(arguments: tuple[Node, ...]) -> Node | None:
    first, *rest = arguments
    here = failure(first)
    later = _of_coalesce(tuple(rest)) if rest else None
    if later is None:
        return here
    reached = all_of([is_null(first), later])
    return reached if here is None else any_of([here, reached])


def _of_sides(node: Call) -> Node | None:
    """A side counts unless another side decides: FALSE in an AND, TRUE in an OR."""
    undecided = "({0} IS NOT FALSE)" if node.name == "and" else "({0} IS NOT TRUE)"
    found: list[Node] = []
    for index, side in enumerate(node.arguments):
        inner = failure(side)
        if inner is None:
            continue
        others = [
            Call("undecided", same(undecided), (other,), BOOL) for at, other in enumerate(node.arguments) if at != index
        ]
        found.append(all_of([inner, *others]))
    return any_of(found) if found else None
