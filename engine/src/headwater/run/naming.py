"""File and folder names made of names that people and databases chose."""

from __future__ import annotations

from hashlib import blake2s
from urllib.parse import quote

LONGEST = 150


def file_name(text: str) -> str:
    """One path part, the same for the same text, another for another: never a way out of its folder, never too long."""
    quoted = quote(text, safe="")
    if quoted.strip(".") and len(quoted) <= LONGEST:
        return quoted
    return f"{quoted.strip('.')[: LONGEST // 2]}~{blake2s(text.encode(), digest_size=8).hexdigest()}"
