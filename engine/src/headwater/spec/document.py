"""A project as data in which every value knows where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from headwater.spec.paths import Path
from headwater.spec.problems import Mark
from headwater.spec.yaml_scalars import Scalar

Data = Scalar | list["Data"] | dict[str, "Data"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A value under a key, with where the key stands."""

    key: Mark
    node: Node


@dataclass(frozen=True, slots=True)
class Node:
    """A value with where it stands. Children of a mapping keep the order they were written in."""

    mark: Mark
    value: Scalar | list[Node] | dict[str, Entry]

    def plain(self) -> Data:
        """The value without its places."""
        if isinstance(self.value, dict):
            return {key: entry.node.plain() for key, entry in self.value.items()}
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        return self.value

    def child(self, part: str | int) -> Node | None:
        if isinstance(self.value, dict) and isinstance(part, str):
            entry = self.value.get(part)
            return entry.node if entry else None
        if isinstance(self.value, list) and isinstance(part, int) and 0 <= part < len(self.value):
            return self.value[part]
        return None

    def find(self, path: Path) -> Node | None:
        node: Node | None = self
        for part in path:
            node = node.child(part) if node else None
        return node

    def mark_of(self, path: Path) -> Mark:
        """Where the value stands, or its key when the value begins on a later line, or its nearest parent."""
        node, mark = self, self.mark
        for part in path:
            child = node.child(part)
            if child is None:
                break
            mark = child.mark
            if isinstance(node.value, dict):
                key = node.value[str(part)].key
                mark = key if key.line != mark.line and key.file == mark.file else mark
            node = child
        return mark

    def key_mark(self, path: Path) -> Mark:
        """Where the last key of the path stands."""
        parent = self.find(path[:-1])
        if parent is not None and isinstance(parent.value, dict) and path[-1] in parent.value:
            return parent.value[str(path[-1])].key
        return self.mark_of(path)


def node_of(data: Data, mark: Mark) -> Node:
    """Data that came from no text: every value has the same mark."""
    if isinstance(data, dict):
        return Node(mark, {str(key): Entry(mark, node_of(item, mark)) for key, item in data.items()})
    if isinstance(data, list | tuple):
        return Node(mark, [node_of(item, mark) for item in data])
    return Node(mark, data)
