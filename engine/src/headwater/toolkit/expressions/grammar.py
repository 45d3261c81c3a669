"""Text → SQLGlot's syntax tree, for exactly one scalar expression.

The dialect is DuckDB's, with two changes. Functions keep the names they are written with: SQLGlot's own classes for
them reorder arguments and change between releases. Type names are the project file's: `int8` has 8 bits here, and
64 in DuckDB.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ErrorLevel, ParseError, SqlglotError

from headwater.sdk.errors import ConfigError

_OWN_TYPES = {"INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64"}
_MAX_CHARACTERS = 50_000


class _Canonical(DuckDB):
    class Tokenizer(DuckDB.Tokenizer):
        KEYWORDS: ClassVar[dict[str, Any]] = {
            word: token for word, token in DuckDB.Tokenizer.KEYWORDS.items() if word not in _OWN_TYPES
        }

    class Parser(DuckDB.Parser):
        FUNCTIONS: ClassVar[dict[str, Callable[..., Any]]] = {}
        FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = {
            name: parser for name, parser in DuckDB.Parser.FUNCTION_PARSERS.items() if name in ("CAST", "TRY_CAST")
        }
        NO_PAREN_FUNCTIONS: ClassVar[dict[Any, Any]] = {}
        NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = {
            name: parser for name, parser in DuckDB.Parser.NO_PAREN_FUNCTION_PARSERS.items() if name == "CASE"
        }


def syntax_tree(text: str, *, place: str) -> exp.Expr:
    """Raises ConfigError (`config.syntax_error`) with a mark below the place that is wrong."""
    if len(text) > _MAX_CHARACTERS:
        raise _wrong(place, f"the expression is longer than {_MAX_CHARACTERS} characters", text, None)
    try:
        trees = sqlglot.parse(text, read=_Canonical)
    except ParseError as cause:
        first = cause.errors[0] if cause.errors else {}
        raise _wrong(
            place, _plain(str(first.get("description") or "it cannot be read")), text, _start(text, first)
        ) from cause
    except SqlglotError as cause:
        raise _wrong(place, "a quote or a comment is not closed", text, len(text)) from cause
    except RecursionError as cause:
        raise _wrong(place, "the expression is nested too deeply", text, None) from cause
    found = [tree for tree in trees if tree is not None]
    if not found:
        raise ConfigError(
            f"{place}: the expression is empty", hint="for example: amount > 0", code="config.syntax_error"
        )
    if len(found) > 1:
        raise _wrong(place, "this is more than one statement; one stands alone here", text, text.find(";"))
    return found[0]


def query_sql(tree: exp.Expr) -> str:
    """The tree as DuckDB's SQL, with every name in quotes. Raises SQLGlot's UnsupportedError rather than leave
    something out.
    """
    return tree.sql(dialect=_Canonical, identify=True, unsupported_level=ErrorLevel.RAISE)


def pointed(text: str, at: int | None) -> str:
    """The line of the text that holds position `at`, with a mark below it."""
    if at is None:
        return ""
    at = max(0, min(at, len(text)))
    begin = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    line = text[begin : end if end >= 0 else len(text)]
    offset = at - begin
    if offset > 60:
        line, offset = "…" + line[offset - 40 :], 41
    return f"\n    {line[:100].expandtabs(1)}\n    {' ' * offset}^"


def _wrong(place: str, what: str, text: str, at: int | None) -> ConfigError:
    return ConfigError(
        f"{place}: {what}{pointed(text, at)}",
        hint='column names with signs or capitals go in double quotes ("order id"), texts in single quotes',
        code="config.syntax_error",
    )


def _start(text: str, error: dict[str, Any]) -> int | None:
    """SQLGlot says where the token ends (line and column from 1)."""
    line, column, token = error.get("line"), error.get("col"), error.get("highlight") or ""
    if not isinstance(line, int) or not isinstance(column, int):
        return None
    lines = text.split("\n")
    before = sum(len(item) + 1 for item in lines[: line - 1])
    return before + max(0, column - len(token))


def _plain(description: str) -> str:
    if description.startswith("Required keyword"):
        return "something is missing after this"
    if description.startswith("Expecting"):
        return f"{description.removeprefix('Expecting').strip()} is expected here"
    return "this is not understood here"
