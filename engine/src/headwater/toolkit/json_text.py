"""Nested Arrow values as JSON text and back: how systems without lists and structs keep them.

What JSON has no form for is text inside it: dates and times in ISO 8601, decimals in full, bytes in base64 (RFC 4648);
NaN and the infinities are the tokens NaN, Infinity, -Infinity. `decode` gives back exactly what `encode` was given.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa


def encode(value: object) -> str | None:
    if value is None:
        return None
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return list(value) if isinstance(value, tuple) else str(value)


def decode(text: str | None, data_type: pa.DataType) -> object:
    return None if text is None else _typed(json.loads(text), data_type)


def _typed(value: Any, data_type: pa.DataType) -> object:
    if value is None:
        return None
    if pa.types.is_list(data_type) and isinstance(value, Sequence):
        return [_typed(item, data_type.value_type) for item in value]
    if pa.types.is_struct(data_type) and isinstance(value, Mapping):
        return {field.name: _typed(value.get(field.name), field.type) for field in data_type}
    if pa.types.is_binary(data_type):
        return base64.b64decode(value)
    if pa.types.is_decimal(data_type):
        return Decimal(value)
    if pa.types.is_timestamp(data_type):
        return datetime.fromisoformat(value)
    if pa.types.is_date(data_type):
        return date.fromisoformat(value)
    if pa.types.is_time(data_type):
        return time.fromisoformat(value)
    return tuple(value) if pa.types.is_interval(data_type) else value
