"""Open Data Contract Standard 3 → a contract: one object of its `schema`, each property a column.

`required`, `unique`, `primaryKey`, `logicalType`, `logicalTypeOptions` and, of a property's `quality`, the valid values
are checked. The rest of `quality` is not: the quality processor is for that. `physicalType` is the producer's affair,
but where it is a decimal a number becomes that decimal.
Source: Bitol, Open Data Contract Standard, versions 3.0 and 3.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from headwater.sdk.errors import ConfigError, UnknownName
from headwater.toolkit.contract.column_spec import column_spec, listing, mapping, said, unsupported
from headwater.toolkit.contract.model import Contract
from headwater.toolkit.rules.column import ColumnSpec

_TYPES = {
    "string": "string",
    "date": "date",
    "timestamp": "timestamp",
    "time": "time",
    "number": "number",
    "integer": "integer",
    "boolean": "bool",
}
_NESTED = {"object", "array"}
_OPTIONS = {
    "minimum": "min",
    "maximum": "max",
    "exclusiveMinimum": "above",
    "exclusiveMaximum": "below",
    "minLength": "min_length",
    "maxLength": "max_length",
    "pattern": "pattern",
}
_FORMATS = {"email": "email", "uri": "url", "uuid": "uuid", "ipv4": "ipv4", "ipv6": "ipv6"}
_DECIMAL = re.compile(r"(?:decimal|numeric|number)\((\d{1,2})(?:,\s*(\d{1,2}))?\)", re.IGNORECASE)
_JAVA = (("yyyy", "%Y"), ("MM", "%m"), ("dd", "%d"), ("HH", "%H"), ("mm", "%M"), ("ss", "%S"), ("SSSSSS", "%f"))


def from_odcs(data: Mapping[str, object], table: str | None, path: str) -> Contract:
    place = f"contract {path}"
    version = str(data.get("apiVersion", "")).lstrip("v")
    if not version.startswith("3."):
        raise ConfigError(
            f"{place}: it is of version {version or 'unknown'} of the standard",
            hint="versions 3.x are read",
            code="config.unsupported_contract",
        )
    tables = {
        str(item.get("name")): item
        for item in (mapping(each, f"{place}, schema") for each in listing(data.get("schema", []), f"{place}, schema"))
    }
    chosen = _chosen(tables, table, place)
    return _contract(chosen, tables[chosen], f"{place}, {chosen}")


def _chosen(tables: Mapping[str, object], table: str | None, place: str) -> str:
    if table is not None:
        if table not in tables:
            raise UnknownName("table", table, tables, place=place)
        return table
    if len(tables) != 1:
        raise ConfigError(
            f"{place}: it describes {len(tables)} tables",
            hint=f"choose one with `table`: {', '.join(tables) or 'it has none'}",
            code="config.invalid_contract",
        )
    return next(iter(tables))


def _contract(name: str, data: Mapping[str, object], place: str) -> Contract:
    columns: dict[str, ColumnSpec] = {}
    key: list[tuple[int, str]] = []
    for at, each in enumerate(listing(data.get("properties", []), f"{place}, properties")):
        one = mapping(each, f"{place}, properties[{at}]")
        # physicalName is what the column is called in the table, when it differs.
        column = str(one.get("physicalName") or one.get("name") or "")
        if not column:
            raise ConfigError(
                f"{place}, properties[{at}]: it has no name", hint="name it", code="config.invalid_contract"
            )
        columns[column] = _column(one, f"{place}.{column}")
        if one.get("primaryKey") is True:
            position = one.get("primaryKeyPosition")
            key.append((position if isinstance(position, int) and position >= 0 else at, column))
    return Contract(columns, tuple(column for _, column in sorted(key)), "keep", name)


def _column(data: Mapping[str, object], place: str) -> ColumnSpec:
    logical = data.get("logicalType")
    if logical is not None and str(logical) not in {*_TYPES, *_NESTED}:
        raise ConfigError(
            f"{place}: there is no logicalType {logical!r}",
            hint=f"there is: {', '.join([*_TYPES, *sorted(_NESTED)])}",
            code="config.invalid_contract",
        )
    options = mapping(data.get("logicalTypeOptions") or {}, f"{place}, logicalTypeOptions")
    kind, fmt = None if logical is None else str(logical), options.get("format")
    checked = {ours: options[theirs] for theirs, ours in _OPTIONS.items() if theirs in options}
    others = sorted(options.keys() - {*_OPTIONS, "format", "timezone", "defaultTimezone"})
    if others and kind not in _NESTED:
        raise unsupported(place, ", ".join(others), "take it out, or check it with the quality processor")
    return column_spec(
        said(
            {
                "type": _type(
                    kind, str(data.get("physicalType") or ""), str(fmt or ""), with_zone=options.get("timezone") is True
                ),
                "nullable": data.get("required") is not True,
                "unique": data.get("unique") is True or None,
                "match": "part" if "pattern" in options else None,
                "format": _format(kind, fmt, place),
                "allowed": _valid_values(data, place),
                "description": data.get("description"),
                **(checked if kind not in _NESTED else {}),
            }
        ),
        place,
    )


def _valid_values(data: Mapping[str, object], place: str) -> list[object] | None:
    for rule in listing(data.get("quality") or [], f"{place}, quality"):
        one = mapping(rule, f"{place}, quality")
        arguments = one.get("arguments")
        if one.get("metric") == "invalidValues" and one.get("mustBe") == 0 and isinstance(arguments, Mapping):
            values = arguments.get("validValues")
            if isinstance(values, list):
                return list(values)
    return None


def _type(kind: str | None, physical: str, fmt: str, *, with_zone: bool) -> str | None:
    decimal = _DECIMAL.fullmatch(physical.strip())
    if kind == "number" and decimal:
        return f"decimal({decimal[1]},{decimal[2] or 0})"
    if kind == "timestamp" and with_zone:
        return "timestamptz"
    # Until version 3.1 a date could have a time.
    if kind == "date" and ("H" in fmt or "m" in fmt.replace("MM", "")):
        return "timestamp"
    return _TYPES.get(kind or "")


def _format(kind: str | None, fmt: object, place: str) -> str | None:
    if fmt is None or kind in ("integer", "number"):
        return None
    text = str(fmt)
    if kind in ("date", "timestamp", "time"):
        return _date_format(text, place) if kind != "time" else None
    if text not in _FORMATS:
        raise unsupported(place, f"the format {text!r}", f"one of {', '.join(_FORMATS)}, or a pattern")
    return _FORMATS[text]


def _date_format(java: str, place: str) -> str:
    """`yyyy-MM-dd'T'HH:mm` → `%Y-%m-%dT%H:%M`."""
    text = java
    for theirs, ours in _JAVA:
        text = text.replace(theirs, ours, 1)
    bare = re.sub(r"'([^']*)'", "", text)
    if re.search(r"(?<!%)[A-Za-z]", bare):
        raise unsupported(
            place, f"the format {java!r}", "it may hold yyyy MM dd HH mm ss SSSSSS, and signs between them"
        )
    return text.replace("'", "")
