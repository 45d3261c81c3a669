"""What an expression is made of: a small typed tree that knows its SQL for each engine.

The tree is built once, by `parse` or `build`, and checked while it is built: every node has an Arrow type. A `Form`
holds one template per engine, in which `{0}`, `{1}` … stand for the arguments. Each template is self-delimiting (a
call, a name, a text in parentheses or in CASE … END), so that putting one into another needs no care.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from hashlib import blake2s
from secrets import token_bytes

import pyarrow as pa

_SALT = token_bytes(16)

Value = None | bool | int | Decimal | float | str | bytes | date | datetime | time


@dataclass(frozen=True, slots=True)
class Form:
    duckdb: str
    spark: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the input, or with a `path` a field inside a struct column."""

    name: str
    type: pa.DataType
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Literal:
    value: Value
    type: pa.DataType


@dataclass(frozen=True, slots=True)
class Constant:
    """A text constant that each engine spells in its own way: a pattern, a date format, a replacement."""

    duckdb: str
    spark: str

    @property
    def type(self) -> pa.DataType:
        return pa.string()


@dataclass(frozen=True, slots=True)
class Hidden:
    """Bytes that must not stand in SQL text, such as a key: the text names a session variable that holds them.

    The name tells equal values from others within this process, and nothing about them to anybody else.
    """

    value: bytes = field(repr=False)

    @property
    def name(self) -> str:
        return f"hw_hidden_{blake2s(self.value, key=_SALT, digest_size=6).hexdigest()}"

    @property
    def type(self) -> pa.DataType:
        return pa.binary()


@dataclass(frozen=True, slots=True)
class Call:
    """An operation. `name` says which, where others must know (`and`, `=`, `case` …).

    `partial`: NULL although no argument is NULL means that the operation has no result here, and the row is at fault.
    `bits`: for an integer, the width that surely holds it, where that is less than its type's.
    """

    name: str
    form: Form
    arguments: tuple[Node, ...]
    type: pa.DataType
    partial: bool = False
    bits: int | None = None


Node = Column | Literal | Constant | Hidden | Call


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    if isinstance(node, Call):
        for argument in node.arguments:
            yield from walk(argument)


def same(template: str) -> Form:
    """A form that reads alike on every engine."""
    return Form(template, template)
