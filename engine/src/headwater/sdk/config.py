"""What a plugin's configuration is made of: one pydantic model gives validation, JSON Schema, form and docs.

A field that holds a secret is a `Secret`: it never shows in repr, logs, errors or exports, and its JSON Schema says
`"format": "password"`, `"writeOnly": true`.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, SecretStr

Secret = SecretStr


class PluginConfig(BaseModel):
    """Base of every plugin's config: frozen, and a key it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
