"""What every plugin's config must be: it is also the form, the docs and the JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import cast

from pydantic import BaseModel, SecretStr

from headwater.sdk.config import PluginConfig

_SENTINEL = "s3cr3t-that-nobody-may-see"
_SECRET_WORDS = ("password", "secret", "token", "api_key", "private_key", "passphrase")


def check_config(config_type: type[PluginConfig]) -> None:
    """Every field explains itself, the whole begins with an example, unknown keys are refused, a secret never shows."""
    assert issubclass(config_type, PluginConfig)
    assert config_type.model_config.get("extra") == "forbid", "a key that the config does not know must be an error"
    assert config_type.model_config.get("frozen") is True, "a config is a value"
    schema = config_type.model_json_schema()
    assert schema.get("description"), f"{config_type.__name__} has no docstring: it stands above the form"
    assert schema.get("examples"), f"{config_type.__name__} has no example: `json_schema_extra=example({{…}})`"
    for whole in cast("list[object]", schema["examples"]):
        config_type.model_validate(whole)
    for place, field in _fields(schema, config_type.__name__):
        assert field.get("title"), f"{place} has no title"
        assert field.get("description"), f"{place} has no description"
        told = any(key in field for key in ("default", "examples", "const", "enum"))
        assert told, f"{place} must be given, and has no example of what"
    secrets = _secret_fields(config_type)
    for name, field in cast(Mapping[str, Mapping[str, object]], schema.get("properties", {})).items():
        if any(word in name.lower() for word in _SECRET_WORDS):
            assert name in secrets, f"{config_type.__name__}.{name} looks like a secret and is no Secret"
        if name in secrets:
            assert '"format": "password"' in json.dumps(field), f"{config_type.__name__}.{name} is no password field"
    _check_hidden(config_type, secrets)


def _check_hidden(config_type: type[PluginConfig], secrets: tuple[str, ...]) -> None:
    config = config_type.model_construct(None, **{name: SecretStr(_SENTINEL) for name in secrets})
    shown = repr(config) + str(config) + str(config.model_dump())
    assert _SENTINEL not in shown, f"{config_type.__name__} shows a secret"


def _secret_fields(config_type: type[BaseModel]) -> tuple[str, ...]:
    return tuple(name for name, field in config_type.model_fields.items() if "SecretStr" in str(field.annotation))


def _fields(schema: Mapping[str, object], root: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Every property of the schema and of the models it refers to."""
    models = {root: schema, **cast(Mapping[str, Mapping[str, object]], schema.get("$defs", {}))}
    for model, body in models.items():
        for name, field in cast(Mapping[str, Mapping[str, object]], body.get("properties", {})).items():
            yield f"{model}.{name}", field
