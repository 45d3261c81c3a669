"""CAST between the types of a project file: strict, and the same on every engine.

A cast never guesses. Text must be written as the type is written (`1.0` is no integer, 30 February no date; spaces
around it do not matter); a number becomes an integer only when it is whole. Rounding happens in two places, as
everywhere in SQL: a number cast to a decimal of fewer places (half away from zero), and to a float. Where a cast
has no result it is NULL and the row is at fault. Sources: ISO 8601 for dates and times; PostgreSQL's words for
booleans.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pyarrow as pa

from headwater.sdk.errors import ConfigError
from headwater.toolkit.arrow_types import type_name
from headwater.toolkit.expressions.kinds import STRING, Kind, digits_of, integer_range, kind_of
from headwater.toolkit.expressions.nodes import Call, Constant, Form, Literal, Node, same
from headwater.toolkit.expressions.sql_text import sql_type

_YEAR = "([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_DATE = f"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6}0{0,3})?)?"
_ZONE = "(Z|[+-][0-9]{2}(:?[0-9]{2})?)"
_FLOAT = "[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?"
_INFINITE = "([+-]?([iI][nN][fF]([iI][nN][iI][tT][yY])?)|[nN][aA][nN])"
_TRUE = "('true', 't', 'yes', 'y', 'on', '1')"
_FALSE = "('false', 'f', 'no', 'n', 'off', '0')"

_MATCHES = Form("regexp_full_match({0}, {1})", "regexp_like({0}, {1})")
_INFINITY = "CAST('Infinity' AS DOUBLE)"


@dataclass(frozen=True, slots=True)
class _Rule:
    """`{T}` in a template is the target's SQL type; `pattern` is argument 1. `never_fails` may say more than
    `partial`.
    """

    form: Form
    partial: bool = True
    pattern: Callable[[pa.DataType], str] | None = None
    never_fails: Callable[[pa.DataType, pa.DataType], bool] | None = None


def _of_text(pattern: Callable[[pa.DataType], str], value: str = "TRY_CAST({0} AS {T})") -> _Rule:
    return _Rule(
        Form(
            f"CASE WHEN {_MATCHES.duckdb} THEN {value} END",
            f"CASE WHEN {_MATCHES.spark} THEN TRY_CAST({{0}} AS {{T}}) END",
        ),
        pattern=pattern,
    )


def _total(template: str) -> _Rule:
    return _Rule(same(template), partial=False)


def _decimal_pattern(target: pa.DataType) -> str:
    whole, places = target.precision - target.scale, target.scale
    fraction = f"([.][0-9]{{0,{places}}}0*)?"
    bare = f"|[.][0-9]{{1,{places}}}0*" if places else ""
    digits = f"0*[0-9]{{1,{whole}}}" if whole else "0+"
    return f"[+-]?({digits}{fraction}{bare})"


def _integers_fit(source: pa.DataType, target: pa.DataType) -> bool:
    (low, high), (least, most) = integer_range(source), integer_range(target)
    return least <= low and high <= most


def _digits_fit(source: pa.DataType, target: pa.DataType) -> bool:
    (p1, s1), (p2, s2) = digits_of(source), digits_of(target)
    # Rounding may carry into one more digit.
    return p2 - s2 >= p1 - s1 + (1 if s2 < s1 else 0)


_CAST = _total("CAST({0} AS {T})")
_FLOAT_OF_TEXT = _Rule(
    Form(
        f"CASE WHEN regexp_full_match({{0}}, {{1}}) AND abs(TRY_CAST({{0}} AS {{T}})) < {_INFINITY}"
        " OR regexp_full_match({0}, {2}) THEN TRY_CAST({0} AS {T}) END",
        f"CASE WHEN regexp_like({{0}}, {{1}}) AND abs(TRY_CAST({{0}} AS {{T}})) < {_INFINITY}"
        " OR regexp_like({0}, {2}) THEN TRY_CAST({0} AS {T}) END",
    ),
    pattern=lambda _: _FLOAT,
)
# DuckDB's trim costs more than a cast, and most texts have nothing to trim: what casts at once is not looked at twice.
_TRIMMED = "coalesce(TRY_CAST({0} AS {T}), TRY_CAST(trim({0}) AS {T}))"
_BOOL_WORDS = f"CASE WHEN lower(trim({{0}})) IN {_TRUE} THEN TRUE WHEN lower(trim({{0}})) IN {_FALSE} THEN FALSE END"
# DuckDB's own cast knows all of these words but on and off, and no others.
_BOOL_OF_TEXT = _Rule(Form(f"coalesce(TRY_CAST({{0}} AS BOOLEAN), {_BOOL_WORDS})", _BOOL_WORDS))
# Spark writes 1.0E16 and 1.0E-5 where DuckDB writes 1e+16 and 1e-05, and changes to that notation at other sizes.
_TEXT_OF_FLOAT = Form(
    "CAST({0} AS VARCHAR)",
    r"CASE WHEN isnan({0}) THEN 'nan' WHEN abs({0}) = CAST('Infinity' AS DOUBLE) THEN IF({0} > 0, 'inf', '-inf')"
    r" WHEN {0} = 0 OR abs({0}) >= 1e-3D AND abs({0}) < 1e7D THEN CAST({0} AS STRING)"
    r" WHEN abs({0}) >= 1e-4D AND abs({0}) < 1e16D THEN regexp_replace(CAST(CAST(CAST({0} AS STRING) AS DECIMAL(38,20))"
    r" AS STRING), '([.][0-9]+?)0+$', '$1') ELSE regexp_replace(regexp_replace(regexp_replace(regexp_replace("
    r"CAST({0} AS STRING), '[.]0E', 'E'), 'E-', 'e-'), 'E', 'e+'), 'e([+-])([0-9])$', 'e$10$2') END",
)
# DuckDB writes .10 where a decimal has no digit before its point.
_TEXT_OF_FRACTION = Form("regexp_replace(CAST({0} AS VARCHAR), '^(-?)[.]', '\\10.')", "CAST({0} AS STRING)")
_IN_INT64 = "{0} >= CAST(-9223372036854775808 AS DOUBLE) AND {0} < CAST(9223372036854775808 AS DOUBLE)"

_RULES: dict[tuple[Kind, Kind], _Rule] = {
    ("text", "int"): _of_text(lambda _: "[+-]?[0-9]+"),
    ("text", "decimal"): _of_text(_decimal_pattern),
    ("text", "float"): _FLOAT_OF_TEXT,
    ("text", "bool"): _BOOL_OF_TEXT,
    ("text", "date"): _of_text(lambda _: _DATE),
    ("text", "time"): _of_text(lambda _: _TIME, _TRIMMED),
    ("text", "timestamp"): _of_text(lambda _: f"{_DATE}([T ]{_TIME})?", _TRIMMED),
    ("text", "timestamptz"): _of_text(lambda _: f"{_DATE}([T ]{_TIME}{_ZONE}?)?", _TRIMMED),
    ("text", "binary"): _Rule(Form("encode({0})", "encode({0}, 'UTF-8')"), partial=False),
    ("int", "int"): _Rule(same("TRY_CAST({0} AS {T})"), never_fails=_integers_fit),
    ("int", "decimal"): _Rule(same("TRY_CAST({0} AS {T})"), never_fails=_digits_fit),
    ("int", "float"): _CAST,
    ("int", "bool"): _Rule(same("CASE {0} WHEN 0 THEN FALSE WHEN 1 THEN TRUE END")),
    ("int", "text"): _CAST,
    ("decimal", "int"): _Rule(
        # Spark compares decimals of unlike scales in 38 digits, and loses places to get there.
        Form(
            "CASE WHEN floor({0}) = {0} THEN TRY_CAST({0} AS {T}) END",
            "CASE WHEN {0} % 1 = 0 THEN TRY_CAST({0} AS {T}) END",
        )
    ),
    ("decimal", "decimal"): _Rule(same("TRY_CAST({0} AS {T})"), never_fails=_digits_fit),
    ("decimal", "float"): _CAST,
    ("decimal", "text"): _CAST,
    ("float", "int"): _Rule(
        Form(
            f"CASE WHEN floor({{0}}) = {{0}} AND {_IN_INT64} THEN TRY_CAST({{0}} AS {{T}}) END",
            f"CASE WHEN rint({{0}}) = {{0}} AND {_IN_INT64} THEN TRY_CAST({{0}} AS {{T}}) END",
        )
    ),
    ("float", "decimal"): _Rule(Form("TRY_CAST(CAST({0} AS VARCHAR) AS {T})", "TRY_CAST(CAST({0} AS STRING) AS {T})")),
    ("float", "float"): _Rule(
        same(
            f"CASE WHEN abs({{0}}) < 3.4028235677973366e38 OR NOT abs({{0}}) < {_INFINITY}"
            " THEN CAST({0} AS {T}) END"
        ),
        never_fails=lambda source, target: source.bit_width <= target.bit_width,
    ),
    ("float", "text"): _Rule(_TEXT_OF_FLOAT, partial=False),
    ("bool", "int"): _CAST,
    ("bool", "text"): _CAST,
    ("date", "timestamp"): _CAST,
    ("date", "timestamptz"): _CAST,
    ("date", "text"): _CAST,
    ("timestamp", "date"): _CAST,
    ("timestamp", "time"): _CAST,
    ("timestamp", "timestamptz"): _CAST,
    ("timestamp", "text"): _CAST,
    ("timestamptz", "date"): _CAST,
    ("timestamptz", "time"): _Rule(
        # DuckDB has no such cast in one.
        Form("CAST(CAST({0} AS TIMESTAMP) AS {T})", "CAST(CAST({0} AS TIMESTAMP_NTZ) AS {T})"),
        partial=False,
    ),
    ("timestamptz", "timestamp"): _CAST,
    ("timestamptz", "text"): _Rule(Form("CAST({0} AS VARCHAR)", "concat(CAST({0} AS STRING), '+00')"), partial=False),
    ("time", "text"): _CAST,
}


def cast(node: Node, target: pa.DataType) -> Node:
    """The value as `target`. Raises ConfigError when there is no such cast."""
    source = node.type
    if source == target:
        return node
    if pa.types.is_null(source):
        return Literal(None, target)
    rule = _RULES.get((kind_of(source), kind_of(target)))
    if rule is None:
        raise ConfigError(
            f"{type_name(source)} cannot be cast to {type_name(target)}",
            hint=_ways_out(source),
            code="config.invalid_cast",
        )
    if rule.never_fails is not None and rule.never_fails(source, target):
        rule = replace(_CAST, pattern=None)
    if kind_of(source) == "decimal" and target == STRING and source.precision == source.scale:
        rule = _Rule(_TEXT_OF_FRACTION, partial=False)
    arguments: tuple[Node, ...] = (node,)
    if rule.pattern is not None:
        arguments += (_whole(rule.pattern(target)), _whole(_INFINITE))
    form = Form(*(_typed(rule.form, target)))
    if pa.types.is_unsigned_integer(target) and rule.partial:
        form = Form(form.duckdb, _within(form.spark, target))
    return Call("cast", form, arguments, target, partial=rule.partial)


def try_cast(node: Node, target: pa.DataType) -> Node:
    """Like `cast`; a row for which it has no result is not at fault."""
    made = cast(node, target)
    return replace(made, partial=False) if isinstance(made, Call) and made is not node else made


def _typed(form: Form, target: pa.DataType) -> tuple[str, str]:
    return form.duckdb.replace("{T}", sql_type(target, "duckdb")), form.spark.replace("{T}", sql_type(target, "spark"))


def _within(spark: str, target: pa.DataType) -> str:
    """Spark has no unsigned integers: the signed type that holds them also holds what they do not."""
    low, high = integer_range(target)
    return f"CASE WHEN {spark} BETWEEN {low} AND {high} THEN {spark} END"


def _whole(pattern: str) -> Constant:
    """DuckDB matches the whole text by itself, Spark by anchors. `$` would let a line end pass in Java."""
    return Constant(f" *{pattern} *", rf"\A *{pattern} *\z")


def _ways_out(source: pa.DataType) -> str:
    possible = sorted(target for origin, target in _RULES if origin == kind_of(source))
    if not possible:
        return "leave the column as it is"
    return f"{type_name(source)} can become: {', '.join('string' if name == 'text' else name for name in possible)}"
