"""Headwater's own contract file: the `columns`, `primary_key` and `unknown` of the schema processor, in a file."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from headwater.sdk.errors import ConfigError
from headwater.toolkit.contract.column_spec import column_spec, mapping
from headwater.toolkit.contract.model import Contract, UnknownColumns


class _Head(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    primary_key: tuple[str, ...] = ()
    unknown: UnknownColumns = "keep"
    name: str | None = None
    description: str | None = Field(default=None)


def from_native(data: Mapping[str, object], path: str) -> Contract:
    columns = mapping(data["columns"], f"contract {path}, columns")
    try:
        head = _Head.model_validate({key: value for key, value in data.items() if key != "columns"})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ConfigError(
            f"contract {path}, {'.'.join(str(part) for part in first['loc'])}: {first['msg']}",
            hint="it has columns, primary_key, unknown, name and description",
            code="config.invalid_contract",
        ) from error
    made = {
        name: column_spec(
            {"type": spec} if isinstance(spec, str) else mapping(spec or {}, f"contract {path}, columns.{name}"),
            f"contract {path}, columns.{name}",
        )
        for name, spec in columns.items()
    }
    return Contract(made, head.primary_key, head.unknown, head.name)
