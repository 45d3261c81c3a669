"""`--set path=value`: changes one value of the document before it is checked, as if it stood in the file.

The value is read as YAML. The last key of the path may be new; keys before it must exist, or be ones that
the grammar knows there.
"""

from __future__ import annotations

from dataclasses import replace

from pydantic import BaseModel

from headwater.sdk.errors import ConfigError, nearest_hint
from headwater.spec.document import Entry, Node
from headwater.spec.known_keys import keys_at, models_at
from headwater.spec.paths import BadPath, Path, dotted, read_path
from headwater.spec.problems import Mark, Problem, ProjectInvalid
from headwater.spec.yaml_document import compose


def apply_override(root: Node, text: str, model: type[BaseModel]) -> Node:
    """The document with one value set.

    Raises ConfigError for a text that cannot be read, ProjectInvalid for a wrong path.
    """
    path, value = _read(text)
    return _Override(model, path, value).apply(root, ())


def _read(text: str) -> tuple[Path, Node]:
    hint = "write --set path=value, for example --set pipelines.orders.engine.threads=4"
    try:
        path, rest = read_path(text)
    except BadPath as error:
        shown = text.partition("=")[0]
        raise ConfigError(f"--set {shown}: {error}", hint=hint, code="config.bad_override") from error
    if not rest:
        raise ConfigError(f"--set {text}: there is no value", hint=hint, code="config.bad_override")
    return path, _all_marked(compose(rest[1:], f"--set {dotted(path)}"), Mark("--set"))


def _all_marked(node: Node, mark: Mark) -> Node:
    """A line number inside a command's argument would mislead."""
    if isinstance(node.value, dict):
        return Node(mark, {key: Entry(mark, _all_marked(item.node, mark)) for key, item in node.value.items()})
    if isinstance(node.value, list):
        return Node(mark, [_all_marked(item, mark) for item in node.value])
    return replace(node, mark=mark)


class _Override:
    """Rebuilds the nodes along one path; everything beside it is shared with the old document."""

    def __init__(self, model: type[BaseModel], path: Path, value: Node) -> None:
        self._model = model
        self._path = path
        self._value = value

    def apply(self, node: Node, at: Path) -> Node:
        if len(at) == len(self._path):
            return self._value
        part = self._path[len(at)]
        node = self._long_form(node, at)
        if isinstance(node.value, list):
            return self._in_list(node, node.value, part, at)
        if node.value is None or isinstance(node.value, dict):
            return self._in_mapping(node, node.value or {}, str(part), at)
        keys = keys_at(self._model, at)
        hint = f"set {dotted(at)} itself" + (f", with the keys {', '.join(keys)}" if keys else "")
        raise self._wrong(at, "this is a single value, there is nothing below it", hint)

    def _long_form(self, node: Node, at: Path) -> Node:
        """`engine: local` becomes `engine: {type: local}`, so that something can stand beside it."""
        if not isinstance(node.value, str):
            return node
        for model in models_at(self._model, at):
            shorthand = getattr(model, "shorthand", None)
            if shorthand:
                return Node(node.mark, {shorthand: Entry(node.mark, node)})
        return node

    def _in_list(self, node: Node, items: list[Node], part: str | int, at: Path) -> Node:
        index = int(part) if isinstance(part, int) or part.isdecimal() else -1
        if not 0 <= index < len(items):
            there = f"it has {len(items)}, counted from 0" if items else "it is empty"
            raise self._wrong((*at, part), f"there is no item {part}", there)
        changed = self.apply(items[index], (*at, index))
        return Node(node.mark, [*items[:index], changed, *items[index + 1 :]])

    def _in_mapping(self, node: Node, entries: dict[str, Entry], key: str, at: Path) -> Node:
        below = (*at, key)
        entry = entries.get(key)
        if entry is None and len(below) < len(self._path):
            known = keys_at(self._model, at)
            if key not in known:
                names = sorted({*entries, *known})
                raise self._wrong(
                    below,
                    f"there is no key named {key!r} in {dotted(at) or 'the file'}",
                    nearest_hint(key, names),
                )
        start = entry or Entry(self._value.mark, Node(self._value.mark, None))
        changed = Entry(start.key, self.apply(start.node, below))
        return Node(node.mark, {**entries, key: changed})

    def _wrong(self, path: Path, message: str, hint: str) -> ProjectInvalid:
        problem = Problem.at(self._value.mark, dotted(path), code="config.unknown_key", message=message, hint=hint)
        return ProjectInvalid([problem])
