"""A document to a project: checks all that can be checked without a system, and reports all of it at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from headwater.spec.cross_references import cross_problems
from headwater.spec.document import Data, Node
from headwater.spec.overrides import apply_override
from headwater.spec.paths import Path, dotted
from headwater.spec.problems import Problem, ProjectInvalid
from headwater.spec.project import Origin, Project
from headwater.spec.references import BadReference, needs_resolving, parse_references
from headwater.spec.validation import Translator, genuine

_SECTIONS = ("connectors", "processors", "pipelines", "schedules")
_OWN_KEYS = "x-"  # top-level keys of the user's own, for example to hold anchors
_ABOUT_KEYS = frozenset({"missing", "extra_forbidden", "missing_key", "conflicting_keys", "duplicate_name"})


def build_project(root: Node, overrides: Sequence[str]) -> Project:
    """Raises ProjectInvalid with every problem, in the order of the file."""
    for text in overrides:
        root = apply_override(root, text, Project)
    if not isinstance(root.value, dict):
        message = "the file is empty" if root.value is None else "a project file is a mapping"
        hint = "begin with `version: 1`, then connectors, processors, pipelines and schedules"
        raise ProjectInvalid([Problem.at(root.mark, "", code="config.invalid_project", message=message, hint=hint)])
    problems = list(_reference_problems(root, ()))
    builder = _Builder(root)
    project = builder.build()
    problems += builder.problems
    problems += cross_problems(root)
    if problems or project is None:
        raise ProjectInvalid(problems)
    return project


class _Builder:
    """Makes models of the data; `problems` say why it could not."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self._translator = Translator(root, Project)

    def build(self) -> Project | None:
        """Validate until only deferred references are in the way: each round takes out those it meets."""
        plain = self.root.plain()
        assert isinstance(plain, dict)
        data = {key: value for key, value in plain.items() if not key.startswith(_OWN_KEYS)}
        deferred: dict[Path, str] = {}
        while True:
            try:
                project = Project.model_validate(data)
            except ValidationError as error:
                found = genuine(error)
            else:
                return Project.built(project, Origin(self.root, deferred))
            waiting = [self._waits_at(details) for details in found]
            wrong = [details for details, path in zip(found, waiting, strict=True) if path is None]
            removed = [] if wrong else [path for path in waiting if path is not None and _remove(data, path)]
            if not removed:
                self._report(wrong or found)
                return None
            deferred.update({path: _text_at(self.root, path) for path in removed})

    def _waits_at(self, details: ErrorDetails) -> Path | None:
        """Where the reference stands that explains the error: its value may be right once it is known."""
        path = self._translator.path(details)
        if details["type"] in _ABOUT_KEYS or not path or not isinstance(path[-1], str):
            return None
        node = self.root.find(path)
        if node is None:
            return None
        chosen_by = node.child("type") if details["type"].startswith("union_tag") else None
        return path if needs_resolving((chosen_by or node).value) else None

    def _report(self, wrong: list[ErrorDetails]) -> None:
        real: list[ErrorDetails] = []
        for details in wrong:
            path = self._translator.path(details)
            node = self.root.find(path)
            if details["type"] == "missing" and node is not None and needs_resolving(node.value):
                mark, message = node.mark, "a reference cannot stand here"
                self.problems.append(Problem.at(mark, dotted(path), code="config.bad_reference", message=message))
            else:
                real.append(details)
        self.problems += self._translator.joined(real)


def _text_at(root: Node, path: Path) -> str:
    node = root.find(path)
    return "" if node is None else str(node.plain())


def _remove(data: Data, path: Path) -> bool:
    """Take a mapping's entry out of the data. False when it is not there (any more)."""
    current = data
    for part in path[:-1]:
        if isinstance(current, dict):
            current = current.get(str(part))
        elif isinstance(current, list) and isinstance(part, int) and part < len(current):
            current = current[part]
    last = str(path[-1])
    if not isinstance(current, dict) or last not in current:
        return False
    del current[last]
    return True


def _reference_problems(node: Node, path: Path) -> Iterator[Problem]:
    """Every text that has `${` in it and cannot be read as references."""
    if isinstance(node.value, dict):
        for key, entry in node.value.items():
            if path or not key.startswith(_OWN_KEYS):
                yield from _reference_problems(entry.node, (*path, key))
    elif isinstance(node.value, list):
        for index, item in enumerate(node.value):
            yield from _reference_problems(item, (*path, index))
    elif needs_resolving(node.value):
        try:
            parse_references(str(node.value))
        except BadReference as error:
            message, hint = error.message, error.hint
            yield Problem.at(node.mark, dotted(path), code=BadReference.code, message=message, hint=hint)
