"""Types of text columns, from a sample: a type is taken when every text of the sample is exactly such a value.

What is ambiguous stays text: `01/02/2024` could be two days, `007` is more than a number. The test of a type is the
very conversion that reads the column later (`toolkit.scan_columns`), so what is found here is what reads there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from headwater.toolkit.arrow_types import parse_field
from headwater.toolkit.identifiers import quote_identifier, quote_literal
from headwater.toolkit.scan_columns import text_column

_NUMBER = re.compile(r"\s*[+-]?[\d.,]*\d[\d.,]*([eE][+-]?\d+)?\s*|[+-]?(nan|inf(inity)?)", re.IGNORECASE)
_DAY_FIRST = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
_CLOCK = re.compile(r"\d{2}:\d{2}")

_DATES = ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%Y", "%m-%d-%Y", "%Y.%m.%d")
_TIMES = ("%H:%M:%S", "%H:%M:%S.%f", "%H:%M")

_ISO = r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}([.]\d{1,6})?)?)?"
_OFFSET = r"\s?(Z|[+-]\d{2}(:?\d{2})?)"
_FLOAT = r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*|[+-]?([nN]a[nN]|NAN|[iI]nf(inity)?|INF)"

_FIRST_ROWS = 100


@dataclass(frozen=True, slots=True)
class Found:
    """A column's field, and the strptime format of its texts where they are not ISO 8601."""

    field: pa.Field
    format: str | None = None


@dataclass(frozen=True, slots=True)
class Formats:
    """What is known about texts of values. `only_times`: a text is never a number, as in JSON."""

    decimal_separator: str = "."
    date: str | None = None
    timestamp: str | None = None
    only_times: bool = False


@dataclass(frozen=True, slots=True)
class _Test:
    """A type a column may have: `holds` is true of every text `x` that is exactly such a value."""

    type: str
    holds: str
    format: str | None = None


def find_types(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], formats: Formats
) -> dict[str, Found]:
    """A field for every one of these text columns of `table`; a column without a value is text."""
    if not columns:
        return {}
    # One row per cell: a query's size is then that of the tests, and not of the tests times two thousand columns.
    cells = ", ".join(quote_identifier(name) for name in columns)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE cells AS SELECT c, x FROM "
        f"(SELECT unnest(range({len(columns)})) AS c, unnest([{cells}]) AS x FROM {table}) WHERE x <> ''"
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE first_cells AS SELECT c, x FROM (SELECT unnest(range({len(columns)})) AS c,"
        f" unnest([{cells}]) AS x FROM (FROM {table} LIMIT {_FIRST_ROWS})) WHERE x <> ''"
    )
    examples = connection.execute("SELECT c, any_value(x) FROM cells GROUP BY c").fetchall()
    found = {name: Found(pa.field(name, pa.string())) for name in columns}
    for tests, members in _worth_making(connection, _by_kind(examples, formats)):
        for column, passed in _passed(connection, "cells", tests, members):
            found[columns[column]] = _chosen(columns[column], passed)
    connection.execute("DROP TABLE cells; DROP TABLE first_cells")
    return found


def _worth_making(
    connection: duckdb.DuckDBPyConnection, kinds: Sequence[tuple[tuple[_Test, ...], list[int]]]
) -> list[tuple[tuple[_Test, ...], list[int]]]:
    """Without tests that fail on the first rows already: to fail on all of them takes far longer than to hold."""
    left: dict[tuple[_Test, ...], list[int]] = {}
    for tests, members in kinds:
        seen = dict(_passed(connection, "first_cells", tests, members))
        for column in members:
            if chosen := tuple(seen.get(column, tests)):
                left.setdefault(chosen, []).append(column)
    return list(left.items())


def _by_kind(examples: Sequence[tuple[int, str]], formats: Formats) -> list[tuple[tuple[_Test, ...], list[int]]]:
    """The tests worth making, and the columns to make them on, by one text of each: the others must be of its kind."""
    kinds: dict[tuple[_Test, ...], list[int]] = {}
    for column, example in examples:
        if tests := _tests(example, formats):
            kinds.setdefault(tests, []).append(column)
    return list(kinds.items())


