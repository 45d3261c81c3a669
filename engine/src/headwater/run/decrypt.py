"""Undo what `anonymize` encrypted or tokenized, for whoever has the key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from headwater.sdk.config import Secret
from headwater.sdk.errors import ConfigError
from headwater.spec.references import Resolver
from headwater.toolkit.privacy.encrypting import opened
from headwater.toolkit.privacy.keys import checked, key_bytes
from headwater.toolkit.privacy.methods import Tokenize
from headwater.toolkit.privacy.tokenizing import Tokens

_KEY = re.compile(r"(?:(?P<version>[A-Za-z0-9_-]+)=)?(?P<reference>(?:env|file|secret):.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """As they stand in the project file. Raises nothing; `undo` does."""

    alphabet: str
    separators: str
    keep_first: int = 0
    keep_last: int = 0


def keys_from(texts: Sequence[str], directory: Path) -> dict[str, Secret]:
    """`2=env:PII_KEY` → version and key. Raises ConfigError for what is no reference, or leads to no good key."""
    resolver = Resolver.local(directory)
    found: dict[str, Secret] = {}
    for text in texts:
        match = _KEY.fullmatch(text)
        if match is None:
            # It may be the key itself, so it is not shown.
            raise ConfigError(
                "a key is given by where it is: env:NAME, file:/path or secret:NAME",
                hint="for example --key env:PII_KEY, or --key 2=file:/run/secrets/pii",
                code="config.bad_reference",
            )
        try:
            found[match["version"] or "1"] = checked(Secret(resolver.resolve(f"${{{match['reference']}}}")))
        except ValueError as error:
            raise ConfigError(f"--key {match['reference']}: {error}", code="config.weak_key") from None
    return found


def undo(keys: Mapping[str, Secret], domain: str, tokens: TokenSettings | None = None) -> Callable[[str], bytes]:
    """The way back for one text; an empty text stays empty. Raises ConfigError, and when called DataError."""
    if tokens is None:
        known = {version: key_bytes(key) for version, key in keys.items()}
        return lambda text: opened(text, known, domain) if text else b""
    if len(keys) != 1:
        raise ConfigError(
            "tokens do not say which key made them", hint="give one --key", code="config.conflicting_keys"
        )
    (key,) = keys.values()
    method = Tokenize(
        method="tokenize",
        key=key,
        domain=domain,
        alphabet=tokens.alphabet,
        separators=tokens.separators,
        keep_first=tokens.keep_first,
        keep_last=tokens.keep_last,
    )
    maker = Tokens(method, place="--alphabet")
    return lambda text: maker.undone([text])[0].encode()
