"""Functions of lists and of JSON text."""

from __future__ import annotations

import re

import pyarrow as pa

from headwater.sdk.errors import ConfigError
from headwater.toolkit.expressions.comparison import compare
from headwater.toolkit.expressions.kinds import BOOL, INT64, STRING
from headwater.toolkit.expressions.nodes import Call, Constant, Form, Literal, Node
from headwater.toolkit.expressions.signature import (
    constant,
    fixed_integer,
    fixed_text,
    function,
    mapped,
    take,
    wrong_argument,
)

_TEXTS = pa.list_(STRING)

# JSON is what RFC 8259 says. DuckDB also takes NaN, infinities and a comma before a closing bracket: looked for
# outside strings, and only where the text as a whole might hold them.
_BEYOND = r"'[nN][aA][nN]|[iI][nN][fF]|,[ \t\r\n]*[\]}}]'"
_STRINGS = r"""'"([^"\\]|\\.)*"'"""
_STRICT = (
    f"(NOT regexp_matches({{0}}, {_BEYOND})"
    f" OR NOT regexp_matches(regexp_replace({{0}}, {_STRINGS}, '', 'g'), {_BEYOND}))"
)
# Spark reads the first value of a text and does not mind what follows, nor numbers and quotes of its own kind. What is
# one item of a list and one field of an object, too, is one value.
_OPTIONS = "map('allowNonNumericNumbers', 'false', 'allowSingleQuotes', 'false')"
_VALID = Form(
    f"(json_valid({{0}}) AND {_STRICT})",
    f"(from_json(concat('[', {{0}}, ']'), 'ARRAY<STRING>', {_OPTIONS}) IS NOT NULL"
    f" AND from_json(concat('{{{{\"v\":', {{0}}, '}}}}'), 'MAP<STRING,STRING>', {_OPTIONS}) IS NOT NULL)",
)
_PATH = re.compile(r"\$(\.[A-Za-z_][A-Za-z0-9_]*|\[\d+\])+")


def _json(arguments: tuple[Node, ...]) -> Node:
    path = fixed_text(arguments, 1, "path")
    if not path.startswith("$"):
        path = f"$.{path}"
    if not _PATH.fullmatch(path):
        raise ConfigError(
            f"the JSON path {path!r} is not of the kind that every engine reads alike",
            hint="write it like '$.customer.emails[0]'",
            code="config.invalid_expression",
        )
    form = Form(
        f"json_extract_string(TRY_CAST(CASE WHEN {_STRICT} THEN {{0}} END AS JSON), {{1}})",
        f"CASE WHEN {_VALID.spark} THEN get_json_object({{0}}, {{1}}) END",
    )
    return Call("function", form, (take(arguments[0], "text", 0), constant(path)), STRING)


def _contains(arguments: tuple[Node, ...]) -> Node:
    items, value = take(arguments[0], "list", 0), arguments[1]
    sought = compare("=", Literal(None, items.type.value_type), value)
    assert isinstance(sought, Call)
    if sought.arguments[0].type != items.type.value_type:
        raise wrong_argument(1, value, str(items.type.value_type))
    form = Form(
        "list_contains({0}, {1})",
        "CASE WHEN {0} IS NOT NULL AND {1} IS NOT NULL THEN coalesce(array_contains({0}, {1}), FALSE) END",
    )
    return Call("function", form, (items, sought.arguments[1]), BOOL)


def _extract(arguments: tuple[Node, ...]) -> Node:
    items = take(arguments[0], "list", 0)
    at = fixed_integer(arguments, 1, "position", 1, 1_000_000)
    form = Form(f"list_extract({{0}}, {at})", f"get({{0}}, {at - 1})")
    return Call("function", form, (items,), items.type.value_type)


def _split(arguments: tuple[Node, ...]) -> Node:
    separator = fixed_text(arguments, 1, "separator")
    if "\\E" in separator:
        raise ConfigError("the separator holds \\E", hint="replace it first", code="config.invalid_expression")
    form = Form("string_split({0}, {1})", "split({0}, {1}, -1)")
    by = Constant(separator, rf"\Q{separator}\E")
    return Call("function", form, (take(arguments[0], "text", 0), by), _TEXTS)


FUNCTIONS = (
    function(
        "json_extract_string",
        "json_extract_string(json, path)",
        "What stands at the path, as text; also written `json ->> path`. NULL when there is nothing, or no JSON.",
        _json,
        arity=(2, 2),
        note="The path is written out, like '$.customer.emails[0]'. "
        "How engines write an object, or a number with a point, may differ.",
    ),
    function(
        "json_valid",
        "json_valid(text)",
        "Is the text JSON (RFC 8259)?",
        mapped(
            ("text",),
            BOOL,
            _VALID.duckdb,
            f"CASE WHEN {{0}} IS NOT NULL THEN {_VALID.spark} END",
        ),
        arity=(1, 1),
    ),
    function(
        "len array_length",
        "len(list)",
        "How many items.",
        mapped(("list",), INT64, "len({0})", "CAST(size({0}) AS BIGINT)"),
        arity=(1, 1),
    ),
    function(
        "list_contains array_contains",
        "list_contains(list, value)",
        "Is the value in it? NULL items do not count.",
        _contains,
        arity=(2, 2),
    ),
    function(
        "list_extract",
        "list_extract(list, n)",
        "The n-th item, from 1; NULL beyond the end.",
        _extract,
        arity=(2, 2),
        note="n is written out.",
    ),
    function(
        "array_to_string list_to_string",
        "array_to_string(list, separator)",
        "The items as one text; NULL items are left out.",
        mapped(
            ("text list", "text"),
            STRING,
            "CASE WHEN {0} IS NOT NULL THEN coalesce(array_to_string({0}, {1}), '') END",
            "array_join({0}, {1})",
        ),
        arity=(2, 2),
    ),
    function(
        "string_split split",
        "string_split(text, separator)",
        "The parts as a list.",
        _split,
        arity=(2, 2),
        note="The separator is written out.",
    ),
)
