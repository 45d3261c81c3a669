"""Which values of a config are secret, by its JSON Schema: `writeOnly`, or the format `password`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from headwater.spec.paths import Path

Schema = dict[str, Any]
_MAX_DEPTH = 50


def secret_places(config: Any, schema: Schema) -> Iterator[Path]:
    """The paths of all texts in the config that the schema calls secret."""
    yield from _places(config, [schema], schema, (), _MAX_DEPTH)


def is_secret(path: Path, schema: Schema) -> bool:
    """Whether a text at this path would be secret."""
    nodes = list(_options([schema], schema))
    for part in path:
        nodes = list(_options(_below(nodes, part), schema))
    return any(_says_secret(node) for node in nodes)


def _places(value: Any, nodes: list[Schema], root: Schema, path: Path, depth: int) -> Iterator[Path]:
    options = list(_options(nodes, root))
    if isinstance(value, str):
        if any(_says_secret(node) for node in options):
            yield path
        return
    if depth == 0:
        return
    children: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    for part, item in children:
        yield from _places(item, _below(options, part), root, (*path, part), depth - 1)


def _says_secret(node: Schema) -> bool:
    return node.get("writeOnly") is True or node.get("format") == "password"


def _options(nodes: list[Schema], root: Schema) -> Iterator[Schema]:
    """The schemas themselves, with references followed and unions taken apart."""
    left, seen = list(nodes), set[int]()
    while left:
        node = left.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/$defs/"):
            left.append(root.get("$defs", {}).get(reference.removeprefix("#/$defs/"), {}))
        for key in ("anyOf", "oneOf", "allOf"):
            left.extend(node.get(key, ()))


def _below(nodes: list[Schema], part: str | int) -> list[Schema]:
    found: list[Any] = []
    for node in nodes:
        if isinstance(part, int):
            prefix = node.get("prefixItems", [])
            found.append(prefix[part] if part < len(prefix) else node.get("items"))
        elif part in node.get("properties", {}):
            found.append(node["properties"][part])
        else:
            found.append(node.get("additionalProperties"))
            found.extend(node.get("patternProperties", {}).values())
    return [item for item in found if isinstance(item, dict)]
