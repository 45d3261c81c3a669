"""What a plugin's configuration is made of: one pydantic model gives validation, JSON Schema, form and docs.

A field that holds a secret is a `Secret`: it never shows in repr, logs, errors or exports, and its JSON Schema says
`"format": "password"`, `"writeOnly": true`. The model's docstring and its `examples` (whole configs) stand above the
form; a text that names something is a `ColumnName`, `StreamName`, `TypeName` or `SqlText`, so that a form can offer
what there is, and open the right editor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, GetJsonSchemaHandler, SecretStr, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

Secret = SecretStr


class PluginConfig(BaseModel):
    """Base of every plugin's config: frozen, and a key it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


@dataclass(frozen=True, slots=True)
class Shown:
    """How a form shows a value, in `Annotated`: `title` names one of several alternatives, `format` says what a text
    holds (`column`, `stream`, `type`, `sql`).
    """

    title: str | None = None
    format: str | None = None

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        said = {"title": self.title, "format": self.format}
        return {**handler(core), **{key: value for key, value in said.items() if value is not None}}


ColumnName = Annotated[str, Shown(format="column")]
"""The name of a column, or a glob where the field takes globs."""
StreamName = Annotated[str, Shown(format="stream")]
"""The name of a stream of the pipeline."""
TypeName = Annotated[str, Shown(format="type")]
"""The name of a type, such as `decimal(12,2)`."""
SqlText = Annotated[str, Shown(format="sql")]
"""An expression or a query."""
ADVANCED: dict[str, Any] = {"x-advanced": True}
"""`json_schema_extra` of a field that few people need: a form may hide it at first."""


def example(*configs: Mapping[str, Any]) -> dict[str, Any]:
    """`json_schema_extra` of a config: whole configurations to begin with."""
    return {"examples": [dict(config) for config in configs]}


def _below_project(value: str, info: ValidationInfo) -> str:
    directory = (info.context or {}).get("directory")
    if directory is None or "://" in value or value.startswith(":") or Path(value).expanduser().is_absolute():
        return value
    return str(Path(directory) / value)


ProjectPath = Annotated[str, AfterValidator(_below_project)]
"""A local path or a URL; a relative path starts at the folder of the project file, wherever the command is called."""
