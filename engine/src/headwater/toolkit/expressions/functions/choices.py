"""Functions that choose one of their arguments."""

from __future__ import annotations

from headwater.toolkit.expressions.comparison import compare, meet, meeting_type_of
from headwater.toolkit.expressions.logic import choose
from headwater.toolkit.expressions.nodes import Call, Node, same
from headwater.toolkit.expressions.signature import Builder, function


def _first_of(name: str) -> Builder:
    """Functions whose arguments and result are of one type."""

    def build(arguments: tuple[Node, ...]) -> Node:
        shape = f"{name}({{}}, {{}})"
        met = meet(arguments, shape)
        inner = ", ".join(f"{{{index}}}" for index in range(len(met)))
        return Call(name, same(f"{name}({inner})"), met, meeting_type_of(arguments, shape))

    return build


def _nullif(arguments: tuple[Node, ...]) -> Node:
    """Written as CASE, so that the result has the first argument's type on every engine."""
    value, unwanted = arguments
    same_as = compare("=", value, unwanted)
    return Call("nullif", same("CASE WHEN {0} THEN NULL ELSE {1} END"), (same_as, value), value.type)


def _if(arguments: tuple[Node, ...]) -> Node:
    condition, value, *rest = arguments
    return choose([(condition, value)], rest[0] if rest else None)


FUNCTIONS = (
    function(
        "coalesce ifnull",
        "coalesce(value, …)",
        "The first value that is not NULL.",
        _first_of("coalesce"),
        arity=(1, None),
    ),
    function(
        "nullif", "nullif(value, unwanted)", "NULL when the two are equal, else the value.", _nullif, arity=(2, 2)
    ),
    function(
        "greatest",
        "greatest(value, …)",
        "The greatest value; NULLs do not count.",
        _first_of("greatest"),
        arity=(2, None),
        note="NaN is greater than every number.",
    ),
    function("least", "least(value, …)", "The least value; NULLs do not count.", _first_of("least"), arity=(2, None)),
    function("if", "if(condition, then[, else])", "One or the other, like CASE.", _if, arity=(2, 3)),
)
