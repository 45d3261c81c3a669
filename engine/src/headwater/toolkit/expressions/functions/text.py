"""Functions of text. Positions and lengths count characters (code points), from 1."""

from __future__ import annotations

from headwater.sdk.errors import ConfigError
from headwater.toolkit.expressions.kinds import BOOL, INT64, STRING
from headwater.toolkit.expressions.nodes import Call, Form, Literal, Node, same
from headwater.toolkit.expressions.signature import (
    Builder,
    constant,
    fixed_integer,
    fixed_text,
    function,
    mapped,
    spread,
    take,
)

_LONGEST = 2_000_000_000
_CASE_NOTE = (
    "Some hundred rare letters (ligatures, Greek with iota below, a final sigma, `İ`) may differ between engines."
)


def _trim(side: str) -> Builder:
    """side: "", "l" or "r"."""
    spark = {"": "BOTH", "l": "LEADING", "r": "TRAILING"}[side]
    form = Form(f"{side}trim({{0}}, {{1}})", f"trim({spark} {{1}} FROM {{0}})")

    def build(arguments: tuple[Node, ...]) -> Node:
        characters = fixed_text(arguments, 1, "set of characters") if len(arguments) == 2 else " "
        return Call("function", form, (take(arguments[0], "text", 0), constant(characters)), STRING)

    return build


def _pad(side: str) -> Builder:
    def build(arguments: tuple[Node, ...]) -> Node:
        length = fixed_integer(arguments, 1, "length", 0, 10_000)
        fill = fixed_text(arguments, 2, "fill") if len(arguments) == 3 else " "
        form = same(f"{side}pad({{0}}, {length}, {{1}})")
        return Call("function", form, (take(arguments[0], "text", 0), constant(fill)), STRING)

    return build


def _split_part(arguments: tuple[Node, ...]) -> Node:
    text, separator = take(arguments[0], "text", 0), constant(fixed_text(arguments, 1, "separator"))
    number = fixed_integer(arguments, 2, "part", -10_000, 10_000)
    if number == 0:
        raise _no_zero("part")
    return Call("function", same(f"split_part({{0}}, {{1}}, {number})"), (text, separator), STRING)


def _substring(arguments: tuple[Node, ...]) -> Node:
    """Position 0 means different things to engines: as a literal it is refused, computed it has no result."""
    text, start, *rest = arguments
    start = _count(start, 1, least=-_LONGEST)
    if isinstance(start, Literal) and start.value == 0:
        raise _no_zero("start")
    given = (take(text, "text", 0), start, *(_count(node, 2) for node in rest))
    inner = ", ".join(f"{{{index}}}" for index in range(len(given)))
    if isinstance(start, Literal):
        return Call("function", same(f"substring({inner})"), given, STRING)
    return Call("function", same(f"CASE WHEN {{1}} <> 0 THEN substring({inner}) END"), given, STRING, partial=True)


def _end(side: str) -> Builder:
    def build(arguments: tuple[Node, ...]) -> Node:
        given = (take(arguments[0], "text", 0), _count(arguments[1], 1))
        return Call("function", same(f"{side}({{0}}, {{1}})"), given, STRING)

    return build


def _count(node: Node, at: int, *, least: int = 0) -> Node:
    """A number of characters in the 32 bits that Spark takes; below `least` it is `least`."""
    taken = take(node, "int", at)
    if isinstance(taken, Literal) and isinstance(taken.value, int):
        return Literal(min(max(taken.value, least), _LONGEST), taken.type)
    form = Form(
        f"CAST(least(greatest({{0}}, {least}), {_LONGEST}) AS INTEGER)",
        f"CAST(least(greatest({{0}}, {least}L), {_LONGEST}L) AS INT)",
    )
    return Call("widen", form, (taken,), taken.type)


def _no_zero(what: str) -> ConfigError:
    return ConfigError(f"the {what} is 0", hint="the first is 1, the last is -1", code="config.invalid_expression")


def _translate(arguments: tuple[Node, ...]) -> Node:
    old, new = fixed_text(arguments, 1, "letters to replace"), fixed_text(arguments, 2, "letters to put")
    letters = (take(arguments[0], "text", 0), constant(old), constant(new))
    return Call("function", same("translate({0}, {1}, {2})"), letters, STRING)


_LENGTH = mapped(("text",), INT64, "length({0})", "CAST(length({0}) AS BIGINT)")

