"""The JSON Schema of one plugin's config as a form wants it.

Promises: it takes what the model takes, but for `null` where leaving a key out means the same; every model and every
alternative has a title; required comes before optional as the model has it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from pydantic import JsonValue

Schema = dict[str, JsonValue]

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+")
_AS_WRITTEN = {
    "ip": "IP",
    "json": "JSON",
    "sql": "SQL",
    "sqlite": "SQLite",
    "url": "URL",
    "uuid": "UUID",
    "postgres": "PostgreSQL",
    "duckdb": "DuckDB",
}
_KINDS = {
    "array": "List",
    "boolean": "Yes or no",
    "integer": "Whole number",
    "null": "Nothing",
    "number": "Number",
    "object": "Settings",
    "string": "Text",
}


def form_schema(schema: Schema) -> Schema:
    """Of a model's own schema; `title` becomes words: `NormalizePhoneConfig` → `Normalize phone`."""
    shaped = _shaped(schema)
    shaped["title"] = _words(str(schema.get("title", "")).removesuffix("Config"))
    definitions = cast("dict[str, Schema]", shaped.get("$defs", {}))
    for name, definition in definitions.items():
        if definition.get("title", name) == name:
            definition["title"] = _words(name)
    return _with_titled_alternatives(shaped, definitions)


def _words(name: str) -> str:
    words: list[str] = [
        _AS_WRITTEN.get(word.lower()) or word.lower() for word in cast("list[str]", _WORD.findall(name))
    ]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]]) if words else ""


def _shaped(schema: Schema) -> Schema:
    """Without `null` as an alternative to nothing, at every depth."""
    inner = {key: _inner(value) if key not in ("default", "examples", "const", "enum") else value
             for key, value in schema.items()}  # fmt: skip
    choices = inner.get("anyOf")
    if not isinstance(choices, list):
        return inner
    options = [cast("Schema", choice) for choice in choices]
    kept = [option for option in options if option.get("type") != "null"]
    if len(kept) < len(options) and inner.get("default", ...) is None:
        del inner["default"]
        options = kept
    if {"type": "integer"} in options and {"type": "number"} in options:
        options.remove({"type": "integer"})
    del inner["anyOf"]
    if len(options) > 1:
        return {**inner, "anyOf": cast("JsonValue", options)}
    # What the field says of itself is nearer than what its model says.
    return {**options[0], **inner}


def _inner(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return _shaped(value)
    return [_inner(item) for item in value] if isinstance(value, list) else value


def _with_titled_alternatives(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    done: Schema = {}
    for key, value in schema.items():
        if key in ("anyOf", "oneOf") and isinstance(value, list):
            done[key] = [_titled(cast("Schema", option), definitions) for option in value]
        elif isinstance(value, dict) and key not in ("default", "const"):
            done[key] = _with_titled_alternatives(value, definitions)
        else:
            done[key] = value
    return done


def _titled(option: Schema, definitions: Mapping[str, Schema]) -> Schema:
    inner = _with_titled_alternatives(option, definitions)
    if "title" in inner:
        return inner
    if isinstance(reference := inner.get("$ref"), str):
        title = definitions[reference.removeprefix("#/$defs/")].get("title", "")
    elif "enum" in inner:
        title = "Choice"
    elif "discriminator" in inner:
        title = "Settings"
    else:
        title = _KINDS.get(str(inner.get("type")), "Other")
    return {"title": title, **inner}
