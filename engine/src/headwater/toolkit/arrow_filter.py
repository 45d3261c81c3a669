"""Predicates and cursor ranges over Arrow data, by the letter of `sdk/stream.py`.

NaN equals itself and is higher than every number, as in DuckDB and PostgreSQL. NULL satisfies only
`is_null`. The contract suites judge sources by it, so it is kept plain.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import pyarrow as pa

from headwater.sdk.stream import CursorRange, Predicate
from headwater.toolkit.deferred import compute as pc
from headwater.toolkit.pushdown import Operator


def filter_table(table: pa.Table, predicates: Sequence[Predicate], cursor: CursorRange | None = None) -> pa.Table:
    """The rows, in their order, that satisfy all predicates and lie in the cursor range."""
    masks = [_mask(table.column(predicate.column), predicate) for predicate in predicates]
    if cursor is not None:
        masks.append(_in_range(table.column(cursor.column), cursor))
    return table.filter(reduce(pc.and_, masks)) if masks else table


def _mask(column: pa.ChunkedArray, predicate: Predicate) -> pa.ChunkedArray:
    if predicate.operator == "is_null":
        return pc.is_null(column)
    if predicate.operator == "is_not_null":
        return pc.is_valid(column)
    if predicate.operator == "in":
        matches = [_compare(column, "=", value) for value in predicate.values]
        return reduce(pc.or_, matches)
    return _compare(column, predicate.operator, predicate.values[0])


def _compare(column: pa.ChunkedArray, operator: Operator, value: pa.Scalar) -> pa.ChunkedArray:
    if not value.is_valid:
        return pa.chunked_array([pa.repeat(pa.scalar(value=False), len(column))])
    equal, less = _order(column, value)
    greater = pc.invert(pc.or_(equal, less))
    answer = {
        "=": equal,
        "<>": pc.invert(equal),
        "<": less,
        "<=": pc.or_(less, equal),
        ">": greater,
        ">=": pc.or_(greater, equal),
    }[operator]
    return pc.and_(pc.fill_null(answer, fill_value=False), pc.is_valid(column))


def _order(column: pa.ChunkedArray, value: pa.Scalar) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """Masks of "equal to" and "less than" the value; null where the column is null."""
    if not pa.types.is_floating(column.type):
        return pc.equal(column, value), pc.less(column, value)
    nan = pc.is_nan(column)
    if value.as_py() != value.as_py():
        return nan, pc.invert(nan)
    return pc.equal(column, value), pc.less(column, value)


def _in_range(column: pa.ChunkedArray, cursor: CursorRange) -> pa.ChunkedArray:
    inside = pc.is_valid(column)
    if cursor.lower is not None:
        inside = pc.and_(inside, _compare(column, ">=", cursor.lower))
    if cursor.upper is not None:
        inside = pc.and_(inside, _compare(column, "<=", cursor.upper))
    return pc.or_(inside, pc.is_null(column)) if cursor.nulls else inside