FUNCTIONS = (
    function(
        "lower lcase",
        "lower(text)",
        "Small letters.",
        mapped(("text",), STRING, "lower({0})"),
        arity=(1, 1),
        note=_CASE_NOTE,
    ),
    function(
        "upper ucase",
        "upper(text)",
        "Capital letters.",
        mapped(("text",), STRING, "upper({0})", "upper(translate({0}, 'ß', 'ẞ'))"),
        arity=(1, 1),
        note=f"`ß` becomes `ẞ`. {_CASE_NOTE}",
    ),
    function(
        "trim",
        "trim(text[, characters])",
        "Without spaces, or the given characters, at both ends.",
        _trim(""),
        arity=(1, 2),
        note="Without a second argument the space only: tabs and line ends stay.",
    ),
    function("ltrim", "ltrim(text[, characters])", "The same at the start.", _trim("l"), arity=(1, 2)),
    function("rtrim", "rtrim(text[, characters])", "The same at the end.", _trim("r"), arity=(1, 2)),
    function("length char_length", "length(text)", "How many characters.", _LENGTH, arity=(1, 1)),
    function(
        "substring substr",
        "substring(text, start[, length])",
        "A part of a text, from position `start`.",
        _substring,
        arity=(2, 3),
        note="The first character is 1, and -1 is the last; a computed start of 0 has no result.",
    ),
    function("left", "left(text, n)", "The first n characters.", _end("left"), arity=(2, 2)),
    function("right", "right(text, n)", "The last n characters.", _end("right"), arity=(2, 2)),
    function(
        "replace",
        "replace(text, old, new)",
        "Every `old` becomes `new`.",
        mapped(("text", "text", "text"), STRING, "replace({0}, {1}, {2})"),
        arity=(3, 3),
    ),
    function(
        "translate",
        "translate(text, old, new)",
        "Each letter of `old` becomes the letter at its place in `new`, or nothing.",
        _translate,
        arity=(3, 3),
        note="Both sets are written out.",
    ),
    function(
        "concat",
        "concat(value, …)",
        "All values as one text; NULL counts as empty.",
        spread("anything as text", STRING, ("concat(", ")"), ("concat_ws('', ", ")")),
        arity=(1, None),
        note="`a || b` is NULL when one side is.",
    ),
    function(
        "concat_ws",
        "concat_ws(separator, value, …)",
        "All values that are not NULL, with the separator between them.",
        spread("anything as text", STRING, ("concat_ws(", ")")),
        arity=(2, None),
    ),
    function(
        "starts_with",
        "starts_with(text, start)",
        "Does it begin so?",
        mapped(("text", "text"), BOOL, "starts_with({0}, {1})", "startswith({0}, {1})"),
        arity=(2, 2),
    ),
    function(
        "ends_with suffix",
        "ends_with(text, end)",
        "Does it end so?",
        mapped(("text", "text"), BOOL, "ends_with({0}, {1})", "endswith({0}, {1})"),
        arity=(2, 2),
    ),
    function(
        "contains",
        "contains(text, part)",
        "Is the part in it?",
        mapped(("text", "text"), BOOL, "contains({0}, {1})"),
        arity=(2, 2),
    ),
    function(
        "strpos instr",
        "strpos(text, part)",
        "The first position of the part, or 0.",
        mapped(("text", "text"), INT64, "strpos({0}, {1})", "CAST(instr({0}, {1}) AS BIGINT)"),
        arity=(2, 2),
    ),
    function(
        "lpad",
        "lpad(text, length[, fill])",
        "Filled or cut at the start to a length.",
        _pad("l"),
        arity=(2, 3),
        note="It is always cut at the end.",
    ),
    function("rpad", "rpad(text, length[, fill])", "Filled or cut at the end to a length.", _pad("r"), arity=(2, 3)),
    function(
        "split_part",
        "split_part(text, separator, n)",
        "The n-th part, or an empty text.",
        _split_part,
        arity=(3, 3),
        note="Separator and n are written out; -1 is the last part.",
    ),
    function(
        "reverse",
        "reverse(text)",
        "From the last character to the first.",
        mapped(("text",), STRING, "array_to_string(list_reverse(string_split({0}, '')), '')", "reverse({0})"),
        arity=(1, 1),
    ),
    function(
        "md5",
        "md5(text)",
        "The MD5 digest of its UTF-8, in small hexadecimal.",
        mapped(("text",), STRING, "md5({0})"),
        arity=(1, 1),
    ),
    function(
        "sha256",
        "sha256(text)",
        "The SHA-256 digest of its UTF-8, in small hexadecimal.",
        mapped(("text",), STRING, "sha256({0})", "sha2({0}, 256)"),
        arity=(1, 1),
        note="Whoever knows the possible values can find them by trying; to protect people use `anonymize`.",
    ),
)
