"""Large answers, written in one go: models as they are, and text that is JSON already, which nobody reads on its way.

FastAPI would look at each value once more before it writes it, and knows no text that is JSON. Documents that people
wrote may hold numbers that do not fit into 64 bits, and are left to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import Response
from orjson import OPT_PASSTHROUGH_DATACLASS, OPT_UTC_Z, Fragment, dumps
from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Raw:
    """A text that is JSON."""

    text: str


def answer(content: BaseModel) -> Response:
    """What FastAPI would make of a model that is right; a test of each such route holds it against that."""
    return Response(dumps(content, _written, OPT_UTC_Z | OPT_PASSTHROUGH_DATACLASS), media_type="application/json")


def _written(value: Any) -> Any:
    match value:
        case Raw():
            return Fragment(value.text)
        case BaseModel():
            return vars(value)
        case _:
            raise TypeError(f"{type(value).__name__} cannot be written as JSON")
