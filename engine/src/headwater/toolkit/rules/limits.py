"""Thresholds, shares and durations as people write them: `0.5%`, `1000`, `1h30m`."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from headwater.sdk.config import Shown

_PERCENT = re.compile(r"\d+(\.\d+)?%")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?[smhdw])+")
_PART = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")

Limit = (
    Annotated[int, Field(ge=0), Shown(title="Rows")]
    | Annotated[str, Field(pattern=r"^\d+(\.\d+)?%$"), Shown(title="Share, such as 1%")]
)
"""A number of rows, or a share of the rows read."""


def rows_of(limit: int | str | None) -> int | None:
    return limit if isinstance(limit, int) else None


def share_of(limit: int | str | None) -> float | None:
    return float(limit.removesuffix("%")) / 100 if isinstance(limit, str) else None


def _read_share(value: object) -> object:
    if isinstance(value, str) and _PERCENT.fullmatch(value.strip()):
        return float(value.strip().removesuffix("%")) / 100
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise PydanticCustomError("wrong_value", "should be a share", {"hint": "write 95% or 0.95"})


_SHARE_SCHEMA = {
    "anyOf": [
        {"type": "string", "pattern": r"^\d+(\.\d+)?%$", "title": "Share, such as 95%"},
        {"type": "number", "minimum": 0, "title": "Number, such as 0.95"},
    ],
    "examples": ["95%", 0.95],
}
Share = Annotated[float, Field(ge=0, allow_inf_nan=False), BeforeValidator(_read_share), WithJsonSchema(_SHARE_SCHEMA)]
"""A share: `95%` or 0.95."""


def _whole(value: float) -> float:
    if value > 1:
        raise PydanticCustomError("wrong_value", "should be at most 100%", {"hint": "write 95% or 0.95"})
    return value


ShareOfAll = Annotated[Share, AfterValidator(_whole)]


def _read_duration(value: object) -> object:
    text = value.replace(" ", "") if isinstance(value, str) else ""
    if not _DURATION.fullmatch(text):
        raise PydanticCustomError(
            "wrong_value", "should be a duration", {"hint": "a number with its unit: 90s, 15m, 24h, 1d12h, 2w"}
        )
    return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))


Seconds = Annotated[
    float,
    Field(gt=0),
    BeforeValidator(_read_duration),
    WithJsonSchema({"type": "string", "pattern": r"^(\d+(\.\d+)?[smhdw]\s*)+$", "examples": ["24h", "7d"]}),
]
"""A duration, in seconds."""
