"""Durations and sizes as people write them: `90s`, `1h30m`, `512MB`, `2GiB`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w)\s*)+\Z")
_NUMBER = re.compile(r"\d+(?:\.\d+)?\Z")
_BYTES = {
    "": 1,
    "K": 10**3,
    "M": 10**6,
    "G": 10**9,
    "T": 10**12,
    "KI": 2**10,
    "MI": 2**20,
    "GI": 2**30,
    "TI": 2**40,
}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?I?)B?\Z", re.IGNORECASE)


def seconds(text: str) -> float | None:
    """The length of `1h30m` in seconds; None when the text is no duration."""
    stripped = text.strip()
    if not _DURATION.match(stripped):
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in _DURATION_PART.findall(stripped))


def duration_text(value: timedelta) -> str:
    """The shortest text that `seconds` reads back."""
    left = round(value.total_seconds() * 1000)
    text = ""
    for unit in ("d", "h", "m", "s", "ms"):
        count, left = divmod(left, round(_SECONDS[unit] * 1000))
        text += f"{count}{unit}" if count else ""
    return text or "0s"


def _read_duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    length = seconds(value) if isinstance(value, str) else None
    if length is None:
        raise PydanticCustomError(
            "wrong_value",
            "should be a duration",
            {"hint": "a number with its unit: 500ms, 90s, 15m, 1h30m, 2d"},
        )
    return timedelta(seconds=length)


def _read_lag(value: object) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    length = seconds(value) if isinstance(value, str) else None
    if isinstance(value, str) and _NUMBER.match(value):
        return float(value)
    if length is None:
        raise PydanticCustomError(
            "wrong_value",
            "should be a duration or a number",
            {"hint": "15m for a time, 1000 for a numeric cursor"},
        )
    return length


def _read_size(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = _SIZE.match(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise PydanticCustomError(
            "wrong_value", "should be a size", {"hint": "a number with its unit: 512MB, 2GB, 1.5GiB"}
        )
    return int(float(found[1]) * _BYTES[found[2].upper()])


_DURATION_SCHEMA = {
    "type": "string",
    "pattern": r"^(\d+(\.\d+)?(ms|s|m|h|d|w)\s*)+$",
    "examples": ["30s", "15m", "1h30m"],
}
_SIZE_SCHEMA = {
    "anyOf": [
        {"type": "integer", "minimum": 0},
        {"type": "string", "pattern": r"^\d+(\.\d+)?\s*[kKmMgGtT]?[iI]?[bB]?$"},
    ],
    "examples": ["512MB", "2GiB"],
}
_LAG_SCHEMA = {"anyOf": [{"type": "number", "minimum": 0}, _DURATION_SCHEMA], "examples": ["15m", 1000]}

Duration = Annotated[
    timedelta,
    BeforeValidator(_read_duration),
    PlainSerializer(duration_text, return_type=str),
    WithJsonSchema(_DURATION_SCHEMA),
]
Lag = Annotated[float, Field(ge=0, allow_inf_nan=False), BeforeValidator(_read_lag), WithJsonSchema(_LAG_SCHEMA)]
Bytes = Annotated[int, Field(ge=1), BeforeValidator(_read_size), WithJsonSchema(_SIZE_SCHEMA)]
