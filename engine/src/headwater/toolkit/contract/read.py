"""A contract file → a contract. The format is told by what stands in the file, not by its name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from headwater.sdk.errors import ConfigError
from headwater.toolkit.contract.json_schema import from_json_schema
from headwater.toolkit.contract.model import Contract
from headwater.toolkit.contract.native import from_native
from headwater.toolkit.contract.odcs import from_odcs
from headwater.toolkit.contract.yaml_text import parse_yaml

_MOST_BYTES = 10_000_000


def read_contract(path: str, table: str | None = None) -> Contract:
    """Raises ConfigError for a file that cannot be read, is no contract, or asks for what cannot be checked."""
    data = _parsed(_text(path), path)
    if not isinstance(data, Mapping):
        raise _no_contract(path)
    if str(data.get("kind")) == "DataContract" or "apiVersion" in data:
        return from_odcs(data, table, path)
    if table is not None:
        raise ConfigError(
            f"contract {path}: only an ODCS contract has tables to choose from",
            hint="leave `table` out",
            code="config.invalid_contract",
        )
    if "columns" in data:
        return from_native(data, path)
    if "properties" in data or "$schema" in data or "$ref" in data:
        return from_json_schema(data, path)
    raise _no_contract(path)


def _text(path: str) -> str:
    if "://" in path:
        raise ConfigError(
            f"contract {path}: a contract is a file of this machine",
            hint="keep it beside the project file",
            code="config.invalid_contract",
        )
    file = Path(path).expanduser()
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise ConfigError(
                f"contract {path}: it has more than {_MOST_BYTES:,} bytes",
                hint="is it the right file?",
                code="config.invalid_contract",
            )
        return file.read_text(encoding="utf-8-sig")
    except OSError as cause:
        raise ConfigError(
            f"contract {path}: it cannot be read ({cause.strerror})",
            hint="a relative path starts at the folder of the project file",
            code="config.missing_contract",
        ) from cause
    except UnicodeDecodeError as cause:
        raise ConfigError(
            f"contract {path}: it is not UTF-8", hint="save it as UTF-8", code="config.invalid_contract"
        ) from cause


def _parsed(text: str, path: str) -> object:
    try:
        return json.loads(text) if text.lstrip().startswith("{") else parse_yaml(text)
    except ValueError as cause:
        raise ConfigError(
            f"contract {path}: {cause}", hint="it is JSON or YAML", code="config.invalid_contract"
        ) from cause
    except RecursionError as cause:
        raise ConfigError(
            f"contract {path}: it is nested too deeply",
            hint="is it the right file?",
            code="config.invalid_contract",
        ) from cause


def _no_contract(path: str) -> ConfigError:
    return ConfigError(
        f"contract {path}: it is no contract that is known here",
        hint="a JSON Schema with `properties`, an ODCS 3 DataContract, or a file with `columns` as the processor has",
        code="config.invalid_contract",
    )
