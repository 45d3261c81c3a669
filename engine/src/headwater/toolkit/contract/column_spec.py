"""Plain data of a contract file → a column, with errors that name file and column."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from headwater.sdk.errors import ConfigError
from headwater.toolkit.rules.column import ColumnSpec


def column_spec(data: Mapping[str, object], place: str) -> ColumnSpec:
    """Raises ConfigError."""
    try:
        return ColumnSpec.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        context = first.get("ctx") or {}
        message = str(context.get("text") or first["msg"])
        raise ConfigError(
            f"{place}{f'.{where}' if where else ''}: {message}",
            hint=str(context.get("hint") or "see the keys of a column of the schema processor"),
            code="config.invalid_contract",
        ) from error


def said(data: Mapping[str, object]) -> Mapping[str, object]:
    """Without the keys that have no value."""
    return {key: value for key, value in data.items() if value is not None}


def unsupported(place: str, what: str, hint: str) -> ConfigError:
    """What a contract asks for and nobody would check is an error, not a gap."""
    return ConfigError(f"{place}: {what} cannot be checked here", hint=hint, code="config.unsupported_contract")


def mapping(value: object, place: str) -> Mapping[str, object]:
    if isinstance(value, Mapping):
        return {str(key): item for key, item in value.items()}
    raise ConfigError(f"{place}: a mapping is expected here", hint="see the format", code="config.invalid_contract")


def listing(value: object, place: str) -> list[object]:
    if isinstance(value, list):
        return list(value)
    raise ConfigError(f"{place}: a list is expected here", hint="see the format", code="config.invalid_contract")
