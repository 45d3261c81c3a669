"""Paths into a project: `pipelines.orders.sources[0].streams[1].mode`, as text and as tuples.

A key that holds anything but letters, digits, `_` and `-` stands in double quotes, JSON style:
`connectors."a.b".config`.
"""

from __future__ import annotations

import json
import re

Path = tuple[str | int, ...]

_BARE = re.compile(r"[\w-]+\Z")
_PART = re.compile(
    r"""(?P<dot>\.)?(?:(?P<double>"(?:[^"\\]|\\.)*")|'(?P<single>[^']*)'|(?P<bare>[^.\[\]"'=]+))|\[(?P<index>\d+)\]"""
)


class BadPath(ValueError):
    """A path that cannot be read; the text says why."""


def dotted(path: Path) -> str:
    """The path as people write it; the empty path is the file itself."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
            continue
        name = part if _BARE.match(part) else json.dumps(part, ensure_ascii=False)
        text += f".{name}" if text else name
    return text


def read_path(text: str) -> tuple[Path, str]:
    """Split `path=rest` or `path` into the path and what stands behind it, the `=` included.

    Raises BadPath.
    """
    parts: list[str | int] = []
    at = 0
    while at < len(text) and text[at] != "=":
        found = _PART.match(text, at)
        if found is None or (found["index"] is None and bool(found["dot"]) != bool(parts)):
            raise BadPath(f"cannot read {text[at:]!r} as part of a path")
        parts.append(_part(found))
        at = found.end()
    if not parts:
        raise BadPath("the path is empty")
    return tuple(parts), text[at:]


def _part(found: re.Match[str]) -> str | int:
    if found["index"] is not None:
        return int(found["index"])
    if found["double"] is not None:
        try:
            return str(json.loads(found["double"]))
        except ValueError as error:
            raise BadPath(f"{found['double']} is not a quoted name") from error
    return found["single"] if found["single"] is not None else found["bare"].strip()
