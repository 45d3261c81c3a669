"""JSON Schema of an object → a contract: each property is a column.

A property that is not required may be empty. What a table cannot hold to (`oneOf`, `if`, `multipleOf` …) is an error;
what is inside a nested object or array is not looked at. `headwater:type` gives the exact type where JSON has only
number and string, `headwater:format` how dates are written that are not as RFC 3339 wants them.
Source: JSON Schema, draft 2020-12, Core and Validation.
"""

from __future__ import annotations

from collections.abc import Mapping

from headwater.sdk.errors import ConfigError
from headwater.toolkit.contract.column_spec import column_spec, listing, mapping, said, unsupported
from headwater.toolkit.contract.model import Contract
from headwater.toolkit.rules.column import ColumnSpec

TYPE_KEY, FORMAT_KEY = "headwater:type", "headwater:format"
KEY_KEY, UNIQUE_KEY = "headwater:primary_key", "headwater:unique"
_ANNOTATIONS = {
    "$anchor", "$comment", "$defs", "$id", "$schema", "contentEncoding", "contentMediaType", "default", "definitions",
    "deprecated", "description", "examples", "readOnly", "title", "writeOnly",
}  # fmt: skip
_CHECKED = {
    "type", "enum", "const", "format", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "minLength", "maxLength", "nullable", FORMAT_KEY, TYPE_KEY, UNIQUE_KEY,
}  # fmt: skip
_NESTED = {"properties", "required", "additionalProperties", "items", "prefixItems", "patternProperties"}
_TYPES = {"string": "string", "integer": "integer", "number": "number", "boolean": "bool"}
_FORMAT_TYPES = {"date": "date", "date-time": "timestamptz", "time": "time"}
_FORMATS = {"email": "email", "uri": "url", "uuid": "uuid", "ipv4": "ipv4", "ipv6": "ipv6"}
_DEEPEST = 20


def from_json_schema(data: Mapping[str, object], path: str) -> Contract:
    place = f"contract {path}"
    root = _resolved(data, data, place)
    if root.get("type", "object") != "object":
        raise ConfigError(
            f"{place}: it describes {root.get('type')!r}, and a row is an object",
            hint="describe one row, with `properties`",
            code="config.invalid_contract",
        )
    _refuse_others(root, _ANNOTATIONS | {"type", "properties", "required", "additionalProperties", KEY_KEY}, place)
    required = {str(name) for name in listing(root.get("required", []), f"{place}, required")}
    properties = mapping(root.get("properties", {}), f"{place}, properties")
    if undescribed := required - properties.keys():
        raise ConfigError(
            f"{place}: {', '.join(sorted(undescribed))} is required and not described",
            hint="describe it in `properties`",
            code="config.invalid_contract",
        )
    columns = {
        name: _column(
            _resolved(mapping(each, f"{place}, {name}"), data, f"{place}, {name}"),
            f"{place}, {name}",
            required=name in required,
        )
        for name, each in properties.items()
    }
    more = root.get("additionalProperties", True)
    if not isinstance(more, bool):
        raise unsupported(place, "a schema of additionalProperties", "true or false")
    key = tuple(str(name) for name in listing(root.get(KEY_KEY, []), f"{place}, {KEY_KEY}"))
    return Contract(columns, key, "keep" if more else "fail", _text(root.get("title")))


