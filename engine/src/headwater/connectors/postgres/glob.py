"""A glob as a POSIX regular expression that PostgreSQL matches: `*`, `?` and `[…]` as in fnmatch, case-sensitive."""

from __future__ import annotations

import re


def posix_regex(pattern: str) -> str:
    parts: list[str] = []
    rest = pattern
    while rest:
        first, rest = rest[0], rest[1:]
        group = re.match(r"(!?)(\]?[^\]]*)\]", rest) if first == "[" else None
        if first == "*":
            parts.append(".*")
        elif first == "?":
            parts.append(".")
        elif group:
            inside = group[2].replace("\\", "\\\\")
            parts.append(f"[{'^' if group[1] else ''}{inside}]")
            rest = rest[group.end() :]
        else:
            parts.append(re.escape(first))
    return f"^{''.join(parts)}$"
