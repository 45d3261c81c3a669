"""Writes docs/reference/api.md from frontend/openapi.json: every route with what it takes and what it answers."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SOURCE, PAGE = ROOT / "frontend" / "openapi.json", ROOT / "docs" / "reference" / "api.md"
HEAD = """\
# REST API

Written from the API's description (`make openapi`); the description itself is at `/api/openapi.json` of every server.

- JSON in and out; times are ISO 8601 in UTC; ids are UUIDs, and wherever a path takes `{ref}`, a name will do.
- Programs send `Authorization: Bearer TOKEN` (`headwater tokens create`). Browsers have a cookie.
- Lists are pages: `items`, and `next`, which is the `after` of the following page.
- Details come with an `ETag`; a change with `If-Match` is refused when someone else was faster (412).
- A POST with an `Idempotency-Key` is done once, and answered the same when it is sent again.
- Whatever is no success is a [problem](errors.md) with a stable `code` and a hint.
"""
METHODS = ("get", "post", "put", "patch", "delete")
Data = dict[str, Any]


def reference(description: Data) -> str:
    """The page as Markdown."""
    groups: dict[str, list[str]] = {}
    for path, methods in description["paths"].items():
        for method in METHODS:
            if method in methods:
                operation = methods[method]
                groups.setdefault(operation["tags"][0], []).append(_section(method, path, operation))
    parts = [f"## {tag.capitalize()}\n\n" + "\n".join(sections) for tag, sections in sorted(groups.items())]
    return "\n".join([HEAD, *parts])


def _section(method: str, path: str, operation: Data) -> str:
    lines = [f"### {method.upper()} {path}", "", " ".join(operation["description"].split()), ""]
    rows = list(_parameters(operation))
    if rows:
        lines += ["| parameter | in | type | |", "|---|---|---|---|", *rows, ""]
    body = operation.get("requestBody")
    if body:
        lines += [f"Body: {_type(_schema(body))}.", ""]
    answers = [(code, answer) for code, answer in operation["responses"].items() if code.startswith("2")]
    for code, answer in answers:
        schema = _schema(answer)
        lines += [f"Answers {code}" + (f": {_type(schema)}." if schema else "."), ""]
    return "\n".join(lines)


def _parameters(operation: Data) -> Iterator[str]:
    for item in operation.get("parameters", ()):
        text = " ".join(item.get("description", item["schema"].get("description", "")).split()).replace("|", "\\|")
        name = f"`{item['name']}`" + (" (needed)" if item.get("required") and item["in"] != "path" else "")
        yield f"| {name} | {item['in']} | {_type(item['schema'])} | {text} |"


def _schema(holder: Data) -> Data | None:
    for content in holder.get("content", {}).values():
        return content.get("schema") or content.get("itemSchema")
    return None


def _type(schema: Data | None) -> str:
    """In a few words; a name stands for the schema of that name in the description."""
    if not schema:
        return "text"
    if "$ref" in schema:
        return f"`{schema['$ref'].rsplit('/', 1)[-1]}`"
    if "anyOf" in schema:
        kinds = [_type(item) for item in schema["anyOf"] if item.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "enum" in schema:
        return ", ".join(f"`{item}`" for item in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items'))}"
    return {"integer": "whole number", "string": "text", "boolean": "true or false"}.get(
        schema.get("type", "object"), schema.get("type", "object")
    )


def main() -> int:
    PAGE.write_text(reference(json.loads(SOURCE.read_text(encoding="utf-8"))), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
