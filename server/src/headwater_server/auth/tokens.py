"""Random tokens: how they look, and what of them is kept.

32 random bytes need no slow hash: SHA-256 of them can be neither guessed nor reversed.
"""

from __future__ import annotations

import hashlib
import secrets

API_PREFIX = "hw_"


def new_token(prefix: str = "") -> str:
    return prefix + secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def token_hint(token: str) -> str:
    """Enough to tell tokens apart in a list."""
    return f"{token[: len(API_PREFIX) + 4]}…{token[-4:]}"
