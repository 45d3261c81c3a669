"""`generalize`: less detail. What does not fit the rule becomes NULL, never itself.

Networks: RFC 4632 (IPv4), RFC 4291 section 2.2 (the ways to write an IPv6 address).
"""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from headwater.sdk.errors import ConfigError
from headwater.toolkit.arrow_types import type_name
from headwater.toolkit.expressions.casts import cast, try_cast
from headwater.toolkit.expressions.catalogue import FUNCTIONS
from headwater.toolkit.expressions.kinds import DATE, FLOAT64, INT64, STRING, is_number, kind_of
from headwater.toolkit.expressions.nodes import Call, Constant, Form, Literal, Node, same
from headwater.toolkit.expressions.patterns import Pattern, replacement
from headwater.toolkit.privacy.canonical import canonical_text, text_only
from headwater.toolkit.privacy.methods import Generalize

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
_H = "[0-9a-f]{1,4}"
# The first three groups of an address; a `::` among them stands for zeros.
_IPV6 = (
    (rf"^({_H}:{_H}:{_H}):[0-9a-f:.]+$", r"\1::/48"),
    (rf"^({_H}(?::{_H})?)::[0-9a-f:.]*$", r"\1::/48"),
    (r"^::[0-9a-f:.]*$", "::/48"),
)

# Spark's floor answers with a bigint (which has no -0.0) and overflows; from 2⁵² on every float is whole.
_FLOAT_BIN = Form(
    "(floor({0} / {1}) * {1} + CAST(0 AS DOUBLE))",
    "CASE WHEN abs({0} / {1}) < 4503599627370496D THEN floor({0} / {1}) * {1} ELSE {0} END",
)


def generalized(node: Node, method: Generalize, *, place: str, today: date) -> Node:
    """Raises ConfigError for a type that does not go with the way chosen."""
    if method.to is not None:
        return _truncated(node, method.to, place)
    if method.bin is not None:
        return _binned(node, method.bin, method.show, place)
    if method.prefix is not None:
        text = canonical_text(node, place=place)
        form = same(f"CASE WHEN length({{0}}) > {method.prefix} THEN left({{0}}, {method.prefix}) END")
        return Call("function", form, (text,), STRING)
    if method.network is not None:
        return _network(text_only(node, "generalize with `network`", place=place), method.network)
    return _age_band(node, method, place, method.as_of or today)


def _truncated(node: Node, unit: str, place: str) -> Node:
    if kind_of(node.type) == "text":
        node = try_cast(node, DATE)
    if kind_of(node.type) not in ("date", "timestamp", "timestamptz"):
        raise _refused(node, place, "with `to` works on dates and timestamps")
    if kind_of(node.type) == "date" and unit == "hour":
        raise _refused(node, place, "to the hour needs a timestamp")
    if unit != "decade":
        return FUNCTIONS["date_trunc"].build((Literal(unit, STRING), node))
    year = FUNCTIONS["date_trunc"].build((Literal("year", STRING), cast(node, DATE)))
    # Year 0 is no year: the first decade begins with the year 1.
    form = Form(
        "CASE WHEN {0} IS NOT NULL THEN make_date(greatest(CAST(year({0}) // 10 * 10 AS INTEGER), 1), 1, 1) END",
        "CASE WHEN {0} IS NOT NULL THEN make_date(greatest(year({0}) div 10 * 10, 1), 1, 1) END",
    )
    return Call("function", form, (year,), DATE)


def _binned(node: Node, width: float, show: str, place: str) -> Node:
    if not is_number(node.type):
        raise _refused(node, place, "with `bin` works on numbers")
    if kind_of(node.type) == "int" and width == int(width):
        return _integer_bin(node, int(width), show)
    value = cast(node, FLOAT64)
    start = Call("function", _FLOAT_BIN, (value, Literal(float(width), FLOAT64)), FLOAT64)
    if show == "start":
        return start
    end = Call("function", same("({0} + {1})"), (start, Literal(float(width), FLOAT64)), FLOAT64)
    joined = Form("{0} || ' to ' || {1}", "concat({0}, ' to ', {1})")
    return Call("function", joined, (canonical_text(start, place=place), canonical_text(end, place=place)), STRING)


