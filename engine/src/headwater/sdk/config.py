"""What a plugin's configuration is made of: one pydantic model gives validation, JSON Schema, form and docs.

A field that holds a secret is a `Secret`: it never shows in repr, logs, errors or exports, and its JSON Schema says
`"format": "password"`, `"writeOnly": true`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr, ValidationInfo

Secret = SecretStr


class PluginConfig(BaseModel):
    """Base of every plugin's config: frozen, and a key it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def _below_project(value: str, info: ValidationInfo) -> str:
    directory = (info.context or {}).get("directory")
    if directory is None or "://" in value or value.startswith(":") or Path(value).expanduser().is_absolute():
        return value
    return str(Path(directory) / value)


ProjectPath = Annotated[str, AfterValidator(_below_project)]
"""A local path or a URL; a relative path starts at the folder of the project file, wherever the command is called."""
