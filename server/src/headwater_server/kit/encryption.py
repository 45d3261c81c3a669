"""Seals secret values for the database: AES-256-GCM under a key derived from the server's secret key.

Promises: a sealed text opens only in the context it was sealed in (a row's text moved to another row does not); each
sealing has a fresh nonce; earlier keys still open what they sealed, and new sealings use the newest.
Source: NIST SP 800-38D (AES-GCM), RFC 5869 (HKDF).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from headwater.sdk.errors import ConfigError

PREFIX = "hw1:"
_NONCE_BYTES, _ID_BYTES = 12, 4


class WrongKey(ConfigError):
    """A sealed value that none of the keys opens."""

    code = "settings.wrong_secret_key"


class Sealer:
    """Seals with the first key, opens with any."""

    def __init__(self, key: str, previous: Sequence[str] = ()) -> None:
        self._keys = {key_id(text): AESGCM(_derived(text)) for text in (*reversed(previous), key)}
        self._newest = key_id(key)

    @property
    def key_id(self) -> str:
        """Says which key is the newest, and nothing about it: four bytes of a hash, in hex."""
        return self._newest.hex()

    def seal(self, text: str, context: str) -> str:
        """`hw1:` and base64 of key id, nonce and ciphertext."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._keys[self._newest].encrypt(nonce, text.encode(), context.encode())
        return PREFIX + base64.b64encode(self._newest + nonce + sealed).decode()

    def unseal(self, sealed: str, context: str) -> str:
        """Raises WrongKey."""
        try:
            raw = base64.b64decode(sealed.removeprefix(PREFIX), validate=True)
        except binascii.Error as error:
            raise WrongKey("a sealed value is damaged", hint="restore it from a backup, or set it anew") from error
        identity, nonce, body = (
            raw[:_ID_BYTES],
            raw[_ID_BYTES : _ID_BYTES + _NONCE_BYTES],
            raw[_ID_BYTES + _NONCE_BYTES :],
        )
        key = self._keys.get(identity)
        try:
            if key is not None:
                return key.decrypt(nonce, body, context.encode()).decode()
        except (InvalidTag, ValueError):
            pass
        raise WrongKey(
            "a value in the database was sealed with another secret key",
            hint="start with the key of this database, or name it in HEADWATER_PREVIOUS_SECRET_KEYS",
        )

    def is_current(self, sealed: str) -> bool:
        """Whether the newest key sealed it; if not, rotation has still to come by."""
        return base64.b64decode(sealed.removeprefix(PREFIX))[:_ID_BYTES] == self._newest


def key_id(key: str) -> bytes:
    return hashlib.sha256(b"headwater key id:" + key.encode()).digest()[:_ID_BYTES]


def _derived(key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"headwater sealed values 1").derive(key.encode())
