"""Change the values of a column once per distinct value of a batch; NULL stays NULL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from headwater.toolkit.deferred import compute as pc


def per_distinct(
    column: pa.Array, change: Callable[[Sequence[Any]], Sequence[Any]], data_type: pa.DataType
) -> pa.Array:
    """`change` gets Python values, none of them NULL or twice, and answers as many of `data_type`."""
    encoded = column.dictionary_encode()
    changed = pa.array(change(encoded.dictionary.to_pylist()), data_type)
    return changed.take(encoded.indices)


def text_of(value: Any) -> str:
    """One text per value: equal numbers have equal texts."""
    if isinstance(value, float):
        return str(value + 0.0).removesuffix(".0")
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def texts(column: pa.Array) -> pa.Array:
    """The column as text."""
    if pa.types.is_string(column.type):
        return column
    if pa.types.is_integer(column.type):
        return pc.cast(column, pa.string())
    return per_distinct(column, lambda values: [text_of(value) for value in values], pa.string())