def _integer_bin(node: Node, width: int, show: str) -> Node:
    """Exact; at the lower end of int64 the range would begin below it, and the value becomes NULL."""
    wide = Call("widen", same("CAST({0} AS BIGINT)"), (node,), INT64) if node.type != pa.uint64() else node
    if node.type == pa.uint64():
        wide = try_cast(node, INT64)
    rest = f"((({{0}} % {width}) + {width}) % {width})"
    form = Form(f"TRY({{0}} - {rest})", f"try_subtract({{0}}, {rest})")
    start = Call("function", form, (wide,), INT64)
    if show == "start":
        return start
    last = Form(f"TRY({{0}} + {width - 1})", f"try_add({{0}}, {width - 1}L)")
    end = Call("function", last, (start,), INT64)
    joined = Form("{0} || '-' || {1}", "concat({0}, '-', {1})")
    return Call("function", joined, (cast(start, STRING), cast(end, STRING)), STRING)


def _network(text: Node, bits: int) -> Node:
    kept = bits // 8
    plain = Call("function", same("lower(trim({0}))"), (text,), STRING)
    first = rf"^({_OCTET}(?:\.{_OCTET}){{{kept - 1}}})(?:\.{_OCTET}){{{4 - kept}}}$"
    branches = [(first, rf"\1{'.0' * (4 - kept)}/{bits}"), *_IPV6]
    duckdb = spark = "CASE"
    arguments: list[Node] = [plain]
    for pattern, put in branches:
        checked = Pattern(pattern)
        at = len(arguments)
        arguments += [checked.constant(), replacement(put, checked.groups)]
        duckdb += f" WHEN regexp_matches({{0}}, {{{at}}}) THEN regexp_replace({{0}}, {{{at}}}, {{{at + 1}}})"
        spark += f" WHEN regexp_like({{0}}, {{{at}}}) THEN regexp_replace({{0}}, {{{at}}}, {{{at + 1}}})"
    return Call("function", Form(f"{duckdb} END", f"{spark} END"), tuple(arguments), STRING)


def _age_band(node: Node, method: Generalize, place: str, as_of: date) -> Node:
    age = _age(node, place, as_of)
    width, top = int(method.age_band or 1), method.top
    form = same(
        f"CASE WHEN {{0}} < 0 THEN NULL WHEN {{0}} >= {top} THEN {{1}} ELSE {{2}} END",
    )
    start = Call("function", same(f"({{0}} - {{0}} % {width})"), (age,), INT64)
    end = Call("function", same(f"least({{0}} + {width - 1}, {top - 1})"), (start,), INT64)
    joined = Form("({0} || '-' || {1})", "concat({0}, '-', {1})")
    band = Call("function", joined, (cast(start, STRING), cast(end, STRING)), STRING)
    return Call("function", form, (age, Constant(f"{top}+", f"{top}+"), band), STRING)


def _age(node: Node, place: str, as_of: date) -> Node:
    """Full years; who was born on 29 February is a year older on 1 March."""
    if kind_of(node.type) == "int":
        return try_cast(node, INT64)
    if kind_of(node.type) == "text":
        node = try_cast(node, DATE)
    if kind_of(node.type) not in ("date", "timestamp", "timestamptz"):
        raise _refused(node, place, "with `age_band` works on dates of birth and on ages")
    day = cast(node, DATE)
    later = as_of.month * 100 + as_of.day
    years = (
        f"(CAST({as_of.year} - year({{0}}) AS BIGINT)"
        f" - CASE WHEN month({{0}}) * 100 + day({{0}}) > {later} THEN 1 ELSE 0 END)"
    )
    return Call("function", same(years), (day,), INT64)


def _refused(node: Node, place: str, what: str) -> ConfigError:
    return ConfigError(
        f"{place}: generalize {what}, and this is {type_name(node.type)}",
        hint="cast it first, with `cast`, or choose another way to generalize",
        code="config.unsupported_type",
    )
