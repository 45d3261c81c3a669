"""Replaces the references in a part of a document, telling every one that has no value."""

from __future__ import annotations

from collections.abc import Callable

from headwater.sdk.errors import ConfigError
from headwater.spec.document import Data, Node
from headwater.spec.paths import Path, dotted
from headwater.spec.problems import Problem
from headwater.spec.references import Resolver, needs_resolving


def resolve_data(
    node: Node, resolver: Resolver, at: Path, *, skip: Callable[[Path], bool] | None = None
) -> tuple[Data, list[Problem]]:
    """The plain data of a node with its references replaced, and a problem for each that has no value."""
    problems: list[Problem] = []

    def visit(current: Node, path: Path) -> Data:
        if skip is not None and skip(path):
            return current.plain()
        if isinstance(current.value, dict):
            return {key: visit(entry.node, (*path, key)) for key, entry in current.value.items()}
        if isinstance(current.value, list):
            return [visit(item, (*path, index)) for index, item in enumerate(current.value)]
        if not needs_resolving(current.value):
            return current.value
        try:
            return resolver.resolve(str(current.value))
        except ConfigError as error:
            code, message = error.public_code, error.message
            problems.append(Problem.at(current.mark, dotted(path), code=code, message=message, hint=error.hint))
            return None

    return visit(node, at), problems
