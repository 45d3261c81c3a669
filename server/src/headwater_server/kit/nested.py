"""Values deep in a JSON document, by path."""

from __future__ import annotations

from typing import Any

from headwater.spec.paths import Path

ABSENT = object()


def value_at(document: Any, path: Path) -> Any:
    """The value, or ABSENT."""
    found: Any = document
    for part in path:
        is_key = isinstance(found, dict) and part in found
        if not is_key and not (isinstance(found, list) and isinstance(part, int) and part < len(found)):
            return ABSENT
        found = found[part]  # pyright: ignore[reportCallIssue, reportArgumentType] - a key, or an index: seen above
    return found


def with_value(document: Any, path: Path, value: Any) -> Any:
    """A copy that has the value there; its parent must exist."""
    return _changed(document, path, value)


def without_value(document: Any, path: Path) -> Any:
    """A copy that has no such key; an item of a list becomes null, so that its neighbours keep their places."""
    return _changed(document, path, ABSENT)


def _changed(document: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(document, list) and isinstance(first, int):
        below = _changed(document[first], rest, value)
        return [*document[:first], None if below is ABSENT else below, *document[first + 1 :]]
    found = dict(document)
    below = _changed(found.get(str(first), {}), rest, value)
    if below is ABSENT:
        found.pop(str(first), None)
    else:
        found[str(first)] = below
    return found
