"""`encrypt` and its way back. A sealed value reads `hw1.<key version>.<base64url of nonce, AES-GCM text and tag>`.

The nonce is random; a deterministic value's nonce is the HMAC of the value, so equal values look alike and two
different ones share a nonce only by a chance of 2⁻⁹⁶ (the idea of RFC 5297, with the authenticated cipher of NIST
SP 800-38D). Random nonces bear 2³² values under one key, says section 8.3 there: change the key before.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from headwater.sdk.errors import DataError
from headwater.toolkit.privacy.aes import Sealed
from headwater.toolkit.privacy.distinct import per_distinct, text_of
from headwater.toolkit.privacy.keys import derived, key_bytes
from headwater.toolkit.privacy.methods import Encrypt

_MARK = "hw1"
_NONCE_BYTES = 12


class Seals:
    """Sealed values of one column."""

    def __init__(self, method: Encrypt) -> None:
        key = key_bytes(method.sure_key)
        self._sealed = Sealed(derived(key, "encrypt"))
        self._nonce_key = derived(key, f"encrypt nonce:{method.domain}") if method.deterministic else None
        self._domain = method.domain.encode()
        self._start = f"{_MARK}.{method.key_version}."

    def of_column(self, column: pa.Array) -> pa.Array:
        if self._nonce_key is not None:
            return per_distinct(column, self.of, pa.string())
        filled = iter(self.of(column.drop_null().to_pylist()))
        return pa.array([next(filled) if valid else None for valid in column.is_valid().to_pylist()], pa.string())

    def of(self, values: Sequence[Any]) -> list[str]:
        return [self._one(value if isinstance(value, bytes) else text_of(value).encode()) for value in values]

    def _one(self, clear: bytes) -> str:
        if self._nonce_key is None:
            nonce = os.urandom(_NONCE_BYTES)
        else:
            nonce = hmac.digest(self._nonce_key, clear, "sha256")[:_NONCE_BYTES]
        return self._start + base64.urlsafe_b64encode(self._sealed.seal(nonce, clear, self._domain)).decode()


def version_of(text: str) -> str:
    """The version of the key that a sealed value needs. Raises DataError for another text."""
    return _parts(text)[0]


def opened(text: str, keys: Mapping[str, bytes], domain: str = "") -> bytes:
    """`keys` are those given to `encrypt`, by their versions. Raises DataError."""
    version, sealed = _parts(text)
    if version not in keys:
        raise DataError(
            f"the value was encrypted with the key version {version!r}",
            hint=f"known here: {', '.join(sorted(keys)) or 'none'}",
            code="data.not_decrypted",
        )
    return Sealed(derived(keys[version], "encrypt")).open(sealed, domain.encode())


def _parts(text: str) -> tuple[str, bytes]:
    mark, _, rest = text.partition(".")
    version, _, body = rest.partition(".")
    try:
        sealed = base64.b64decode(body.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        sealed = b""
    if mark != _MARK or len(sealed) <= _NONCE_BYTES:
        raise DataError(
            "this is no value that `encrypt` made",
            hint=f"such a value begins with {_MARK}. and the version of its key",
            code="data.not_decrypted",
        )
    return version, sealed
