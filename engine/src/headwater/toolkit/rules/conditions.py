"""Conditions that a value breaks a rule: true when it does, never true for NULL (but for `is_missing`).

A bound or a listed value from a project file takes the type of the column it is held against; one that cannot is a
ConfigError. NaN lies outside every range, on every engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import isfinite

import pyarrow as pa

from headwater.sdk.errors import ConfigError
from headwater.toolkit.arrow_types import type_name
from headwater.toolkit.expressions import build, logic
from headwater.toolkit.expressions.catalogue import FUNCTIONS
from headwater.toolkit.expressions.checked import CheckedExpression
from headwater.toolkit.expressions.comparison import exact_digits
from headwater.toolkit.expressions.kinds import STRING, Kind, is_number, kind_of
from headwater.toolkit.expressions.nodes import Call, Literal, same

Scalar = bool | int | float | str

is_missing = build.is_null
NEVER = build.literal(False)


def outside(
    value: CheckedExpression, low: Scalar | None, high: Scalar | None, *, exclusive: tuple[bool, bool] = (False, False)
) -> CheckedExpression:
    """Below `low` or above `high`; `exclusive` says for each whether the bound itself is outside."""
    if kind_of(value.type) in ("bool", "list", "struct", "binary", "other"):
        raise ConfigError(
            f"{type_name(value.type)} has no range", hint="a range is for numbers, texts, dates and times"
        )
    found: list[CheckedExpression] = []
    if low is not None:
        found.append(build.compare("<=" if exclusive[0] else "<", value, constant(low, value.type)))
    if high is not None:
        found.append(build.compare(">=" if exclusive[1] else ">", value, constant(high, value.type)))
    if kind_of(value.type) == "float":
        found.append(build.compare("=", value, build.literal(float("nan"))))
    return build.any_of(found)


def not_among(value: CheckedExpression, allowed: Sequence[Scalar]) -> CheckedExpression:
    return build.negate(among(value, allowed))


def among(value: CheckedExpression, items: Sequence[Scalar]) -> CheckedExpression:
    return build.is_in(value, [constant(item, value.type) for item in items])


def length_outside(value: CheckedExpression, least: int | None, most: int | None) -> CheckedExpression:
    """The characters of a text, or the items of a list."""
    if kind_of(value.type) not in ("text", "list"):
        raise ConfigError(
            f"{type_name(value.type)} has no length",
            hint="a length is for texts and lists",
            code="config.invalid_expression",
        )
    return outside(call("length" if kind_of(value.type) == "text" else "len", value), least, most)


def not_matching(value: CheckedExpression, pattern: str, *, whole: bool) -> CheckedExpression:
    """Raises ConfigError for a pattern that not every engine reads alike. RE2 has no pattern that explodes."""
    _need_text(value, "a pattern")
    return build.negate(call("regexp_full_match" if whole else "regexp_matches", value, pattern))


def not_of_formats(value: CheckedExpression, formats: Sequence[str]) -> CheckedExpression:
    """A text that spells no date in any of these formats (`%d.%m.%Y`)."""
    _need_text(value, "a date format")
    read = [build.is_null(call("try_strptime", value, item)) for item in formats]
    return build.all_of([build.is_not_null(value), *read])


def call(function: str, value: CheckedExpression, *fixed: str) -> CheckedExpression:
    """A function of the language of expressions, with texts as its further arguments."""
    return CheckedExpression(FUNCTIONS[function].build((value.root, *(Literal(item, STRING) for item in fixed))))


def when(condition: CheckedExpression, broken: CheckedExpression) -> CheckedExpression:
    return build.all_of([condition, broken])


def null_where(broken: CheckedExpression, value: CheckedExpression) -> CheckedExpression:
    """The value, or NULL where the condition is true."""
    nothing = Literal(None, value.type)
    return CheckedExpression(logic.choose([(broken.root, nothing)], value.root))


def not_true(condition: CheckedExpression) -> CheckedExpression:
    """False or NULL: never NULL itself."""
    return CheckedExpression(Call("is", same("({0} IS NOT TRUE)"), (condition.root,), pa.bool_()))


def constant(value: Scalar, beside: pa.DataType) -> CheckedExpression:
    """A value of a project file as a literal that may stand beside a column of this type."""
    kind = kind_of(beside)
    _refuse_other_kind(value, kind, beside)
    if isinstance(value, float) and kind in ("int", "decimal"):
        if not isfinite(value):
            raise ConfigError(f"{value} cannot be compared with {type_name(beside)}", hint="leave the bound out")
        return _decimal(Decimal(repr(value)))
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**63:
        return _decimal(Decimal(value))
    if isinstance(value, int | float) and not isinstance(value, bool) and kind == "float":
        return build.literal(float(value))
    if isinstance(value, str) and kind in ("decimal", "int"):
        return _decimal(Decimal(value))
    return build.literal(value)


def _refuse_other_kind(value: Scalar, kind: Kind, beside: pa.DataType) -> None:
    """A date, and a number of more digits than a float holds, are written as text."""
    if isinstance(value, bool):
        fits = kind == "bool"
    elif isinstance(value, int | float):
        fits = is_number(beside)
    else:
        fits = kind in ("text", "date", "time", "timestamp", "timestamptz") or (
            kind in ("decimal", "int") and _is_number(value)
        )
    if not fits and kind != "null":
        hint = "put it in quotes" if kind == "text" else "cast the column first, or write a value of its type"
        raise ConfigError(
            f"{value!r} cannot be compared with {type_name(beside)}", hint=hint, code="config.invalid_expression"
        )


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdecimal()


def _decimal(value: Decimal) -> CheckedExpression:
    return build.literal(value, pa.decimal128(*exact_digits(value)))


def _need_text(value: CheckedExpression, what: str) -> None:
    if kind_of(value.type) != "text":
        raise ConfigError(
            f"{what} is for texts, and this is {type_name(value.type)}",
            hint="put the rule before the cast",
            code="config.invalid_expression",
        )
