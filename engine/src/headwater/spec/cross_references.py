"""Names in a project that must exist in it, and names that must differ.

Works on the document and not on the models, so that names are also checked in a file that has other faults.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from headwater.sdk.errors import nearest_hint
from headwater.spec.document import Node
from headwater.spec.names import is_glob
from headwater.spec.paths import Path, dotted
from headwater.spec.problems import Problem
from headwater.spec.references import needs_resolving


def cross_problems(root: Node) -> Iterator[Problem]:
    for name, pipeline in _entries(root.child("pipelines")):
        yield from pipeline_problems(root, name, pipeline)
    yield from _schedule_problems(root)


def pipeline_problems(root: Node, name: str, pipeline: Node) -> Iterator[Problem]:
    """What is wrong with the names that one pipeline uses; `pipeline` may have its references resolved."""
    for section, kind in (("sources", "connector"), ("processors", "processor"), ("destinations", "connector")):
        for index, step in enumerate(_items(pipeline.child(section))):
            path: Path = ("pipelines", name, section, index)
            yield from _unknown(root, kind, _text(step, kind), (*path, kind))
            if kind == "connector":
                yield from _repeated(root, step.child("streams"), (*path, "streams"))


def _schedule_problems(root: Node) -> Iterator[Problem]:
    waits: dict[str, set[str]] = {}
    for name, schedule in _entries(root.child("schedules")):
        path: Path = ("schedules", name)
        pipeline = _text(schedule, "pipeline")
        after = [_text(item, "") for item in _items(schedule.child("after"))]
        yield from _unknown(root, "pipeline", pipeline, (*path, "pipeline"))
        for index, other in enumerate(after):
            yield from _unknown(root, "pipeline", other, (*path, "after", index))
        if pipeline is None:
            continue
        before = {other for other in after if other is not None}
        if pipeline in _reachable(before, waits):
            message = f"pipeline {pipeline!r} would wait for itself"
            yield _problem(root, (*path, "after"), "circular_schedule", message)
        else:
            waits.setdefault(pipeline, set()).update(before)


def _reachable(start: Iterable[str], waits: Mapping[str, set[str]]) -> set[str]:
    """All pipelines that these wait for, themselves included."""
    seen: set[str] = set()
    left = list(start)
    while left:
        name = left.pop()
        if name not in seen:
            seen.add(name)
            left.extend(waits.get(name, ()))
    return seen


def _unknown(root: Node, kind: str, name: str | None, path: Path) -> Iterator[Problem]:
    known = sorted(key for key, _ in _entries(root.child(f"{kind}s")))
    if name and not needs_resolving(name) and name not in known:
        message = f"there is no {kind} named {name!r}"
        yield _problem(root, path, f"unknown_{kind}", message, nearest_hint(name, known))


def _repeated(root: Node, streams: Node | None, path: Path) -> Iterator[Problem]:
    names = [_text(item, "name") for item in _items(streams)]
    for index, name in enumerate(names):
        first = names.index(name)
        if name is not None and first < index:
            what = "glob" if is_glob(name) else "stream"
            message = f"the {what} {name!r} stands here twice, first at {root.mark_of((*path, first))}"
            yield _problem(root, (*path, index), "duplicate_stream", message)


def _problem(root: Node, path: Path, code: str, message: str, hint: str | None = None) -> Problem:
    return Problem.at(root.mark_of(path), dotted(path), code=f"config.{code}", message=message, hint=hint)


def _entries(node: Node | None) -> list[tuple[str, Node]]:
    if node is None or not isinstance(node.value, dict):
        return []
    return [(key, entry.node) for key, entry in node.value.items()]


def _items(node: Node | None) -> list[Node]:
    """The items of a list; a bare text is a list of one."""
    if node is None:
        return []
    if isinstance(node.value, str):
        return [node]
    return node.value if isinstance(node.value, list) else []


def _text(node: Node, key: str) -> str | None:
    """The text itself, or the text under the key it is the shorthand of."""
    found = node.child(key) if isinstance(node.value, dict) else node
    return found.value if found is not None and isinstance(found.value, str) else None
