"""sql: queries over streams, and everything that a query may not do."""

from __future__ import annotations

import pyarrow as pa
import pytest

from headwater.processors.sql import Sql, SqlConfig
from headwater.sdk.errors import ConfigError, UnknownName
from headwater.sdk.processor import NewStream
from headwater.testing.processor_contract import ProcessorContract

SCHEMAS = {
    "orders": pa.schema([("id", pa.int64()), ("at", pa.date32())]),
    "public.customers": pa.schema([("id", pa.int64())]),
}


def made(query: str, *, portable: bool = True) -> NewStream:
    (found,) = Sql(SqlConfig(stream="new", query=query, portable=portable)).new_streams(SCHEMAS)
    return found


def duckdb(query: str, *, portable: bool = True) -> str:
    return made(query, portable=portable).query.sql("duckdb")


class TestSql(ProcessorContract):
    processor = Sql(SqlConfig(stream="new", query="SELECT id, count(*) AS n FROM orders GROUP BY id"))
    batch = pa.record_batch({"id": [1, 2], "at": ["a", None]})


def test_its_inputs_are_the_streams_that_it_names() -> None:
    assert made("SELECT * FROM orders JOIN public.customers USING (id)").inputs == ("orders", "public.customers")
    assert made('SELECT * FROM "public.customers" c, ORDERS').inputs == ("orders", "public.customers") or made(
        'SELECT * FROM "public.customers" c, ORDERS'
    ).inputs == ("public.customers", "orders")
    assert made("WITH a AS (SELECT * FROM orders) SELECT * FROM a").inputs == ("orders",)


def test_a_stream_goes_by_the_last_part_of_its_name_as_in_a_database() -> None:
    assert duckdb("SELECT customers.id FROM public.customers") == (
        'SELECT "customers"."id" FROM "public.customers" AS "customers"'
    )


@pytest.mark.parametrize(
    ("query", "sql"),
    [
        (
            "SELECT id, sum(id) FILTER (WHERE at > '2024-01-01') AS s FROM orders GROUP BY id HAVING count(*) > 1",
            """SELECT "id", SUM("id") FILTER(WHERE "at" > '2024-01-01') AS "s" FROM "orders" """
            'GROUP BY "id" HAVING COUNT(*) > 1',
        ),
        (
            "SELECT id FROM orders QUALIFY row_number() OVER (PARTITION BY id ORDER BY at DESC) = 1",
            'SELECT "id" FROM "orders" QUALIFY ROW_NUMBER() OVER (PARTITION BY "id" ORDER BY "at" DESC) = 1',
        ),
        (
            "SELECT CAST(id AS int8) FROM orders UNION ALL SELECT 1::bigint",
            'SELECT CAST("id" AS TINYINT) FROM "orders" UNION ALL SELECT CAST(1 AS BIGINT)',
        ),
        ("SELECT regexp_like(x, 'a') FROM orders", """SELECT REGEXP_MATCHES("x", 'a') FROM "orders\""""),
        ("FROM orders", 'SELECT * FROM "orders"'),
    ],
)
def test_a_query_becomes_sql_with_quoted_names_and_our_types(query: str, sql: str) -> None:
    assert duckdb(query) == sql


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ("SELECT * FROM read_csv('x.csv')", "config.invalid_query", "read_csv makes a table"),
        ("SELECT * FROM '/etc/passwd'", "config.unknown_stream", "no stream named '/etc/passwd'"),
        ("SELECT * FROM duckdb_settings()", "config.invalid_query", "duckdb_settings makes a table"),
        ("SELECT 1; SELECT 2", "config.syntax_error", "more than one statement"),
        ("SELECT * FROM orders; DROP TABLE orders", "config.syntax_error", "more than one statement"),
        ("DROP TABLE orders", "config.invalid_query", "no query"),
        ("CREATE TABLE x AS SELECT * FROM orders", "config.invalid_query", "no query"),
        ("COPY orders TO 'x.csv'", "config.invalid_query", "no query"),
        ("ATTACH 'x.db'", "config.invalid_query", "no query"),
        ("INSERT INTO orders SELECT 1", "config.invalid_query", "no query"),
        ("SELECT * INTO x FROM orders", "config.invalid_query", "changes something"),
        ("SELECT now() FROM orders", "config.unknown_function", "another value each time"),
        ("SELECT id FROM orders ORDER BY random()", "config.unknown_function", "another value each time"),
        ("SELECT getenv('HOME') FROM orders", "config.unknown_function", "getenv reads"),
        ("SELECT current_setting('threads') FROM orders", "config.unknown_function", "current_setting"),
        ("SELECT * FROM orders USING SAMPLE 5", "config.invalid_query", "a sample"),
        ("SELECT $1 FROM orders", "config.invalid_query", "a parameter"),
        ("WITH RECURSIVE a AS (SELECT 1) SELECT * FROM a, orders", "config.invalid_query", "may never end"),
        ("WITH orders AS (SELECT 1) SELECT * FROM orders", "config.invalid_query", "'orders'"),
        ("SELECT lag(id) IGNORE NULLS OVER (ORDER BY id) FROM orders", "config.invalid_query", "IGNORE NULLS"),
        ("SELECT TRY_CAST(id AS blorb) FROM orders", "config.unknown_type", "no type 'blorb'"),
        ("SELECT 1", "config.invalid_query", "reads no stream"),
        ("", "config.syntax_error", "empty"),
        ("SELECT FROM WHERE", "config.syntax_error", "sql.query"),
    ],
)
@pytest.mark.parametrize("portable", [True, False])
def test_what_no_query_may_do_is_refused(query: str, code: str, message: str, *, portable: bool) -> None:
    if query == "":
        with pytest.raises(ValueError, match="at least 1 character"):
            made(query)
        return
    with pytest.raises(ConfigError, match=message) as caught:
        made(query, portable=portable)
    assert caught.value.public_code == code
    assert caught.value.message.startswith("sql.query")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT list_sum(x) FROM orders", "no function 'list_sum'"),
        ("SELECT * FROM orders ASOF JOIN public.customers c ON orders.id >= c.id", "ASOF join"),
        ("SELECT {'a': 1} AS s FROM orders", "STRUCT is not understood"),
        ("SELECT * FROM orders, LATERAL (SELECT 1)", "LATERAL is not understood"),
    ],
)
def test_what_not_every_engine_knows_needs_portable_false_and_is_noted(query: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        made(query)
    assert "portable: false" in (caught.value.hint or "")
    assert made(query, portable=False).notes == ("portable: false: the query runs on the local engine alone",)


def test_a_misspelt_function_or_stream_names_the_nearest() -> None:
    with pytest.raises(ConfigError) as function:
        made("SELECT uper(id) FROM orders")
    assert "did you mean 'upper'?" in (function.value.hint or "")
    with pytest.raises(UnknownName) as stream:
        made("SELECT * FROM oders")
    assert "did you mean 'orders'?" in (stream.value.hint or "")
