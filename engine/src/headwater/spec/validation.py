"""Pydantic's errors in our words, at the place where the user wrote the value.

Promise: a value is quoted only where the caller says that it may be, and never one that came through a
reference.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from headwater.sdk.errors import nearest_hint
from headwater.spec.document import Node
from headwater.spec.known_keys import keys_at, models_at
from headwater.spec.paths import Path, dotted, read_path
from headwater.spec.problems import Mark, Problem
from headwater.spec.references import needs_resolving, parse_references

_KINDS: Mapping[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    type(None): "nothing",
}


_EXPECTED: Mapping[str, str] = {
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "list_type": "a list",
    "tuple_type": "a list",
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
}
_SUBJECT = re.compile(r"^(?:Value error, |Assertion failed, )?(?:(?:Input|Tuple|List|String|URL) (?=should))?")


def genuine(error: ValidationError) -> list[ErrorDetails]:
    """The errors, without "too short" for a list that is short only because its items are wrong."""
    found = error.errors(include_url=False)
    places = [details["loc"] for details in found]

    def has_more_below(location: tuple[str | int, ...]) -> bool:
        return any(len(place) > len(location) and place[: len(location)] == location for place in places)

    return [item for item in found if item["type"] != "too_short" or not has_more_below(item["loc"])]


@dataclass(frozen=True, slots=True)
class Translator:
    """Where a model's data stands: `base` is its path in the document `root`.

    `quotes` allows messages to quote a value. `scrub` takes out of a message what must not be in it.
    """

    root: Node
    model: type[BaseModel]
    base: Path = ()
    quotes: bool = True
    scrub: Callable[[str], str] = str

    def problems(self, error: ValidationError) -> list[Problem]:
        return self.joined(genuine(error))

    def joined(self, errors: Iterable[ErrorDetails]) -> list[Problem]:
        """One problem per value: where several types may stand, one that fits none of them has several errors."""
        found: dict[tuple[str, bool], Problem] = {}
        for number, details in enumerate(errors):
            problem = self.problem(details)
            by_value = problem.code in ("config.wrong_type", "config.wrong_value")
            key = (problem.path if by_value else f"{problem.path} {number}", by_value)
            first = found.get(key)
            if first is None:
                found[key] = problem
            elif problem.message not in first.message:
                message = f"{first.message}, or {problem.message.removeprefix('should be ')}"
                found[key] = replace(first, message=message)
        return list(found.values())

    def path(self, details: ErrorDetails) -> Path:
        """The path in the document: a location without union tags and without keys that a shorthand stands
        for.
        """
        path, node = self.base, self.root.find(self.base)
        location = details["loc"]
        for index, part in enumerate(location):
            child = node.child(part) if node else None
            if child is not None:
                path, node = (*path, part), child
            elif index == len(location) - 1 and details["type"] == "missing":
                path = (*path, part)
        key = (details.get("ctx") or {}).get("key")
        return (*path, *read_path(str(key))[0]) if key else path

    def problem(self, details: ErrorDetails) -> Problem:
        path = self.path(details)
        node = self.root.find(path)
        code, message, hint = self._words(details, node)
        mark = self._mark(details, path)
        return Problem.at(mark, dotted(path), code=f"config.{code}", message=self.scrub(message), hint=hint)

    def _mark(self, details: ErrorDetails, path: Path) -> Mark:
        about_key = details["type"] == "extra_forbidden" or details["loc"][-1:] == ("[key]",)
        return self.root.key_mark(path) if about_key else self.root.mark_of(path)

    def _words(self, details: ErrorDetails, node: Node | None) -> tuple[str, str, str | None]:
        kind, location, context = details["type"], details["loc"], details.get("ctx") or {}
        if kind == "extra_forbidden":
            name = str(location[-1])
            known = keys_at(self.model, location[:-1])
            return "unknown_key", f"there is no key named {name!r} here", nearest_hint(name, known)
        if kind == "missing":
            return "missing_key", f"{str(location[-1])!r} is missing", self._description(location)
        if location[-1:] == ("[key]",):
            return (
                "wrong_name",
                "this cannot be a name",
                "names are letters, digits, _, - and ., 100 at most, and begin with no dot or dash",
            )
        if kind in ("union_tag_invalid", "union_tag_not_found"):
            expected = str(context.get("expected_tags", "")).replace("'", "")
            return (
                "wrong_value",
                f"the type should be one of {expected}",
                self._near(node, expected.split(", ")),
            )
        if kind in ("literal_error", "enum"):
            return self._choice(context, node)
        if "text" in context:
            hint = context.get("hint")
            return kind, str(context["text"]), None if hint is None else str(hint)
        return self._fallback(details, node)

    def _choice(self, context: Mapping[str, object], node: Node | None) -> tuple[str, str, str | None]:
        expected = str(context.get("expected", "")).replace("'", "")
        if self.model.__name__ == "Project" and expected == "1":
            return "wrong_value", "should be 1", "this Headwater reads version 1 of the project file"
        choices = expected.replace(" or ", ", ").split(", ")
        return (
            "wrong_value",
            f"{self._shown(node)}should be one of {', '.join(choices)}",
            self._near(node, choices),
        )

    def _fallback(self, details: ErrorDetails, node: Node | None) -> tuple[str, str, str | None]:
        kind, context = details["type"], details.get("ctx") or {}
        expected = _EXPECTED.get(kind.replace("_parsing", "_type"))
        message = (
            f"should be {expected}"
            if expected
            else _SUBJECT.sub("", details["msg"]).removesuffix(" after validation, not 0")
        )
        code = "wrong_type" if kind.endswith(("_type", "_parsing")) else "wrong_value"
        found = _kind_of(node)
        if code == "wrong_type" and found and not _from_reference(node):
            message = f"{message}, and is {found}"
        hint = str(context["hint"]) if "hint" in context else None
        if kind == "string_type" and node is not None and not isinstance(node.value, dict | list | None):
            hint = "put it in quotes, so that it stays text"
        elif kind == "string_type" and node is not None and isinstance(node.value, dict):
            hint = "a text that begins with { must stand in quotes"
        return code, message + self._origin(node), hint

    def _origin(self, node: Node | None) -> str:
        """Says through which reference a value came, in place of the value."""
        if node is None or not _from_reference(node):
            return ""
        names = [str(part) for part in parse_references(str(node.value)) if not isinstance(part, str)]
        return f" (its value comes from {', '.join(names)})" if names else ""

    def _shown(self, node: Node | None) -> str:
        if node is None or not self.quotes or not isinstance(node.value, str) or _from_reference(node):
            return ""
        return f"{node.value[:60]!r} "

    def _near(self, node: Node | None, choices: list[str]) -> str | None:
        value = node.child("type") or node if node is not None else None
        if value is None or not isinstance(value.value, str) or _from_reference(value):
            return None
        hint = nearest_hint(value.value, choices)
        return hint.split("? ")[0] + "?" if hint.startswith("did you mean") else None

    def _description(self, location: tuple[str | int, ...]) -> str | None:
        for model in models_at(self.model, location[:-1]):
            info = model.model_fields.get(str(location[-1]))
            if info is not None and info.description:
                return info.description
        return None


def _from_reference(node: Node | None) -> bool:
    return node is not None and needs_resolving(node.value)


def _kind_of(node: Node | None) -> str | None:
    if node is None:
        return None
    if isinstance(node.value, dict):
        return "a mapping"
    if isinstance(node.value, list):
        return "a list"
    return _KINDS[type(node.value)]
