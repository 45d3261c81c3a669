"""Names and literals as SQL text, for the places where PostgreSQL takes no bound values (COPY, DDL).

Source: PostgreSQL manual, 4.1 Lexical Structure; every session here has standard_conforming_strings on.
"""

from __future__ import annotations

from collections.abc import Iterable

from headwater.sdk.errors import ConfigError

IDENTIFIER_BYTES = 63


def name(text: str) -> str:
    """A quoted identifier. Raises ConfigError for names that PostgreSQL cannot have."""
    size = len(text.encode())
    if not text or "\0" in text or size > IDENTIFIER_BYTES:
        raise ConfigError(
            f"{text!r} cannot be a name in PostgreSQL ({size} bytes)",
            hint=f"names have 1 to {IDENTIFIER_BYTES} bytes and no NUL: rename it in the pipeline",
            code="postgres.invalid_name",
        )
    return '"' + text.replace('"', '""') + '"'


def names(texts: Iterable[str], *, of: str = "") -> str:
    """Quoted identifiers with commas between; `of` is a table alias to put before each."""
    prefix = f"{of}." if of else ""
    return ", ".join(prefix + name(text) for text in texts)


def literal(text: str) -> str:
    """A string literal. The text must hold no NUL, which no PostgreSQL text can hold either."""
    return "'" + text.replace("'", "''") + "'"
