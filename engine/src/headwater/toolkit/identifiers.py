"""Names and values as DuckDB SQL text: the only place where either becomes part of a statement.

Nothing is trusted: an identifier is always quoted, a value always a literal. NUL, which no system here can store in a
name or a text, is refused. Source: DuckDB, "Keywords and Identifiers" and "Literal Types".
"""

from __future__ import annotations

from collections.abc import Iterable

from headwater.sdk.errors import ConfigError
from headwater.sdk.stream import Json


def quote_identifier(name: str) -> str:
    """`a"b` as `"a""b"`. Raises ConfigError for an empty name or one with NUL."""
    if not name:
        raise ConfigError("a name is empty", hint="name the column or table", code="config.invalid_name")
    if "\0" in name:
        raise _nul(f"the name {name!r} holds a NUL character")
    return '"' + name.replace('"', '""') + '"'


def quote_path(parts: Iterable[str]) -> str:
    """`("s", "t")` as `"s"."t"`."""
    return ".".join(quote_identifier(part) for part in parts)


def quote_literal(value: Json) -> str:
    """A JSON value as a DuckDB literal: text in quotes, lists as `[…]`, objects as `{…}`, None as NULL."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        if "\0" in value:
            raise _nul(f"the value {value[:40]!r} holds a NUL character")
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, float):
        return f"CAST('{value!r}' AS DOUBLE)"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(quote_literal(item) for item in value) + "]"
    return "{" + ", ".join(f"{quote_literal(key)}: {quote_literal(item)}" for key, item in value.items()) + "}"


def _nul(message: str) -> ConfigError:
    return ConfigError(message, hint="take the NUL character out", code="config.nul_character")
