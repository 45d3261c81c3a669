"""Functions of numbers."""

from __future__ import annotations

import pyarrow as pa

from headwater.toolkit.expressions.arithmetic import arithmetic, as_int64, bits_of
from headwater.toolkit.expressions.casts import cast
from headwater.toolkit.expressions.kinds import FLOAT64, INT64
from headwater.toolkit.expressions.nodes import Call, Form, Node, same
from headwater.toolkit.expressions.signature import Builder, by_kind, fixed_integer, function, mapped
from headwater.toolkit.expressions.sql_text import sql_type

_LAST_DIGIT = "Engines may differ in the last digit."
# From here on a float has no places after the point.
_ALL_WHOLE = "4503599627370496e0"


def _abs_of_integer(arguments: tuple[Node, ...]) -> Node:
    value = as_int64(arguments[0])
    if bits_of(value) < 63:
        return Call("function", same("abs({0})"), (value,), INT64, bits=bits_of(value))
    form = Form("TRY(abs({0}))", "IF({0} < 0, try_subtract(0L, {0}), {0})")
    return Call("function", form, (value,), INT64, partial=True)


def _same_type(form: Form) -> Builder:
    def build(arguments: tuple[Node, ...]) -> Node:
        return Call("function", form, (arguments[0],), arguments[0].type)

    return build


def _whole(name: str) -> Builder:
    """floor or ceil. Spark's gives int64, which has no -0.0, and fails for a large float."""
    floats = Form(
        f"({name}({{0}}) + 0e0)",
        f"CASE WHEN abs({{0}}) < {_ALL_WHOLE} THEN CAST({name}({{0}}) AS DOUBLE) ELSE {{0}} END",
    )

    def of_decimal(arguments: tuple[Node, ...]) -> Node:
        source = arguments[0].type
        target = pa.decimal128(min(38, source.precision - source.scale + 1), 0)
        return Call("function", _cast_form(f"{name}({{0}})", target), (arguments[0],), target)

    def of_float(arguments: tuple[Node, ...]) -> Node:
        return Call("function", floats, (cast(arguments[0], FLOAT64),), FLOAT64)

    return by_kind({("float",): of_float, ("decimal",): of_decimal, ("int",): lambda arguments: arguments[0]})


def _round(arguments: tuple[Node, ...]) -> Node:
    places = fixed_integer(arguments, 1, "number of places", 0, 15) if len(arguments) == 2 else 0

    def of_decimal(given: tuple[Node, ...]) -> Node:
        source = given[0].type
        kept = min(places, source.scale)
        target = pa.decimal128(min(38, source.precision - source.scale + kept + 1), kept)
        return Call("function", _cast_form(f"round({{0}}, {kept})", target), (given[0],), target)

    def of_float(given: tuple[Node, ...]) -> Node:
        power = f"1e{places}"
        form = Form(
            f"CASE WHEN abs({{0}}) < {_ALL_WHOLE} THEN round({{0}} * {power}) / {power} + 0e0 ELSE {{0}} END",
            f"CASE WHEN abs({{0}}) < {_ALL_WHOLE} THEN round({{0}} * {power}D) / {power}D + 0e0D ELSE {{0}} END",
        )
        return Call("function", form, (cast(given[0], FLOAT64),), FLOAT64)

    return by_kind({("float",): of_float, ("decimal",): of_decimal, ("int",): lambda given: given[0]})(arguments)


def _cast_form(template: str, target: pa.DataType) -> Form:
    return Form(f"CAST({template} AS {sql_type(target, 'duckdb')})", f"CAST({template} AS {sql_type(target, 'spark')})")


def _sign(arguments: tuple[Node, ...]) -> Node:
    form = same("CASE WHEN {0} > 0 THEN 1 WHEN {0} < 0 THEN -1 WHEN {0} = 0 THEN 0 END")
    return Call("function", form, (arguments[0],), INT64, bits=1)


def _mod(arguments: tuple[Node, ...]) -> Node:
    return arithmetic("%", arguments[0], arguments[1])


def _positive(name: str) -> Builder:
    """A logarithm: no result for zero and below."""
    return mapped(("float",), FLOAT64, f"CASE WHEN {{0}} > 0 THEN {name}({{0}}) END", partial=True)


_NUMBER = ("int", "decimal", "float")

FUNCTIONS = (
    function(
        "abs",
        "abs(number)",
        "Without the sign.",
        by_kind({("int",): _abs_of_integer, ("decimal", "float"): _same_type(same("abs({0})"))}),
        arity=(1, 1),
    ),
    function(
        "round",
        "round(number[, places])",
        "Rounded half away from zero.",
        _round,
        arity=(1, 2),
        note="A decimal stays a decimal. The places (0 to 15) are written out.",
    ),
    function("floor", "floor(number)", "The next whole number below.", _whole("floor"), arity=(1, 1)),
    function("ceil ceiling", "ceil(number)", "The next whole number above.", _whole("ceil"), arity=(1, 1)),
    function(
        "sign",
        "sign(number)",
        "-1, 0 or 1.",
        by_kind({_NUMBER: _sign}),
        arity=(1, 1),
    ),
    function(
        "sqrt",
        "sqrt(number)",
        "The square root.",
        mapped(("float",), FLOAT64, "CASE WHEN NOT {0} < 0 THEN sqrt({0}) END", partial=True),
        arity=(1, 1),
        note="No result below zero.",
    ),
    function(
        "power pow",
        "power(base, exponent)",
        "The base to the exponent; also written `base ** exponent`.",
        mapped(("float", "float"), FLOAT64, "power({0}, {1})"),
        arity=(2, 2),
        note=_LAST_DIGIT,
    ),
    function(
        "exp",
        "exp(number)",
        "e to the number.",
        mapped(("float",), FLOAT64, "exp({0})"),
        arity=(1, 1),
        note=_LAST_DIGIT,
    ),
    function(
        "ln",
        "ln(number)",
        "The natural logarithm.",
        _positive("ln"),
        arity=(1, 1),
        note=f"No result for zero and below. {_LAST_DIGIT}",
    ),
    function(
        "log10",
        "log10(number)",
        "The logarithm to base 10.",
        _positive("log10"),
        arity=(1, 1),
        note=f"No result for zero and below. {_LAST_DIGIT}",
    ),
    function(
        "mod",
        "mod(a, b)",
        "The remainder, with the sign of a; also written `a % b`.",
        _mod,
        arity=(2, 2),
        note="No result when b is 0.",
    ),
)
