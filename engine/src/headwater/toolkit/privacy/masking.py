"""`mask`: stars over a text but for its ends, or by a pattern. What a rule does not fit is hidden altogether."""

from __future__ import annotations

from headwater.sdk.errors import ConfigError
from headwater.toolkit.expressions.kinds import STRING
from headwater.toolkit.expressions.nodes import Call, Constant, Form, Node
from headwater.toolkit.expressions.patterns import Pattern, replacement
from headwater.toolkit.privacy.canonical import canonical_text
from headwater.toolkit.privacy.methods import Mask


def masked(node: Node, method: Mask, *, place: str) -> Node:
    """NULL for NULL, an empty text for an empty one. Raises ConfigError for a pattern or type that does not work."""
    text = canonical_text(node, place=place)
    return _by_pattern(text, method, place) if method.pattern is not None else _ends_kept(text, method)


def _ends_kept(text: Node, method: Mask) -> Node:
    """A text no longer than what is kept would be shown whole: it is hidden whole."""
    first, last = method.keep_first, method.keep_last
    kept = first + last
    hidden = _stars(f"substring({{0}}, {first + 1}, length({{0}}) - {kept})", method, "length({0}) - " + str(kept))
    whole = _stars("{0}", method, "length({0})")
    arguments = (text, _constant(method.character), *_kept_characters(method))
    if not kept:
        return Call("function", _each_way(whole, whole), arguments, STRING)
    duckdb = " || ".join(part for part in _around(hidden, first, last))
    spark = f"concat({', '.join(_around(hidden, first, last))})"
    either = f"CASE WHEN length({{0}}) <= {kept} THEN {whole} ELSE {{part}} END"
    # Not str.format: the arguments' places are braces too.
    return Call(
        "function", _each_way(either.replace("{part}", duckdb), either.replace("{part}", spark)), arguments, STRING
    )


def _each_way(duckdb: str, spark: str) -> Form:
    """DuckDB replaces all matches only when told."""
    return Form(duckdb.replace("{G}", ", 'g'"), spark.replace("{G}", ""))


def _around(hidden: str, first: int, last: int) -> list[str]:
    start = [f"left({{0}}, {first})"] if first else []
    end = [f"right({{0}}, {last})"] if last else []
    return [*start, hidden, *end]


def _stars(part: str, method: Mask, length: str) -> str:
    """SQL for the hidden part: as long as it was, of a fixed length, or with some characters left in place."""
    if method.length is not None:
        return f"CASE WHEN {{0}} IS NOT NULL THEN repeat({{1}}, {method.length}) END"
    if method.keep_characters:
        return f"regexp_replace({part}, {{2}}, {{3}}{{G}})"
    return f"repeat({{1}}, CAST({length} AS INTEGER))"


def _kept_characters(method: Mask) -> tuple[Constant, ...]:
    if not method.keep_characters:
        return ()
    listed = "".join(f"\\{character}" if not character.isalnum() else character for character in method.keep_characters)
    return Pattern(f"[^{listed}]").constant(), replacement(method.character.replace("\\", "\\\\"), 0)


def _by_pattern(text: Node, method: Mask, place: str) -> Node:
    try:
        pattern = Pattern(str(method.pattern))
        put = replacement(method.replacement, pattern.groups)
        if pattern.matches_nothing:
            raise ConfigError(
                f"the pattern {method.pattern!r} matches an empty text",
                hint="let it match at least one character",
                code="config.invalid_pattern",
            )
    except ConfigError as error:
        raise ConfigError(f"{place}.pattern: {error.message}", hint=error.hint, code=error.public_code) from error
    length = "CAST(length({0}) AS INTEGER)" if method.length is None else method.length
    whole = f"CASE WHEN {{0}} IS NOT NULL THEN repeat({{3}}, {length}) END"
    form = Form(
        f"CASE WHEN regexp_matches({{0}}, {{1}}) THEN regexp_replace({{0}}, {{1}}, {{2}}, 'g') ELSE {whole} END",
        f"CASE WHEN regexp_like({{0}}, {{1}}) THEN regexp_replace({{0}}, {{1}}, {{2}}) ELSE {whole} END",
    )
    return Call("function", form, (text, pattern.constant(), put, _constant(method.character)), STRING)


def _constant(text: str) -> Constant:
    return Constant(text, text)
