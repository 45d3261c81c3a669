"""The public error codes of engine and server, found in their source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from unit.docs.markdown_pages import ROOT

SOURCES = (ROOT / "engine" / "src" / "headwater", ROOT / "server" / "src" / "headwater_server")
# The spec names the kind of a fault, and says `config.<kind>`: which argument of these calls it is.
_KIND_ARGUMENT = {"fault": 0, "PydanticCustomError": 0, "_problem": 2}
_CODE = re.compile(r"[a-z0-9]+\.[a-z0-9_]*[a-z0-9]")
_KIND = re.compile(r"[a-z]+(_[a-z]+)+")


class Codes(NamedTuple):
    """`exact` codes, and `patterns` of those whose end is only known at run time."""

    exact: frozenset[str]
    patterns: frozenset[str]


def codes() -> Codes:
    exact: set[str] = set()
    patterns: set[str] = set()
    for file in sorted(found for source in SOURCES for found in source.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for value in _code_values(node):
                for part in ast.walk(value):
                    if isinstance(part, ast.JoinedStr):
                        patterns.add(_pattern(part))
                    elif isinstance(part, ast.Constant) and isinstance(part.value, str):
                        exact |= _as_code(part.value)
            exact |= {f"config.{kind}" for kind in _kinds(node) if _KIND.fullmatch(kind)}
    return Codes(frozenset(exact), frozenset(pattern for pattern in patterns if pattern != r"config\.[a-z_]+"))


def _as_code(text: str) -> set[str]:
    return {text} if _CODE.fullmatch(text) else {f"config.{text}"} if _KIND.fullmatch(text) else set()


def _code_values(node: ast.AST) -> Iterator[ast.expr]:
    """Whatever is handed over, or set, as `code`."""
    match node:
        case ast.keyword(arg="code", value=value):
            yield value
        case ast.Assign(targets=[ast.Name(id="code")], value=value):
            yield value
        case ast.AnnAssign(target=ast.Name(id="code"), value=value) if value is not None:
            yield value
        case ast.Dict(keys=keys, values=values):
            yield from (value for key, value in zip(keys, values, strict=True) if _is_code(key))
        case _:
            pass


def _is_code(key: ast.expr | None) -> bool:
    return isinstance(key, ast.Constant) and key.value == "code"


def _kinds(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Name(id=name), args=args) if len(args) > _KIND_ARGUMENT.get(name, len(args)):
            argument = args[_KIND_ARGUMENT[name]]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value
        case ast.Return(value=ast.Tuple(elts=[ast.Constant(value=str() as kind), _, _])):
            yield kind
        case _:
            pass


def _pattern(text: ast.JoinedStr) -> str:
    parts = [re.escape(str(p.value)) if isinstance(p, ast.Constant) else "[a-z_]+" for p in text.values]
    return "".join(parts)
