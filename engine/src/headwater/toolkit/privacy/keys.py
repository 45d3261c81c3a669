"""Keys: what a person may give as one, and how each method gets a key of its own from it.

A method never uses the given key for two purposes: all but a plain `hash` derive theirs by HMAC-SHA-256 over the
purpose. `hash` without a domain is plain HMAC-SHA-256 (RFC 2104) with the given key, so that any other tool can make
the same token.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from hashlib import sha256
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from headwater.sdk.config import Secret

MIN_BYTES = 16
_BLOCK = 64
_HOW = (
    "make one with `python -c 'import secrets; print(secrets.token_urlsafe(32))'`, keep it outside the project file, "
    'and name it here: key: "${secret:pii_key}"'
)


def key_bytes(key: Secret) -> bytes:
    """`hex:…` and `base64:…` are decoded, any other text is its UTF-8. Raises ValueError for what cannot be decoded."""
    text = key.get_secret_value()
    if text.startswith("hex:"):
        return bytes.fromhex(text.removeprefix("hex:"))
    if text.startswith("base64:"):
        return base64.b64decode(text.removeprefix("base64:"), validate=True)
    return text.encode()


def derived(key: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose. Equal keys and purposes give equal bytes, and no other way leads to them."""
    return hmac.digest(key, f"headwater:{purpose}".encode(), "sha256")


def pads(key: bytes) -> tuple[bytes, bytes]:
    """The inner and outer pad of HMAC-SHA-256 (RFC 2104, section 2): 64 bytes each."""
    padded = (key if len(key) <= _BLOCK else sha256(key).digest()).ljust(_BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in padded), bytes(byte ^ 0x5C for byte in padded)


def missing_key(method: str, column: str) -> PydanticCustomError:
    text = f"{method} of {column!r} needs a key, its own or one for the whole step"
    key = f"columns.{column}" if column.isidentifier() else "columns"
    return PydanticCustomError("missing_key", "{text}", {"text": text, "hint": _HOW, "key": key})


def checked(key: Secret) -> Secret:
    try:
        length = len(key_bytes(key))
    except (ValueError, binascii.Error):
        raise PydanticCustomError(
            "weak_key",
            "{text}",
            {"text": "the key cannot be decoded", "hint": "after `hex:` or `base64:` stands just that"},
        ) from None
    if length < MIN_BYTES:
        text = f"the key has {length} bytes, and needs at least {MIN_BYTES}"
        raise PydanticCustomError("weak_key", "{text}", {"text": text, "hint": _HOW})
    return key


OptionalKey = Annotated[
    Annotated[Secret, AfterValidator(checked)] | None,
    Field(
        title="Key",
        description="At least 16 bytes; `hex:…` and `base64:…` are decoded. Without one, the key of the whole step.",
        examples=["${secret:pii_key}"],
    ),
]