def _column(data: Mapping[str, object], place: str, *, required: bool) -> ColumnSpec:
    kind, with_null = _kind(data, place)
    _refuse_others(data, _ANNOTATIONS | _CHECKED | (_NESTED if kind in ("object", "array") else set()), place)
    allowed = _allowed(data, place)
    fmt = _text(data.get("format"))
    if fmt is not None and fmt not in (*_FORMAT_TYPES, *_FORMATS):
        raise unsupported(
            place, f"the format {fmt!r}", f"one of {', '.join([*_FORMAT_TYPES, *_FORMATS])}, or a pattern"
        )
    own = _text(data.get(TYPE_KEY))
    return column_spec(
        said(
            {
                "type": own or _FORMAT_TYPES.get(fmt or "", _TYPES.get(kind or "")),
                "nullable": with_null or not required or (allowed is not None and None in allowed),
                "unique": data.get(UNIQUE_KEY),
                "allowed": None if allowed is None else [item for item in allowed if item is not None],
                "pattern": data.get("pattern"),
                "match": "part" if "pattern" in data else None,
                "min": data.get("minimum"),
                "max": data.get("maximum"),
                "above": data.get("exclusiveMinimum"),
                "below": data.get("exclusiveMaximum"),
                "min_length": data.get("minLength"),
                "max_length": data.get("maxLength"),
                "format": data.get(FORMAT_KEY, _FORMATS.get(fmt or "")),
                "description": data.get("description"),
            }
        ),
        place,
    )


def _kind(data: Mapping[str, object], place: str) -> tuple[str | None, bool]:
    """The one type besides null, and whether null is allowed."""
    given = data.get("type")
    kinds = [str(item) for item in given] if isinstance(given, list) else [] if given is None else [str(given)]
    others = [item for item in kinds if item != "null"]
    if len(others) > 1:
        raise unsupported(place, f"a choice of types ({', '.join(others)})", "a column has one type, and perhaps null")
    known = {*_TYPES, "object", "array"}
    if others and others[0] not in known:
        raise ConfigError(
            f"{place}: there is no type {others[0]!r}",
            hint=f"there is: {', '.join(sorted(known))}, null",
            code="config.invalid_contract",
        )
    return (others[0] if others else None), "null" in kinds or data.get("nullable") is True


def _allowed(data: Mapping[str, object], place: str) -> list[object] | None:
    if "const" in data:
        return [data["const"]]
    if "enum" not in data:
        return None
    values = listing(data["enum"], f"{place}, enum")
    if any(isinstance(value, dict | list) for value in values):
        raise unsupported(place, "an enum of objects or lists", "numbers, texts, true and false")
    return values


def _resolved(data: Mapping[str, object], root: Mapping[str, object], place: str) -> Mapping[str, object]:
    """Follows a local `$ref`, and takes `anyOf: [X, null]` for X that may be null."""
    for _ in range(_DEEPEST):
        if "$ref" in data:
            rest = {key: value for key, value in data.items() if key != "$ref"}
            data = {**_found(str(data["$ref"]), root, place), **rest}
        elif "anyOf" in data or "oneOf" in data:
            word = "anyOf" if "anyOf" in data else "oneOf"
            choices = [mapping(item, place) for item in listing(data[word], place)]
            real = [item for item in choices if item.get("type") != "null"]
            if len(real) != 1:
                raise unsupported(place, word, "a column has one type, and perhaps null")
            rest = {key: value for key, value in data.items() if key != word}
            data = {**real[0], **rest, "nullable": len(real) < len(choices)}
        else:
            return data
    raise ConfigError(f"{place}: $ref goes round in circles", hint="resolve it", code="config.invalid_contract")


def _found(pointer: str, root: Mapping[str, object], place: str) -> Mapping[str, object]:
    node: object = root
    if not pointer.startswith("#/"):
        raise unsupported(place, f"$ref to {pointer!r}", "a reference within the file begins with #/")
    for part in pointer.removeprefix("#/").split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, Mapping) or key not in node:
            raise ConfigError(
                f"{place}: $ref leads nowhere: {pointer}", hint="correct it", code="config.invalid_contract"
            )
        node = node[key]
    return mapping(node, place)


def _refuse_others(data: Mapping[str, object], known: set[str], place: str) -> None:
    more = sorted(key for key in data if key not in known and not key.startswith("x-"))
    if more:
        raise unsupported(place, ", ".join(more), "take it out, or check it with the quality processor")


def _text(value: object) -> str | None:
    return None if value is None else str(value)
