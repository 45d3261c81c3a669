"""Checks of a rule's fields, in the words of a project file's problems."""

from __future__ import annotations

from typing import TypeVar

from pydantic_core import PydanticCustomError

from headwater.sdk.errors import ConfigError
from headwater.toolkit.arrow_types import LOGICAL, parse_type
from headwater.toolkit.expressions.formats import date_format
from headwater.toolkit.expressions.patterns import Pattern

T = TypeVar("T")


def wrong(message: str, hint: str | None = None) -> PydanticCustomError:
    """A problem of the value at hand. pydantic formats messages with braces."""
    context = {"text": message} if hint is None else {"text": message, "hint": hint}
    return PydanticCustomError("wrong_value", "{text}", context)


def need_bound(rule: T, low: object, high: object) -> T:
    if low is None and high is None:
        raise wrong("needs `min` or `max`, or both", "for example min: 0")
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        raise wrong("`min` is greater than `max`: no value could pass", "exchange them")
    return rule


def known_type(text: str) -> str:
    try:
        parse_type(text)
    except ConfigError as error:
        raise wrong(error.message, error.hint) from None
    if text.strip().lower() in LOGICAL:
        raise wrong(
            f"{text} is text in a pipeline, which nothing can be cast to", "use a rule for texts: uuid, ip, regex"
        )
    return text


def known_pattern(text: str) -> str:
    """RE2 takes it and Java reads it alike; patterns that explode do not exist there."""
    try:
        Pattern(text)
    except ConfigError as error:
        raise wrong(error.message, error.hint) from None
    return text


def known_date_format(text: str) -> str:
    try:
        found = date_format(text)
    except ConfigError as error:
        raise wrong(error.message, error.hint) from None
    if not found.is_whole_date:
        raise wrong("a format to read a date with needs %Y, %m and %d", "for example %d.%m.%Y")
    return text
