"""`noise`: a value moves by a share of the most it may, drawn evenly from [-1, 1) by HMAC over the value.

So the same value moves alike in every run, table and engine, and nobody without the key can take the noise off.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from typing import Any

import pyarrow as pa

from headwater.sdk.errors import ConfigError, UnknownColumn
from headwater.toolkit.arrow_types import type_name
from headwater.toolkit.expressions.kinds import integer_range, kind_of
from headwater.toolkit.privacy.distinct import per_distinct, text_of
from headwater.toolkit.privacy.keys import derived, key_bytes
from headwater.toolkit.privacy.methods import Noise

_WIDE = Context(prec=80)


class Noises:
    def __init__(self, method: Noise, field: pa.Field, schema: pa.Schema, *, place: str) -> None:
        """Raises ConfigError for a type that cannot move, UnknownColumn for one in `per`."""
        for name in method.per:
            if name not in schema.names:
                raise UnknownColumn(name, schema.names, place=f"{place}.per")
        self._method = method
        self._type = field.type
        self._key = derived(key_bytes(method.sure_key), f"noise:{method.domain}")
        self._moved = _mover(field.type, method, place)

    def of_column(self, column: pa.Array, batch: pa.RecordBatch) -> pa.Array:
        if not self._method.per:
            return per_distinct(column, self._of, self._type)
        beside = [batch.column(name).to_pylist() for name in self._method.per]
        rows = zip(column.to_pylist(), *beside, strict=True)
        return pa.array([None if row[0] is None else self._one(row[0], row) for row in rows], self._type)

    def _of(self, values: Sequence[Any]) -> list[Any]:
        return [self._one(value, (value,)) for value in values]

    def _one(self, value: Any, drawn_by: Sequence[Any]) -> Any:
        seed = "\x1f".join("" if item is None else text_of(item) for item in drawn_by)
        digest = hmac.digest(self._key, seed.encode(), "sha256")
        return self._moved(value, int.from_bytes(digest[:8]))


def _mover(data_type: pa.DataType, method: Noise, place: str) -> Callable[[Any, int], Any]:
    """Gets a value and a number of 64 random bits."""
    kind = kind_of(data_type)
    if kind in ("date", "timestamp", "timestamptz"):
        if method.absolute is None:
            raise ConfigError(
                f"{place}: a date or timestamp has no size that noise could be a part of",
                hint="give `absolute`: days for dates, seconds for timestamps",
                code="config.unsupported_type",
            )
        return _moments(method.absolute, is_date=kind == "date")
    if kind == "int":
        return _integers(method, *integer_range(data_type))
    if kind == "float":
        return _floats(method)
    if kind == "decimal":
        return _decimals(method, data_type)
    raise ConfigError(
        f"{place}: noise moves numbers, dates and timestamps, and this is {type_name(data_type)}",
        hint="cast it first, with `cast`, or choose another method",
        code="config.unsupported_type",
    )


def _share(bits: int) -> Decimal:
    return Decimal(bits) / Decimal(2**63) - 1


def _most(method: Noise, value: Decimal) -> Decimal:
    return Decimal(str(method.absolute)) if method.absolute is not None else abs(value) * Decimal(str(method.relative))


def _integers(method: Noise, low: int, high: int) -> Callable[[Any, int], Any]:
    def moved(value: int, bits: int) -> int:
        most = method.absolute if method.absolute is not None else abs(value) * float(method.relative or 0)
        return min(max(value + round(most * (bits / 2**63 - 1)), low), high)

    return moved


def _floats(method: Noise) -> Callable[[Any, int], Any]:
    def moved(value: float, bits: int) -> float:
        most = method.absolute if method.absolute is not None else abs(value) * float(method.relative or 0)
        return value + most * (bits / 2**63 - 1)

    return moved


def _decimals(method: Noise, data_type: pa.DataType) -> Callable[[Any, int], Any]:
    step = Decimal(1).scaleb(-data_type.scale)
    most = (Decimal(10) ** data_type.precision - 1) * step

    def moved(value: Decimal, bits: int) -> Decimal:
        found = (value + _most(method, value) * _share(bits)).quantize(step, context=_WIDE)
        return min(max(found, -most), most)

    return moved


def _moments(most: float, *, is_date: bool) -> Callable[[Any, int], Any]:
    def moved(value: date | datetime, bits: int) -> date | datetime:
        by = most * (bits / 2**63 - 1)
        delta = timedelta(days=round(by)) if is_date else timedelta(seconds=round(by))
        try:
            return value + delta
        except OverflowError:
            return value - delta

    return moved
