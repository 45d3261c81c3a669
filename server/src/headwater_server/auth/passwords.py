"""Passwords: Argon2id, with the parameters OWASP names first for it.

Source: RFC 9106; OWASP Password Storage Cheat Sheet (m = 46 MiB, t = 1, p = 1).
"""

from __future__ import annotations

import asyncio
import secrets

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

MIN_CHARS, MAX_CHARS = 10, 200
_MEMORY_KIB, _ROUNDS, _LANES = 46 * 1024, 1, 1
# What a sign-in without a user is compared with, so that it takes as long as any other.
_NOBODY = "$argon2id$v=19$m=47104,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$vT0mR5NvV9fF0vB2y6vH0S2JcA8oXr7y3m1q0k0hY9A"
_at_a_time = asyncio.Semaphore(2)


async def hash_password(password: str) -> str:
    """The PHC text of a password."""
    async with _at_a_time:
        return await asyncio.to_thread(_hash, password)


async def is_password(password: str, hashed: str | None) -> bool:
    """Whether it is; takes the same time when there is none."""
    async with _at_a_time:
        matches = await asyncio.to_thread(_verify, password, hashed or _NOBODY)
    return matches and hashed is not None


def _hash(password: str) -> str:
    kdf = Argon2id(salt=secrets.token_bytes(16), length=32, iterations=_ROUNDS, lanes=_LANES, memory_cost=_MEMORY_KIB)
    return kdf.derive_phc_encoded(password.encode())


def _verify(password: str, hashed: str) -> bool:
    try:
        Argon2id.verify_phc_encoded(password.encode(), hashed)
    except (InvalidKey, ValueError):
        return False
    return True
