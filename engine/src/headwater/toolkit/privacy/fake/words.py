"""What a locale's invented data is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Draw = Callable[[int], int]
"""A number from 0 up to, not including, n: the next of a value's own row of numbers."""


@dataclass(frozen=True, slots=True)
class Words:
    """Lists only grow at major versions: another length makes other values of all inputs."""

    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    cities: tuple[str, ...]
    streets: tuple[str, ...]
    company_words: tuple[str, ...]
    company_forms: tuple[str, ...]
    country: str
    street: Callable[[str, int], str]
    postcode: Callable[[Draw], str]
    phone: Callable[[Draw], str]
    account: Callable[[Draw], str]


def listed(text: str) -> tuple[str, ...]:
    """Items are separated by commas."""
    return tuple(" ".join(item.split()) for item in text.split(","))


def digits(draw: Draw, count: int) -> str:
    return str(draw(10**count)).zfill(count)
