"""The name under which another stream stands in the engine's database, for one step of one chain."""

from __future__ import annotations

from hashlib import blake2s


def side_table(stream: str, step: int, other: str) -> str:
    digest = blake2s(f"{stream}\0{step}\0{other}".encode(), digest_size=8).hexdigest()
    return f"__hw_side_{digest}"
