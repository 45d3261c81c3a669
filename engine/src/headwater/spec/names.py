"""Globs over stream names, and templates that make table names of them.

A glob knows `*` (any text, dots and slashes too), `?` and `[…]`, and minds case. A template knows `{name}`
(the last part of the stream's name), `{schema}` (what stands before it) and `{stream}` (all of it); the
last part is what follows the last slash, or the last dot where there is no slash.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from fnmatch import fnmatchcase

PLACEHOLDERS = ("name", "schema", "stream")


def is_glob(pattern: str) -> bool:
    return any(sign in pattern for sign in "*?[")


def matches(pattern: str, name: str) -> bool:
    """Whether the stream is meant: by its very name, or by a glob."""
    return pattern == name or (is_glob(pattern) and fnmatchcase(name, pattern))


def best_match(patterns: Sequence[str], name: str) -> int | None:
    """The index of the pattern that decides: the stream's very name, else the first glob that matches."""
    if name in patterns:
        return patterns.index(name)
    return next((index for index, pattern in enumerate(patterns) if matches(pattern, name)), None)


def placeholders(template: str) -> tuple[str, ...]:
    """The placeholders of a template, in order. Raises ValueError when its braces do not pair up."""
    parsed = string.Formatter().parse(template)
    return tuple(name for _, name, _, _ in parsed if name is not None)


def render(template: str, stream: str) -> str:
    """The name a template gives a stream; `{schema}.` leaves no dot behind where there is no schema."""
    separator = "/" if "/" in stream else "."
    schema, _, name = stream.rpartition(separator)
    text = template if schema else template.replace("{schema}.", "").replace("{schema}/", "")
    return text.format_map({"name": name, "schema": schema, "stream": stream})
