"""How a function is described: one value per function, from which come the check, the SQL and the docs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal as Choice

import pyarrow as pa

from headwater.sdk.errors import ConfigError
from headwater.toolkit.arrow_types import type_name
from headwater.toolkit.expressions.arithmetic import as_int64
from headwater.toolkit.expressions.casts import cast
from headwater.toolkit.expressions.kinds import (
    BOOL,
    DATE,
    FLOAT64,
    INT64,
    STRING,
    TIMESTAMP,
    TIMESTAMPTZ,
    Kind,
    is_number,
    kind_of,
)
from headwater.toolkit.expressions.logic import condition_of
from headwater.toolkit.expressions.nodes import Call, Constant, Form, Literal, Node

Wanted = Choice["text", "anything as text", "int", "float", "bool", "text list", "list", "moment", "any"]
Builder = Callable[[tuple[Node, ...]], Node]

_MOMENTS = ("date", "timestamp", "timestamptz")


@dataclass(frozen=True, slots=True)
class Function:
    """`usage` is how it is written, `does` one sentence, `note` what is not obvious or differs from an engine's
    own.
    """

    names: tuple[str, ...]
    usage: str
    does: str
    build: Builder
    least: int
    most: int | None
    note: str = ""


def function(
    names: str, usage: str, does: str, build: Builder, *, arity: tuple[int, int | None], note: str = ""
) -> Function:
    """`names` holds the name and its other names, by spaces; an arity of None has no upper end."""
    return Function(tuple(names.split()), usage, does, build, arity[0], arity[1], note)


def mapped(
    takes: tuple[Wanted, ...],
    gives: pa.DataType,
    duckdb: str,
    spark: str | None = None,
    *,
    partial: bool = False,
) -> Builder:
    """A function that is one template per engine. The templates agree when `spark` is None."""
    form = Form(duckdb, duckdb if spark is None else spark)

    def build(arguments: tuple[Node, ...]) -> Node:
        wanted = (take(node, takes[index], index) for index, node in enumerate(arguments))
        return Call("function", form, tuple(wanted), gives, partial=partial)

    return build


def spread(takes: Wanted, gives: pa.DataType, duckdb: tuple[str, str], spark: tuple[str, str] | None = None) -> Builder:
    """A function of any number of like arguments: each template is what stands before and after them."""

    def build(arguments: tuple[Node, ...]) -> Node:
        inner = ", ".join(f"{{{index}}}" for index in range(len(arguments)))
        before, after = duckdb
        other_before, other_after = spark or duckdb
        form = Form(f"{before}{inner}{after}", f"{other_before}{inner}{other_after}")
        return Call("function", form, tuple(take(node, takes, at) for at, node in enumerate(arguments)), gives)

    return build


def by_kind(builders: Mapping[tuple[Kind, ...], Builder], *, argument: int = 0) -> Builder:
    """A function that does different things to different types; `argument` decides."""
    table = {kind: builder for kinds, builder in builders.items() for kind in kinds}

    def build(arguments: tuple[Node, ...]) -> Node:
        kind = kind_of(arguments[argument].type)
        if kind == "null":
            kind = next(iter(table))
        if kind not in table:
            raise wrong_argument(argument, arguments[argument], ", ".join(table))
        return table[kind](arguments)

    return build


def take(node: Node, wanted: Wanted, at: int) -> Node:
    """The argument as the function wants it. Raises ConfigError when it is something else."""
    kind = kind_of(node.type)
    if kind == "null":
        return Literal(None, _NULL_TYPES.get(wanted, STRING))
    if wanted == "any":
        return node
    if wanted == "anything as text":
        return cast(node, STRING)
    if wanted == "int" and kind == "int":
        return as_int64(node)
    if wanted == "float" and is_number(node.type):
        return cast(node, FLOAT64)
    if wanted == "bool":
        return condition_of(node)
    if wanted == kind or (wanted == "moment" and kind in _MOMENTS):
        return node
    if wanted == "text list" and kind == "list" and pa.types.is_string(node.type.value_type):
        return node
    raise wrong_argument(at, node, wanted)


_NULL_TYPES: dict[Wanted, pa.DataType] = {
    "text": STRING,
    "int": INT64,
    "float": FLOAT64,
    "bool": BOOL,
    "moment": TIMESTAMP,
    "list": pa.list_(STRING),
    "text list": pa.list_(STRING),
}


def wrong_argument(at: int, node: Node, wanted: str) -> ConfigError:
    return ConfigError(
        f"argument {at + 1} is {type_name(node.type)}, and this function wants {wanted}",
        hint=f"cast it: {_EXAMPLES.get(wanted, 'CAST(x AS string)')}",
        code="config.invalid_expression",
    )


_EXAMPLES = {
    "int": "CAST(x AS int64)",
    "float": "CAST(x AS float64)",
    "moment": "CAST(x AS date) or CAST(x AS timestamp)",
}


def fixed_text(arguments: tuple[Node, ...], at: int, what: str) -> str:
    """The value of an argument that must be written out as a text, not computed."""
    node = arguments[at]
    if isinstance(node, Literal) and isinstance(node.value, str) and node.value:
        return node.value
    raise _not_fixed(at, f"the {what} is a text in single quotes, not empty and not computed")


def fixed_integer(arguments: tuple[Node, ...], at: int, what: str, low: int, high: int) -> int:
    node = arguments[at]
    value = node.value if isinstance(node, Literal) else None
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return value
    raise _not_fixed(at, f"the {what} is a whole number from {low} to {high}, not computed")


def _not_fixed(at: int, rule: str) -> ConfigError:
    return ConfigError(
        f"argument {at + 1}: {rule}", hint="see the function in the reference", code="config.invalid_expression"
    )


def constant(text: str) -> Constant:
    return Constant(text, text)


def moment_type(node: Node) -> pa.DataType:
    return {"date": DATE, "timestamp": TIMESTAMP, "timestamptz": TIMESTAMPTZ}.get(kind_of(node.type), TIMESTAMP)
