"""Expressions that processors make by themselves."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from headwater.sdk.errors import ConfigError, UnknownColumn
from headwater.toolkit.expressions import build

SCHEMA = pa.schema([("id", pa.int64()), ("weird \"n'ame`", pa.string()), ("day", pa.date32())])


def test_a_column_is_itself_and_nothing_else() -> None:
    column = build.column(SCHEMA, "weird \"n'ame`", place="x")
    assert column.sql("duckdb") == '"weird ""n\'ame`"'
    assert column.sql("spark") == "`weird \"n'ame```"
    assert column.columns == {"weird \"n'ame`"}
    assert column.type == pa.string()


def test_an_unknown_column_says_where() -> None:
    with pytest.raises(UnknownColumn, match=r"schema\.columns: there is no column named 'ID'"):
        build.column(SCHEMA, "ID", place="schema.columns")


def test_conditions_combine_without_text() -> None:
    number = build.column(SCHEMA, "id", place="x")
    day = build.column(SCHEMA, "day", place="x")
    condition = build.all_of(
        [
            build.is_not_null(number),
            build.any_of([build.compare(">", number, build.literal(5)), build.is_null(day)]),
            build.negate(build.is_in(day, [build.literal(date(2024, 1, 1), pa.date32())])),
        ]
    )
    assert condition.sql("duckdb") == (
        '(("id" IS NOT NULL) AND (("id" > 5) OR ("day" IS NULL)) AND (NOT ("day" IN (DATE \'2024-01-01\'))))'
    )
    assert [item.operator for item in condition.predicates(SCHEMA)] == ["is_not_null"]


def test_no_conditions_are_true_and_no_choices_are_false() -> None:
    assert (build.all_of([]).sql("duckdb"), build.any_of([]).sql("duckdb")) == ("TRUE", "FALSE")


@pytest.mark.parametrize(
    ("value", "data_type", "duckdb", "spark"),
    [
        ("it's \\", None, "'it''s \\'", "'it\\'s \\\\'"),
        (-5, None, "(-5)", "(-5)"),
        (1.5, None, "1.5e0", "1.5D"),
        (-1e300, None, "(-1e+300)", "(-1e+300D)"),
        (float("nan"), None, "CAST('nan' AS DOUBLE)", "CAST('nan' AS DOUBLE)"),
        (Decimal("1.50"), pa.decimal128(5, 2), "1.50", "1.50"),
        (None, pa.string(), "CAST(NULL AS VARCHAR)", "CAST(NULL AS STRING)"),
        (b"\x00\xff", pa.binary(), "unhex('00ff')", "unhex('00ff')"),
        (True, None, "TRUE", "TRUE"),
        ("2024-01-01", pa.date32(), "DATE '2024-01-01'", "DATE '2024-01-01'"),
    ],
)
def test_a_literal_is_spelled_for_each_engine(value: object, data_type: object, duckdb: str, spark: str) -> None:
    literal = build.literal(value, data_type)  # pyright: ignore[reportArgumentType]
    assert (literal.sql("duckdb"), literal.sql("spark")) == (duckdb, spark)


def test_a_text_with_nul_is_refused() -> None:
    with pytest.raises(ConfigError, match="NUL"):
        build.literal("a\0b").sql("duckdb")


def test_a_cast_that_does_not_exist_lists_those_that_do() -> None:
    with pytest.raises(ConfigError) as caught:
        build.cast(build.column(SCHEMA, "day", place="x"), pa.int64())
    assert caught.value.hint == "date can become: string, timestamp, timestamptz"


@pytest.mark.parametrize("module", ["toolkit.expressions.build", "processors.cast", "processors.select"])
def test_the_sql_parser_is_not_loaded_without_need(module: str) -> None:
    code = f"import sys, headwater.{module}; sys.exit('sqlglot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
