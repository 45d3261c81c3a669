"""Pages of a list by keyset: `after` is where the last page ended, so nothing is skipped or seen twice while rows come
and go.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from headwater_server.kit.problems import Invalid

T = TypeVar("T")
R = TypeVar("R")

DEFAULT_LIMIT, MAX_LIMIT = 50, 500


class Page(BaseModel, Generic[T]):
    """Some of a list. `next` is the `after` of the following page; null at the end."""

    items: list[T]
    next: str | None = Field(description="Give it as `after` to get the next page; null: this is the last one.")


class Cursor:
    """An opaque text around the values that order the list: strings, whole numbers, null."""

    @staticmethod
    def encode(*values: str | int | None) -> str:
        return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")

    @staticmethod
    def decode(text: str, *kinds: type[str] | type[int]) -> tuple[Any, ...]:
        """The values, which must be of these kinds. Raises Invalid."""
        try:
            raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
            values = json.loads(raw)
        except (ValueError, UnicodeError, binascii.Error, RecursionError) as error:
            raise _bad_cursor() from error
        if not isinstance(values, list) or len(values) != len(kinds):
            raise _bad_cursor()
        if not all(isinstance(value, kind) for value, kind in zip(values, kinds, strict=True)):
            raise _bad_cursor()
        return tuple(values)


def _bad_cursor() -> Invalid:
    return Invalid(
        "'after' is no cursor of this list", hint="take `next` of the page before", code="request.bad_cursor"
    )


@dataclass(frozen=True, slots=True)
class PageRequest:
    """How much of a list, and from where."""

    limit: int
    after: str | None


async def page_query(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="At most this many items.")] = DEFAULT_LIMIT,
    after: Annotated[str | None, Query(max_length=2000, description="`next` of the page before.")] = None,
) -> PageRequest:
    return PageRequest(limit, after)


PageQuery = Annotated[PageRequest, Depends(page_query)]


def page_of(rows: Sequence[R], limit: int, item: Callable[[R], T], cursor: Callable[[R], str]) -> Page[T]:
    """A page of rows that were fetched with `limit + 1`: the one too many says that there are more."""
    shown = rows[:limit]
    following = cursor(shown[-1]) if len(rows) > limit else None
    return Page(items=[item(row) for row in shown], next=following)
