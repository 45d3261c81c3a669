"""Aggregates: exact, alike on every engine, and nothing but aggregates."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest

from headwater.sdk.errors import ConfigError
from headwater.toolkit.expressions.aggregates import parse_aggregate
from headwater.toolkit.expressions.build import column, literal
from headwater.toolkit.expressions.windows import Repeated

TABLE = pa.table(
    {
        "n": pa.array([2**62, 2**62, 2**62, None], pa.int64()),
        "d": pa.array([Decimal("0.1"), Decimal("0.2"), None, None], pa.decimal128(9, 2)),
        "f": [1.0, 2.0, 6.0, None],
        "t": ["b", "a", "b", None],
    }
)


def value(text: str) -> object:
    sql = parse_aggregate(text, columns=TABLE.schema, place="rule").sql("duckdb")
    with duckdb.connect() as connection:
        connection.register("input", TABLE)
        return connection.sql(f"SELECT {sql} AS v FROM input").to_arrow_table()["v"][0].as_py()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("count(*)", 4),
        ("count(t)", 3),
        ("count(DISTINCT t)", 2),
        ("count_if(f > 1)", 2),
        ("sum(n)", Decimal(3 * 2**62)),
        ("sum(d)", Decimal("0.30")),
        ("mean(f)", 3.0),
        ("max(t) || min(t)", "ba"),
        ("sum(n) - sum(d)", Decimal(3 * 2**62) - Decimal("0.30")),
        ("sum(f) / count_if(f > 100)", None),
        ("CASE WHEN count(*) > 3 THEN sum(f) ELSE 0.0 END", 9.0),
        ("stddev(f) > 2", True),
    ],
)
def test_an_aggregate_has_its_value(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("f", "f stands outside an aggregate"),
        ("sum(f) + f", "f stands outside an aggregate"),
        ("1 + 1", "no aggregate in it"),
        ("sum(sum(f))", "sum is an aggregate"),
        ("median(f)", "median is an aggregate"),
        ("sum(t)", "sum wants a number, and this is string"),
        ("sum(DISTINCT f)", "DISTINCT"),
        ("count()", "count takes one argument"),
        ("sum(ff)", "no column named 'ff'"),
        ("sum(f) OVER ()", "window function"),
        ("(SELECT 1)", "subquery"),
    ],
)
def test_what_is_no_aggregate_is_refused_with_the_reason(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=r"^rule") as caught:
        parse_aggregate(text, columns=TABLE.schema, place="rule")
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("text", "spark"),
    [
        ("sum(n)", "sum(CAST(`n` AS DECIMAL(38,0)))"),
        ("count(DISTINCT t)", "count(DISTINCT `t`)"),
        ("sum(d) - sum(n)", None),
    ],
)
def test_the_same_is_written_for_spark_without_try_around_aggregates(text: str, spark: str | None) -> None:
    found = parse_aggregate(text, columns=TABLE.schema, place="rule")
    assert spark is None or found.sql("spark") == spark
    assert "TRY(" not in found.sql("spark")


def test_rows_of_the_same_key_are_told_by_a_window_and_rows_apart_do_not_count() -> None:
    key = (column(TABLE.schema, "t", place="unique"),)
    repeated = Repeated(key)
    assert repeated.sql("duckdb") == '("t" IS NOT NULL AND count(*) OVER (PARTITION BY "t") > 1)'
    assert repeated.sql_among("spark", "x") == "(`t` IS NOT NULL AND count(*) OVER (PARTITION BY `t`, x) > 1)"
    first = Repeated(key, ((literal(1), "desc"),))
    assert first.sql("duckdb").endswith('row_number() OVER (PARTITION BY "t" ORDER BY 1 DESC NULLS LAST) > 1)')
