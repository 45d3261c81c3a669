"""A column as the type that a contract names: the cast, and when it has no result."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from headwater.sdk.errors import ConfigError
from headwater.toolkit.arrow_types import LOGICAL, logical, parse_type
from headwater.toolkit.expressions import build
from headwater.toolkit.expressions.catalogue import FUNCTIONS
from headwater.toolkit.expressions.checked import CheckedExpression
from headwater.toolkit.expressions.kinds import FLOAT64, INT64, is_number, kind_of
from headwater.toolkit.rules.checked_fields import wrong
from headwater.toolkit.rules.conditions import call, not_matching
from headwater.toolkit.rules.text_patterns import IPV4, IPV6, UUID

_FAMILIES = {"integer": INT64, "number": FLOAT64}
_INET = f"(?:{IPV4}(?:/[0-9]{{1,2}})?|{IPV6}(?:/[0-9]{{1,3}})?)"
_TEXT_CHECKS = {"uuid": UUID, "inet": _INET}
_DATES = ("date", "timestamp", "timestamptz")


@dataclass(frozen=True, slots=True)
class ColumnValue:
    """`raw` as it comes, `value` as it goes on; `misfit`: true for a value that is not of the type, with its message.

    `changes`: the value is cast, so that one which does not fit becomes NULL.
    """

    raw: CheckedExpression
    value: CheckedExpression
    misfit: CheckedExpression | None = None
    message: str = ""

    @property
    def changes(self) -> bool:
        return self.value != self.raw


def known_column_type(text: str) -> str:
    name = text.strip().lower()
    if name in _FAMILIES:
        return name
    if name in LOGICAL and name not in (*_TEXT_CHECKS, "json"):
        raise wrong(f"whether a text is {name} cannot be checked", "use string, with a pattern")
    try:
        parse_type(name)
    except ConfigError as error:
        raise wrong(error.message, error.hint) from None
    return name


def type_of(text: str, source: pa.DataType) -> pa.DataType:
    """The Arrow type that a column of this source type is to have."""
    if text in _FAMILIES:
        fits = kind_of(source) == "int" if text == "integer" else is_number(source)
        return source if fits else _FAMILIES[text]
    return parse_type(text)


def column_value(name: str, wanted: str | None, formats: tuple[str, ...], schema: pa.Schema) -> ColumnValue:
    raw = build.column(schema, name, place="schema")
    if formats:
        return _read_date(name, raw, wanted, formats)
    if wanted is None or logical(schema.field(name)) == wanted:
        return ColumnValue(raw, raw)
    value = build.cast(raw, type_of(wanted, raw.type))
    message = f"{name} is not of the type {wanted}"
    if wanted in LOGICAL:
        return ColumnValue(raw, value, _not_logical(value, wanted), message)
    return ColumnValue(raw, value, value.failure(), message)


def _not_logical(value: CheckedExpression, wanted: str) -> CheckedExpression:
    if wanted == "json":
        return build.negate(build.call("json_valid", value))
    return not_matching(value, _TEXT_CHECKS[wanted], whole=True)


def _read_date(name: str, raw: CheckedExpression, wanted: str | None, formats: tuple[str, ...]) -> ColumnValue:
    if kind_of(raw.type) in _DATES:
        # The source has read it already; the format is for sources that do not.
        value = raw if wanted is None else build.cast(raw, parse_type(wanted))
        return ColumnValue(raw, value)
    target = None if wanted is None else parse_type(wanted)
    if target is not None and kind_of(target) not in _DATES:
        raise ConfigError(
            f"a date format does not make {wanted} of a text",
            hint="the type is date, timestamp or timestamptz",
            code="config.invalid_format",
        )
    read = [call("try_strptime", raw, item) for item in formats]
    cast = [item if target is None else build.cast(item, target) for item in read]
    value = cast[0] if len(cast) == 1 else CheckedExpression(FUNCTIONS["coalesce"].build(tuple(c.root for c in cast)))
    misfit = build.all_of([build.is_not_null(raw), build.is_null(value)])
    return ColumnValue(raw, value, misfit, f"{name} is no date like {' or '.join(formats)}")
