"""Functions of regular expressions. Patterns are written out and checked when the pipeline is planned."""

from __future__ import annotations

from headwater.sdk.errors import ConfigError
from headwater.toolkit.expressions.kinds import BOOL, STRING
from headwater.toolkit.expressions.nodes import Call, Form, Literal, Node
from headwater.toolkit.expressions.patterns import Pattern, replacement
from headwater.toolkit.expressions.signature import fixed_integer, fixed_text, function, take

_NOTE = "RE2 syntax, without what Java reads otherwise; the pattern is written out."


def _matches(arguments: tuple[Node, ...]) -> Node:
    pattern = Pattern(fixed_text(arguments, 1, "pattern")).constant()
    form = Form("regexp_matches({0}, {1})", "regexp_like({0}, {1})")
    return Call("function", form, (take(arguments[0], "text", 0), pattern), BOOL)


def _full_match(arguments: tuple[Node, ...]) -> Node:
    pattern = Pattern(fixed_text(arguments, 1, "pattern")).constant(whole=True)
    form = Form("regexp_full_match({0}, {1})", "regexp_like({0}, {1})")
    return Call("function", form, (take(arguments[0], "text", 0), pattern), BOOL)


def _replace(arguments: tuple[Node, ...]) -> Node:
    pattern = Pattern(fixed_text(arguments, 1, "pattern"))
    flags = arguments[3] if len(arguments) == 4 else None
    if not (isinstance(flags, Literal) and flags.value == "g"):
        raise ConfigError(
            "without 'g' DuckDB replaces the first match and Spark every match",
            hint="write regexp_replace(text, pattern, replacement, 'g')",
            code="config.invalid_expression",
        )
    if pattern.matches_nothing or pattern.groups > 9:
        raise ConfigError(
            "the pattern to replace matches an empty text, or has more than nine groups",
            hint="let it match at least one character, for example by + instead of *",
            code="config.invalid_pattern",
        )
    new = arguments[2]
    text = new.value if isinstance(new, Literal) and isinstance(new.value, str) else None
    if text is None:
        fixed_text(arguments, 2, "replacement")
    put = replacement(str(text), pattern.groups)
    form = Form("regexp_replace({0}, {1}, {2}, 'g')", "regexp_replace({0}, {1}, {2})")
    return Call("function", form, (take(arguments[0], "text", 0), pattern.constant(), put), STRING)


def _extract(arguments: tuple[Node, ...]) -> Node:
    pattern = Pattern(fixed_text(arguments, 1, "pattern"))
    group = fixed_integer(arguments, 2, "group", 0, pattern.groups) if len(arguments) == 3 else 0
    form = Form(f"regexp_extract({{0}}, {{1}}, {group})", f"regexp_extract({{0}}, {{1}}, {group})")
    return Call("function", form, (take(arguments[0], "text", 0), pattern.constant()), STRING)


FUNCTIONS = (
    function(
        "regexp_matches regexp_like",
        "regexp_matches(text, pattern)",
        "Is there a match anywhere in it?",
        _matches,
        arity=(2, 2),
        note=_NOTE,
    ),
    function(
        "regexp_full_match",
        "regexp_full_match(text, pattern)",
        "Does the whole text match?",
        _full_match,
        arity=(2, 2),
        note=_NOTE,
    ),
    function(
        "regexp_replace",
        "regexp_replace(text, pattern, new, 'g')",
        "Every match becomes `new`; `\\1` in it is the first group.",
        _replace,
        arity=(3, 4),
        note=f"{_NOTE} The 'g' is required, and the pattern must not match an empty text.",
    ),
    function(
        "regexp_extract",
        "regexp_extract(text, pattern[, group])",
        "The first match, or a group of it; an empty text when there is none.",
        _extract,
        arity=(2, 3),
        note=_NOTE,
    ),
)
