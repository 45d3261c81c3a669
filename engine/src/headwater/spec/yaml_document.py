"""YAML text to plain data that remembers where every value stands.

Promises: scalars as in `yaml_scalars`; keys are always text; a key given twice, a tag of one's own, a
second document, more than 10 MB, more than 100 levels or a million values (aliases counted as what they
stand for) are refused. Anchors, aliases and the merge key `<<` work.
Source: YAML 1.2.2; https://yaml.org/type/merge.html for `<<`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NoReturn

import yaml

from headwater.spec.document import Entry, Node
from headwater.spec.paths import Path, dotted
from headwater.spec.problems import Mark, Problem, ProjectInvalid
from headwater.spec.yaml_scalars import Scalar, plain_scalar, tagged_scalar

MAX_BYTES = 10_000_000
MAX_DEPTH = 100
MAX_NODES = 1_000_000

_LOADER = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
_CORE_TAG = "tag:yaml.org,2002:"
_SCALAR_KINDS = frozenset({"str", "int", "float", "bool", "null"})
# What YAML forbids (5.1 of the specification), and lone surrogates, which are no characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def decode(raw: bytes, file: str) -> str:
    """Bytes of a project file to text: UTF-8, with or without a byte order mark."""
    if len(raw) > MAX_BYTES:
        raise ProjectInvalid([_too_big(file)])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problem = Problem(
            "config.invalid_yaml", "this is not UTF-8 text", "", file, line, hint="save the file as UTF-8"
        )
        raise ProjectInvalid([problem]) from error


def compose(text: str, file: str) -> Node:
    """Read one YAML document.

    Raises ProjectInvalid with every duplicate key and wrong tag, or with the first syntax error.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise ProjectInvalid([_too_big(file)])
    text = text.removeprefix("\ufeff")
    forbidden = _FORBIDDEN.search(text)
    if forbidden:
        start = forbidden.start()
        line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
        message = f"the character U+{ord(forbidden[0]):04X} cannot stand in YAML"
        raise ProjectInvalid([Problem("config.invalid_yaml", message, "", file, line, column)])
    composer = _Composer(file)
    try:
        root = composer.document(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        raise ProjectInvalid([_syntax(error, file)]) from error
    if composer.problems:
        raise ProjectInvalid(composer.problems)
    return root


def _too_big(file: str) -> Problem:
    return Problem("config.invalid_yaml", f"a project file holds at most {MAX_BYTES // 1_000_000} MB", "", file)


def _syntax(error: yaml.MarkedYAMLError, file: str) -> Problem:
    place = error.problem_mark or error.context_mark
    line, column = (place.line + 1, place.column + 1) if place else (None, None)
    hint = None
    if error.context:
        begun = error.context_mark
        hint = f"{error.context}, which begins at line {begun.line + 1}" if begun else error.context
    if error.problem and "cannot start any token" in error.problem:
        hint = "quote a value that begins with @, ` or %, and indent with spaces, not tabs"
    return Problem("config.invalid_yaml", f"this is not YAML: {error.problem}", "", file, line, column, hint)


class _Composer:
    """Builds nodes from parser events, by hand and not with PyYAML's composer: that one recurses without a
    limit.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._anchors: dict[str, tuple[Node, int] | None] = {}
        self._count = 0

    def document(self, events: Iterator[yaml.Event]) -> Node:
        root = Node(Mark(self.file, 1, 1), None)
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._stop(event, (), "a project file is one document", "remove the second `---`")
                root = self._node(next(events), events, ())
        return root

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], path: Path) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, path)
        before = self._count
        self._grow(1, event, path)
        assert isinstance(event, yaml.NodeEvent)
        if event.anchor:
            self._anchors[event.anchor] = None
        node = Node(self._mark(event), self._value(event, events, path))
        if event.anchor:
            self._anchors[event.anchor] = (node, self._count - before)
        return node

    def _value(
        self, event: yaml.Event, events: Iterator[yaml.Event], path: Path
    ) -> Scalar | list[Node] | dict[str, Entry]:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        if len(path) >= MAX_DEPTH:
            self._stop(event, path[:5], f"values are nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, yaml.SequenceStartEvent):
            self._only_tag(event, "seq", path)
            items: list[Node] = []
            while not isinstance(item := next(events), yaml.SequenceEndEvent):
                items.append(self._node(item, events, (*path, len(items))))
            return items
        assert isinstance(event, yaml.MappingStartEvent)
        self._only_tag(event, "map", path)
        return self._mapping(events, path)

    def _mapping(self, events: Iterator[yaml.Event], path: Path) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        merged: list[Entry] = []
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self._stop(event, path, "a key must be a single name", "write lists and mappings as values only")
            key = event.value
            mark = self._mark(event)
            self._grow(1, event, path)
            entry = Entry(mark, self._node(next(events), events, (*path, key)))
            if key == "<<" and event.implicit[0]:
                merged.append(entry)
            elif key in entries:
                first = entries[key].key.line
                message = f"the key {key!r} stands here twice, first at line {first}"
                self._problem(mark, (*path, key), message, code="config.duplicate_key")
            else:
                entries[key] = entry
        for entry in merged:
            self._merge(entry, entries, path)
        return entries

    def _merge(self, merged: Entry, entries: dict[str, Entry], path: Path) -> None:
        parents = merged.node.value if isinstance(merged.node.value, list) else [merged.node]
        for parent in parents:
            if not isinstance(parent.value, dict):
                self._problem(merged.key, (*path, "<<"), "`<<` takes a mapping or a list of mappings")
                return
            for key, entry in parent.value.items():
                entries.setdefault(key, entry)

    def _alias(self, event: yaml.AliasEvent, path: Path) -> Node:
        if event.anchor not in self._anchors:
            known = ", ".join(f"&{name}" for name in self._anchors) or "none"
            self._stop(event, path, f"there is no anchor &{event.anchor} above", f"anchors so far: {known}")
        anchored = self._anchors[event.anchor]
        if anchored is None:
            self._stop(event, path, f"*{event.anchor} stands inside &{event.anchor} itself")
        node, size = anchored
        self._grow(size, event, path)
        return node

    def _scalar(self, event: yaml.ScalarEvent, path: Path) -> Scalar:
        if event.tag is None:
            return plain_scalar(event.value) if event.implicit[0] else event.value
        kind = event.tag.removeprefix(_CORE_TAG)
        if event.tag == "!":
            return event.value
        if kind not in _SCALAR_KINDS or kind == event.tag:
            self._bad_tag(event, event.tag, path)
            return None
        try:
            return tagged_scalar(kind, event.value)
        except ValueError:
            self._problem(self._mark(event), path, f"the value is not what its tag !!{kind} says")
            return None

    def _only_tag(self, event: yaml.SequenceStartEvent | yaml.MappingStartEvent, kind: str, path: Path) -> None:
        if event.tag not in (None, "!", _CORE_TAG + kind):
            self._bad_tag(event, event.tag, path)

    def _bad_tag(self, event: yaml.Event, tag: str, path: Path) -> None:
        shown = tag.replace(_CORE_TAG, "!!")
        hint = "remove the tag; a secret is written ${secret:NAME}, a variable ${env:NAME}"
        self._problem(self._mark(event), path, f"the tag {shown} has no meaning here", hint)

    def _grow(self, by: int, event: yaml.Event, path: Path) -> None:
        self._count += by
        if self._count > MAX_NODES:
            self._stop(event, path[:5], f"the file stands for more than {MAX_NODES:,} values")

    def _mark(self, event: yaml.Event) -> Mark:
        return Mark(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _problem(
        self,
        mark: Mark,
        path: Path,
        message: str,
        hint: str | None = None,
        *,
        code: str = "config.invalid_yaml",
    ) -> None:
        self.problems.append(Problem.at(mark, dotted(path), code=code, message=message, hint=hint))

    def _stop(self, event: yaml.Event, path: Path, message: str, hint: str | None = None) -> NoReturn:
        """For what cannot be read on from."""
        self._problem(self._mark(event), path, message, hint)
        raise ProjectInvalid(self.problems)
