"""Expressions that a processor makes by itself, without SQL text, and without loading the SQL parser.

Take a column by `column(schema, name)`, combine, and hand the result on: every function here takes and gives
CheckedExpression.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from headwater.sdk.errors import InternalError, UnknownColumn
from headwater.toolkit.expressions import casts, comparison, logic
from headwater.toolkit.expressions.catalogue import FUNCTIONS
from headwater.toolkit.expressions.checked import CheckedExpression
from headwater.toolkit.expressions.kinds import BOOL, FLOAT64, INT64, STRING
from headwater.toolkit.expressions.nodes import Column, Literal, Value


def column(schema: pa.Schema, name: str, *, place: str) -> CheckedExpression:
    """Raises UnknownColumn."""
    if name not in schema.names:
        raise UnknownColumn(name, schema.names, place=place)
    return CheckedExpression(Column(name, schema.field(name).type))


def field(parent: CheckedExpression, name: str) -> CheckedExpression:
    """A field of a struct column, or of a struct inside one."""
    root = parent.root
    if not isinstance(root, Column) or not pa.types.is_struct(root.type):
        raise InternalError(f"only a struct column has fields; {name!r} was asked of {root.type}")
    return CheckedExpression(Column(root.name, root.type.field(name).type, (*root.path, name)))


def call(function: str, *arguments: CheckedExpression) -> CheckedExpression:
    """A function of the allow-list. Raises ConfigError when it does not take such arguments."""
    return CheckedExpression(FUNCTIONS[function].build(tuple(item.root for item in arguments)))


def literal(value: Value, data_type: pa.DataType | None = None) -> CheckedExpression:
    """Without a type: bool, int64, float64 or string by the value; a date, a decimal or None needs one."""
    known: dict[type, pa.DataType] = {bool: BOOL, int: INT64, float: FLOAT64, str: STRING}
    chosen = data_type if data_type is not None else known.get(type(value), pa.null())
    return CheckedExpression(Literal(comparison.typed_value(value, chosen), chosen))


def is_null(value: CheckedExpression) -> CheckedExpression:
    return CheckedExpression(comparison.is_null(value.root))


def is_not_null(value: CheckedExpression) -> CheckedExpression:
    return CheckedExpression(comparison.is_not_null(value.root))


def compare(operator: str, left: CheckedExpression, right: CheckedExpression) -> CheckedExpression:
    return CheckedExpression(comparison.compare(operator, left.root, right.root))


def is_in(value: CheckedExpression, items: Sequence[CheckedExpression]) -> CheckedExpression:
    return CheckedExpression(comparison.is_in(value.root, [item.root for item in items]))


def cast(value: CheckedExpression, data_type: pa.DataType) -> CheckedExpression:
    """Strict (see `casts`): NULL where there is no result, and `failure()` tells those rows. Raises ConfigError."""
    return CheckedExpression(casts.cast(value.root, data_type))


def all_of(conditions: Sequence[CheckedExpression]) -> CheckedExpression:
    return CheckedExpression(logic.all_of([item.root for item in conditions]))


def any_of(conditions: Sequence[CheckedExpression]) -> CheckedExpression:
    return CheckedExpression(logic.any_of([item.root for item in conditions]))


def negate(condition: CheckedExpression) -> CheckedExpression:
    return CheckedExpression(logic.negate(condition.root))
