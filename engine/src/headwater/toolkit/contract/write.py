"""A contract → plain data of each format that `read` takes.

Reading it back gives the same contract, but for ODCS, which knows integers and lists and not how wide they are or of
what, and one format of dates at most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from headwater.sdk.stream import Json
from headwater.toolkit.contract.json_schema import FORMAT_KEY, KEY_KEY, TYPE_KEY, UNIQUE_KEY
from headwater.toolkit.contract.model import Contract
from headwater.toolkit.rules.column import ColumnSpec

_JSON_TYPES = {"bool": "boolean", "string": "string", "binary": "string", "integer": "integer", "number": "number"}
_JSON_FORMATS = {"date": "date", "timestamptz": "date-time", "time": "time"}
_TEXT_FORMATS = {"email": "email", "url": "uri", "uuid": "uuid", "ipv4": "ipv4", "ipv6": "ipv6"}
_ODCS_TYPES = {"bool": "boolean", "date": "date", "timestamp": "timestamp", "timestamptz": "timestamp", "time": "time"}


def to_native(contract: Contract) -> dict[str, Json]:
    columns: dict[str, Json] = {name: _said(spec) for name, spec in contract.columns.items()}
    return {
        **({"name": contract.name} if contract.name else {}),
        "columns": columns,
        **({"primary_key": list(contract.primary_key)} if contract.primary_key else {}),
        **({"unknown": contract.unknown} if contract.unknown != "keep" else {}),
    }


def _said(spec: ColumnSpec) -> Json:
    said: dict[str, Json] = spec.model_dump(mode="json", exclude_defaults=True)
    if isinstance(formats := said.get("format"), list) and len(formats) == 1:
        said["format"] = formats[0]
    return said


def to_json_schema(contract: Contract) -> dict[str, Json]:
    properties: dict[str, Json] = {name: _property(spec) for name, spec in contract.columns.items()}
    required: list[Json] = [name for name, spec in contract.columns.items() if not spec.nullable]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **({"title": contract.name} if contract.name else {}),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": contract.unknown != "fail",
        **({KEY_KEY: list(contract.primary_key)} if contract.primary_key else {}),
    }


def _property(spec: ColumnSpec) -> dict[str, Json]:
    found = _json_type(spec.type)
    text_format = next((_TEXT_FORMATS[item] for item in spec.format if item in _TEXT_FORMATS), None)
    said: dict[str, Json] = {
        "type": [found["type"], "null"] if spec.nullable and "type" in found else found.get("type"),
        "format": text_format or found.get("format"),
        TYPE_KEY: found.get(TYPE_KEY),
        UNIQUE_KEY: spec.unique or None,
        FORMAT_KEY: list[Json](spec.date_formats) or None,
        "enum": None if spec.allowed is None else [*spec.allowed, *([None] if spec.nullable else [])],
        "pattern": spec.pattern if spec.match == "part" or spec.pattern is None else f"^(?:{spec.pattern})$",
        "minimum": spec.min,
        "maximum": spec.max,
        "exclusiveMinimum": spec.above,
        "exclusiveMaximum": spec.below,
        "minLength": spec.min_length,
        "maxLength": spec.max_length,
        "description": spec.description,
    }
    return {key: value for key, value in said.items() if value is not None}


def _json_type(name: str | None) -> dict[str, Json]:
    if name is None:
        return {}
    if name in _JSON_TYPES and name != "binary":
        return {"type": _JSON_TYPES[name]}
    if name in _JSON_FORMATS:
        return {"type": "string", "format": _JSON_FORMATS[name]}
    kind = "array" if name.startswith("list<") else "string"
    if name.startswith(("int", "uint")) and name != "interval":
        kind = "integer"
    elif name.startswith(("float", "decimal(")):
        kind = "number"
    return {"type": kind, TYPE_KEY: name}


def to_odcs(contract: Contract) -> dict[str, Json]:
    key = {name: at for at, name in enumerate(contract.primary_key, 1)}
    properties: list[Json] = [_odcs_property(name, spec, key.get(name)) for name, spec in contract.columns.items()]
    name = contract.name or "table"
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": name,
        "version": "1.0.0",
        "status": "draft",
        "schema": [{"name": name, "physicalName": name, "logicalType": "object", "properties": properties}],
    }


def _odcs_property(name: str, spec: ColumnSpec, position: int | None) -> dict[str, Json]:
    options: dict[str, Json] = {
        "minimum": spec.min,
        "maximum": spec.max,
        "exclusiveMinimum": spec.above,
        "exclusiveMaximum": spec.below,
        "minLength": spec.min_length,
        "maxLength": spec.max_length,
        "pattern": spec.pattern if spec.match == "part" or spec.pattern is None else f"^(?:{spec.pattern})$",
        "format": next((_TEXT_FORMATS[item] for item in spec.format if item in _TEXT_FORMATS), None) or _java(spec),
    }
    given = {option: value for option, value in options.items() if value is not None}
    said: dict[str, Json] = {
        "name": name,
        "logicalType": _odcs_type(spec.type),
        "physicalType": spec.type.upper() if spec.type and spec.type.startswith("decimal(") else None,
        "required": True if not spec.nullable else None,
        "unique": spec.unique or None,
        "primaryKey": None if position is None else True,
        "primaryKeyPosition": position,
        "logicalTypeOptions": {**given, **({"timezone": True} if spec.type == "timestamptz" else {})} or None,
        "quality": None if spec.allowed is None else list[Json]([_valid_values(spec.allowed)]),
        "description": spec.description,
    }
    return {key: value for key, value in said.items() if value is not None}


def _valid_values(allowed: tuple[bool | int | float | str, ...]) -> dict[str, Json]:
    return {"type": "library", "metric": "invalidValues", "arguments": {"validValues": list(allowed)}, "mustBe": 0}


def _odcs_type(name: str | None) -> str | None:
    if name is None:
        return None
    if name in _ODCS_TYPES:
        return _ODCS_TYPES[name]
    if name.startswith(("int", "uint")) and name != "interval":
        return "integer"
    if name.startswith(("float", "decimal(")) or name == "number":
        return "number"
    return "array" if name.startswith("list<") else "string"


def _java(spec: ColumnSpec) -> str | None:
    """`%d.%m.%Y` → `dd.MM.yyyy`. The standard has one format."""
    if len(spec.date_formats) != 1:
        return None
    text = spec.date_formats[0]
    for ours, theirs in (("%Y", "yyyy"), ("%m", "MM"), ("%d", "dd"), ("%H", "HH"), ("%M", "mm"), ("%S", "ss")):
        text = text.replace(ours, theirs)
    return text


FORMATS: Mapping[str, Callable[[Contract], dict[str, Json]]] = MappingProxyType(
    {"headwater": to_native, "json-schema": to_json_schema, "odcs": to_odcs}
)
