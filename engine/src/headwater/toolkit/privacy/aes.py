"""AES-256, from the package `cryptography`. Only two methods need it, so it may be absent until one is used."""

from __future__ import annotations

from collections.abc import Callable

from headwater.sdk.errors import ConfigError, DataError

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers import Cipher, aead, algorithms, modes
except ModuleNotFoundError:
    Cipher = aead = algorithms = modes = None
    InvalidTag = ValueError


def blocks(key: bytes) -> Callable[[bytes], bytes]:
    """Encrypts any number of blocks of 16 bytes, each by itself. Raises ConfigError without the package."""
    if Cipher is None or algorithms is None or modes is None:
        raise _absent("tokenize")
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update


class Sealed:
    """AES-GCM (NIST SP 800-38D) with a nonce of 12 bytes in front of the text and 16 bytes of proof behind it."""

    def __init__(self, key: bytes) -> None:
        if aead is None:
            raise _absent("encrypt")
        self._gcm = aead.AESGCM(key)

    def seal(self, nonce: bytes, clear: bytes, bound: bytes) -> bytes:
        """`bound` is not in the result, but opening it needs the same."""
        return nonce + self._gcm.encrypt(nonce, clear, bound)

    def open(self, sealed: bytes, bound: bytes) -> bytes:
        """Raises DataError when the key is another, or a byte was changed."""
        try:
            return self._gcm.decrypt(sealed[:12], sealed[12:], bound)
        except (InvalidTag, ValueError):
            raise DataError(
                "a value cannot be decrypted with this key",
                hint="is it the key, and the domain, that it was encrypted with? was it cut or changed?",
                code="data.not_decrypted",
            ) from None


def _absent(method: str) -> ConfigError:
    return ConfigError(
        f"{method} needs the package cryptography, which is not installed",
        hint="pip install 'headwater[anonymize]'",
        code="config.missing_package",
    )
