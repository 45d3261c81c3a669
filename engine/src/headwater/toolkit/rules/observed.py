"""What a sample of rows shows about its columns: the facts from which contracts and rules are proposed.

Arrow only. A text column is said to be of a narrower type, or of a kind, when every value of the sample is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa

from headwater.toolkit.arrow_types import field_type_name, logical
from headwater.toolkit.deferred import compute as pc
from headwater.toolkit.expressions.kinds import is_number, kind_of
from headwater.toolkit.rules.text_patterns import EMAIL, IP, UUID, url

FEW_VALUES = 12
"""Columns of at most so many different values, many times over, hold one of a list."""

_MOMENTS = ("date", "timestamp", "timestamptz")
_INTEGER = r"[+-]?(0|[1-9][0-9]{0,17})"
_DECIMAL = r"[+-]?(0|[1-9][0-9]{0,19})\.[0-9]{1,17}"
_TIME = r"[0-2][0-9]:[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
_DATE_TIME = rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]{_TIME}"
_TYPES = (
    ("int64", _INTEGER),
    ("bool", "(true|false|True|False|TRUE|FALSE)"),
    ("timestamp", _DATE_TIME),
    ("timestamptz", rf"{_DATE_TIME}(Z|[+-][0-9]{{2}}:?[0-9]{{2}})"),
)
_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%Y%m%d")
_KINDS = (("email", EMAIL), ("url", url(("https?",))), ("uuid", UUID), ("ip", IP))

Value = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Observed:
    """`of_type` is the type that every text has; `format` how dates are written; `kind` what every text is.

    `values` are all different values where there are few of them; `low` and `high` the least and greatest number or
    moment; `lengths` those of the shortest and longest text.
    """

    name: str
    type: str
    rows: int
    nulls: int
    distinct: int
    of_type: str | None = None
    format: str | None = None
    kind: str | None = None
    values: tuple[Value, ...] = ()
    low: Decimal | float | int | date | datetime | None = None
    high: Decimal | float | int | date | datetime | None = None
    lengths: tuple[int, int] | None = None

    @property
    def is_unique(self) -> bool:
        return self.rows > 1 and self.nulls == 0 and self.distinct == self.rows

    @property
    def completeness(self) -> float:
        return 1.0 if self.rows == 0 else (self.rows - self.nulls) / self.rows


def observe(rows: pa.Table) -> tuple[Observed, ...]:
    return tuple(_observed(field, rows[field.name].combine_chunks()) for field in rows.schema)


def _observed(field: pa.Field, column: pa.Array) -> Observed:
    kind, given = kind_of(field.type), column.drop_null()
    distinct = 0 if kind in ("list", "struct", "other") else len(pc.unique(given))
    plain = Observed(field.name, field_type_name(field), len(column), column.null_count, distinct)
    if len(given) == 0:
        return plain
    if kind == "text" and logical(field) is None:
        return _of_text(plain, given)
    if kind == "bool":
        return replace(plain, values=tuple(sorted(pc.unique(given).to_pylist())))
    if is_number(field.type) or kind in _MOMENTS:
        found = pc.min_max(given).as_py()
        return replace(plain, low=found["min"], high=found["max"])
    return plain


def _of_text(plain: Observed, given: pa.Array) -> Observed:
    lengths = pc.min_max(pc.utf8_length(given)).as_py()
    of_type, form = _narrower(given)
    kind = None if of_type else next((known for known, pattern in _KINDS if _all_match(given, pattern)), None)
    many_times = plain.distinct <= FEW_VALUES and len(given) >= 10 * plain.distinct
    few = many_times and kind is None and of_type is None
    return replace(
        plain,
        of_type=of_type,
        format=form,
        kind=kind,
        values=tuple(sorted(pc.unique(given).to_pylist())) if few else (),
        lengths=(lengths["min"], lengths["max"]),
    )


def _narrower(given: pa.Array) -> tuple[str | None, str | None]:
    """The type that all texts have, and the format of dates. A number with leading zeros is none: it is a code."""
    for type_name, pattern in _TYPES:
        if _all_match(given, pattern):
            return type_name, None
    if _all_match(given, f"({_INTEGER}|{_DECIMAL})"):
        return _decimal(given), None
    for form in _DATES:
        if _all_match(given, _shape(form)) and _all_days(given, form):
            return "date", None if form == "%Y-%m-%d" else form
    return None, None


def _all_match(given: pa.Array, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(given, rf"\A(?:{pattern})\z")).as_py())


def _all_days(given: pa.Array, form: str) -> bool:
    """Arrow takes 30 February for 1 March."""
    read = pc.strptime(given, form, "s", error_is_null=True)
    return read.null_count == 0 and bool(pc.all(pc.equal(pc.strftime(read, form), given)).as_py())


def _decimal(given: pa.Array) -> str:
    """Room for the digits of the sample, and some more before the point."""
    parts = [text.lstrip("+-").partition(".") for text in pc.unique(given).to_pylist()]
    whole, places = max(len(part[0]) for part in parts), max(len(part[2]) for part in parts)
    return f"decimal({min(38, max(12, whole + 4) + places)},{places})"


def _shape(form: str) -> str:
    return re.sub(r"%[mdY]", lambda part: "[0-9]{4}" if part[0] == "%Y" else "[0-9]{2}", re.escape(form))
