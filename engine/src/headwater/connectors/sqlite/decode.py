"""What SQLite stores as Arrow values of a column's type. A value that does not fit is a DataError that says which.

Accepted beyond what the destination writes: whole numbers for floats and decimals; floats for decimals when they are
one to 15 digits; `T` or a space, and any offset, in timestamps; Unix seconds (INTEGER) in timestamp columns; 16-byte
blobs for UUIDs; numbers in text columns. Source: SQLite documentation, "Date And Time Functions", section 2.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa

from headwater.toolkit.arrow_types import logical
from headwater.toolkit.deferred import compute as pc

_INTERVAL = re.compile(r"P(-?\d+)M(-?\d+)DT(-?\d+(?:\.\d{1,9})?)S")


class Unfit(ValueError):
    """A value that its column's type cannot hold; `position` is its place in the batch."""

    def __init__(self, position: int, value: object) -> None:
        super().__init__(position, value)
        self.position = position
        self.value = value


def decode(values: Sequence[Any], field: pa.Field) -> pa.Array:
    """Raises Unfit."""
    fast = _FAST.get(_kind(field.type))
    if fast is not None:
        try:
            return fast(values, field.type)
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, TypeError):
            pass  # some value is not stored as the destination would: look at each
    convert = _SLOW[_kind(field.type)]
    found: list[Any] = []
    for position, value in enumerate(values):
        try:
            found.append(None if value is None else convert(value, field))
        except (ValueError, TypeError, OverflowError, InvalidOperation) as cause:
            raise Unfit(position, value) from cause
    try:
        return pa.array(found, field.type)
    except (pa.ArrowInvalid, OverflowError) as cause:
        raise _first_unfit(found, values, field.type) from cause


def _first_unfit(found: Sequence[Any], values: Sequence[Any], data_type: pa.DataType) -> Unfit:
    for position, value in enumerate(found):
        try:
            pa.scalar(value, data_type)
        except (pa.ArrowInvalid, OverflowError):
            return Unfit(position, values[position])
    return Unfit(0, values[0])


def _kind(data_type: pa.DataType) -> str:
    return next(name for name, test in _KINDS if test(data_type))


_KINDS: tuple[tuple[str, Callable[[pa.DataType], bool]], ...] = (
    ("bool", pa.types.is_boolean),
    ("int", pa.types.is_integer),
    ("float", pa.types.is_floating),
    ("decimal", pa.types.is_decimal),
    ("text", pa.types.is_string),
    ("bytes", pa.types.is_binary),
    ("date", pa.types.is_date),
    ("time", pa.types.is_time),
    ("timestamp", pa.types.is_timestamp),
    ("interval", pa.types.is_interval),
)


def _plain(values: Sequence[Any], data_type: pa.DataType) -> pa.Array:
    return pa.array(values, data_type)


def _plain_text(values: Sequence[Any], data_type: pa.DataType) -> pa.Array:
    """Not with the type named: pyarrow would take bytes for text."""
    found = pa.array(values)
    if pa.types.is_null(found.type):
        return found.cast(data_type)
    if found.type != data_type:
        raise pa.ArrowTypeError(f"{found.type} among text")
    return found


def _from_text(values: Sequence[Any], data_type: pa.DataType) -> pa.Array:
    return pc.cast(pa.array(values, pa.string()), data_type)


_FAST: dict[str, Callable[[Sequence[Any], pa.DataType], pa.Array]] = {
    "int": _plain,
    "float": _plain,
    "text": _plain_text,
    "bytes": _plain,
    "date": _from_text,
    "timestamp": _from_text,
}


def _bool(value: Any, field: pa.Field) -> bool:
    if value not in (0, 1):
        raise ValueError(value)
    return bool(value)


def _int(value: Any, field: pa.Field) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return value


def _float(value: Any, field: pa.Field) -> float:
    if isinstance(value, str) and value != "NaN":
        raise ValueError(value)
    return float(value)


def _decimal(value: Any, field: pa.Field) -> Decimal:
    exact = Decimal(format(value, ".15g")) if isinstance(value, float) else Decimal(value)
    # Decimal arithmetic rounds to its context's 28 digits, so the digits are looked at instead.
    sign, digits, exponent = exact.as_tuple()
    if not isinstance(exponent, int):
        raise ValueError(value)
    missing = field.type.scale + exponent
    if missing < 0 and any(digits[missing:]):
        raise ValueError(value)
    kept = digits[:missing] if missing < 0 else (*digits, *(0,) * missing)
    return Decimal((sign, kept or (0,), -field.type.scale))


def _text(value: Any, field: pa.Field) -> str:
    if isinstance(value, bytes):
        return str(uuid.UUID(bytes=value)) if logical(field) == "uuid" else value.decode()
    return str(value)


def _bytes(value: Any, field: pa.Field) -> bytes:
    if isinstance(value, str):
        return value.encode()
    if not isinstance(value, bytes):
        raise TypeError(value)
    return value


def _date(value: Any, field: pa.Field) -> date:
    moment = datetime.fromisoformat(value)
    if moment.time() != time(0):
        raise ValueError(value)
    return moment.date()


def _time(value: Any, field: pa.Field) -> time:
    return time.fromisoformat(value)


def _timestamp(value: Any, field: pa.Field) -> datetime:
    if isinstance(value, int):
        moment = datetime.fromtimestamp(value, UTC)
    else:
        moment = datetime.fromisoformat(value)
    known = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return known.astimezone(UTC) if field.type.tz else known.astimezone(UTC).replace(tzinfo=None)


def _interval(value: Any, field: pa.Field) -> tuple[int, int, int]:
    found = _INTERVAL.fullmatch(value)
    if found is None:
        raise ValueError(value)
    return int(found[1]), int(found[2]), int(Decimal(found[3]).scaleb(9))


_SLOW: dict[str, Callable[[Any, pa.Field], Any]] = {
    "bool": _bool,
    "int": _int,
    "float": _float,
    "decimal": _decimal,
    "text": _text,
    "bytes": _bytes,
    "date": _date,
    "time": _time,
    "timestamp": _timestamp,
    "interval": _interval,
}
