"""Documents as the API takes and gives them: JSON objects of a sane shape, before anything else looks at them.

Promises: no NUL, no half characters, no NaN, at most 50 levels and 200,000 values; so neither PostgreSQL nor a
recursive reader can be made to fail by one.
"""

from __future__ import annotations

import math
import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field

MAX_DEPTH, MAX_VALUES = 50, 200_000
_UNSPEAKABLE = re.compile("[\x00\ud800-\udfff]")


def _sane(document: dict[str, Any]) -> dict[str, Any]:
    left: list[tuple[Any, int]] = [(document, 0)]
    seen = 0
    while left:
        value, depth = left.pop()
        seen += 1
        if depth > MAX_DEPTH:
            raise ValueError(f"values are nested deeper than {MAX_DEPTH} levels")
        if seen > MAX_VALUES:
            raise ValueError(f"holds more than {MAX_VALUES:,} values")
        match value:
            case str():
                speakable(value)
            case float() if not math.isfinite(value):
                raise ValueError("holds a number that is not finite")
            case dict():
                for key, item in value.items():
                    speakable(key)
                    left.append((item, depth + 1))
            case list():
                left.extend((item, depth + 1) for item in value)
            case _:
                pass
    return document


def speakable(text: str) -> str:
    """Raises ValueError for a text with a NUL or half a character in it."""
    if _UNSPEAKABLE.search(text):
        raise ValueError("holds a character that no text can have: NUL, or half of a pair")
    return text


Document = Annotated[dict[str, Any], AfterValidator(_sane)]
Text = Annotated[str, AfterValidator(speakable)]
Description = Annotated[str, AfterValidator(speakable), Field(max_length=2000)]