def _passed(
    connection: duckdb.DuckDBPyConnection, table: str, tests: Sequence[_Test], columns: Sequence[int]
) -> list[tuple[int, list[_Test]]]:
    held = ", ".join(f"bool_and({test.holds})" for test in tests)
    chosen = ", ".join(map(str, columns))
    rows = connection.execute(f"SELECT c, {held} FROM {table} WHERE c IN ({chosen}) GROUP BY c").fetchall()
    return [(column, [test for test, holds in zip(tests, results, strict=True) if holds]) for column, *results in rows]


def _chosen(name: str, passed: Sequence[_Test]) -> Found:
    """The first type, unless texts of another format would hold as well."""
    if not passed or len({test.format for test in passed if test.format}) > 1:
        return Found(pa.field(name, pa.string()))
    return Found(parse_field(name, passed[0].type), passed[0].format)


def _tests(example: str, formats: Formats) -> tuple[_Test, ...]:
    """Narrowest first."""
    if formats.only_times:
        return _iso_days() if _DAY_FIRST.match(example) else ()
    if example.strip().lower() in ("true", "false"):
        return (_Test("bool", "lower(x) IN ('true', 'false')"),)
    if _DAY_FIRST.match(example):
        return _days(formats)
    if _CLOCK.match(example):
        return (_converts("time", pattern=r"\d{2}:\d{2}(:\d{2}([.]\d{1,6})?)?"),)
    if _NUMBER.fullmatch(example):
        return _numbers(formats)
    return ()


def _numbers(formats: Formats) -> tuple[_Test, ...]:
    """Zeros in front, and more digits than a double holds, are for text."""
    comma = formats.decimal_separator == ","
    text = "replace(x, ',', '.')" if comma else "x"
    digits = f"strlen(regexp_replace(split_part(lower({text}), 'e', 1), '[^0-9]|^[^1-9]*', '', 'g'))"
    parts = [
        "NOT contains(x, '.')" if comma else "true",
        f"regexp_full_match({text}, {quote_literal(_FLOAT)})",
        f"TRY_CAST({text} AS DOUBLE) IS NOT NULL",
        f"NOT regexp_full_match({text}, '\\s*[+-]?0\\d.*')",
        f"(strlen({text}) <= 17 OR {digits} <= 17 OR contains(lower({text}), 'e'))",
    ]
    return (
        _converts("int64", pattern=r"\s*[+-]?(0|[1-9]\d*)\s*"),
        _Test("decimal(38,0)", r"regexp_full_match(x, '[+-]?(0|[1-9]\d{0,37})')"),
        _Test("float64", " AND ".join(parts)),
    )


def _iso_days() -> tuple[_Test, ...]:
    return (
        _converts("date", pattern=r"\d{4}-\d{2}-\d{2}"),
        _converts("timestamp", pattern=_ISO),
        _converts("timestamptz", pattern=_ISO + _OFFSET),
    )


def _days(formats: Formats) -> tuple[_Test, ...]:
    found = list(_iso_days())
    dates = [formats.date] if formats.date else _DATES
    stamps = [formats.timestamp] if formats.timestamp else [f"{date} {time}" for date in _DATES for time in _TIMES]
    for type_text, patterns in (("date", dates), ("timestamp", stamps)):
        for pattern in patterns:
            zoned = "timestamptz" if "%z" in pattern else type_text
            found.append(_Test(zoned, f"try_strptime(x, {quote_literal(pattern)}) IS NOT NULL", pattern))
    return tuple(found)


def _converts(type_text: str, *, pattern: str) -> _Test:
    """The texts look like the type and convert to it as they will when they are read."""
    column = text_column("csv", parse_field("x", type_text), {}, raw="text")
    return _Test(type_text, f"regexp_full_match(x, {quote_literal(pattern)}) AND {column.holds}")
