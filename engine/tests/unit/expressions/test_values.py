"""What expressions are worth, in DuckDB: one row of inputs, one value."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time
from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest

from headwater.toolkit.expressions.parse import parse
from headwater.toolkit.expressions.sql_text import sql_type

SCHEMA = pa.schema(
    [
        ("t", pa.string()),
        ("n", pa.int64()),
        ("i", pa.int32()),
        ("tiny", pa.int8()),
        ("amount", pa.decimal128(12, 2)),
        ("f", pa.float64()),
        ("d", pa.date32()),
        ("ts", pa.timestamp("us")),
        ("tags", pa.list_(pa.string())),
    ]
)
AT_FAULT = "at fault"


def value(text: str, **row: object) -> object:
    """The value for a row, or AT_FAULT when an operation in it has no result."""
    expression = parse(text, columns=SCHEMA, place="test")
    table = pa.Table.from_pylist([{name: row.get(name) for name in SCHEMA.names}], schema=SCHEMA)
    failure = expression.failure()
    broken = failure.sql("duckdb") if failure else "FALSE"
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("input", table)
        cast = f"CAST({expression.sql('duckdb')} AS {sql_type(expression.type, 'duckdb')})"
        found = connection.sql(f"SELECT {cast} AS v, {broken} AS broken FROM input").to_arrow_table().to_pylist()[0]
    if found["broken"]:
        assert found["v"] is None or "coalesce" in text.lower()
        return AT_FAULT
    return found["v"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("+12", 12),
        (" -7 ", -7),
        ("007", 7),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", AT_FAULT),
        ("1.0", AT_FAULT),
        ("1e3", AT_FAULT),
        ("0x1F", AT_FAULT),
        ("1_000", AT_FAULT),
        ("1,000", AT_FAULT),
        ("١٢", AT_FAULT),
        ("", AT_FAULT),
        (" ", AT_FAULT),
        (None, None),
    ],
)
def test_text_is_an_integer_only_when_it_is_written_as_one(text: str | None, number: object) -> None:
    assert value("CAST(t AS int64)", t=text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12.34", Decimal("12.34")),
        ("12.3400", Decimal("12.34")),
        ("-.5", Decimal("-0.50")),
        ("5.", Decimal("5.00")),
        ("9999999999.99", Decimal("9999999999.99")),
        ("10000000000", AT_FAULT),
        ("12.345", AT_FAULT),
        ("1e3", AT_FAULT),
        ("1,5", AT_FAULT),
        ("NaN", AT_FAULT),
        (".", AT_FAULT),
    ],
)
def test_text_is_a_decimal_only_when_no_digit_is_lost(text: str, number: object) -> None:
    assert value("CAST(t AS decimal(12,2))", t=text) == number


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-02-29", date(2024, 2, 29)),
        (" 2024-02-29 ", date(2024, 2, 29)),
        ("2023-02-29", AT_FAULT),
        ("2024-02-30", AT_FAULT),
        ("2024-2-3", AT_FAULT),
        ("0000-01-01", AT_FAULT),
        ("0001-01-01", date(1, 1, 1)),
        ("2024-02-29 12:00", AT_FAULT),
        ("29.02.2024", AT_FAULT),
    ],
)
def test_text_is_a_date_only_in_iso_form_and_only_if_the_day_exists(text: str, day: object) -> None:
    assert value("CAST(t AS date)", t=text) == day


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-02-29T12:30:59Z", datetime(2024, 2, 29, 12, 30, 59, tzinfo=UTC)),
        ("2024-02-29 12:30:59+02:00", datetime(2024, 2, 29, 10, 30, 59, tzinfo=UTC)),
        ("2024-02-29 12:30:59-0700", datetime(2024, 2, 29, 19, 30, 59, tzinfo=UTC)),
        ("2024-02-29 12:30", datetime(2024, 2, 29, 12, 30, tzinfo=UTC)),
        ("2024-02-29", datetime(2024, 2, 29, tzinfo=UTC)),
        ("2024-02-29 24:00:00Z", AT_FAULT),
        ("2024-02-29 12:30:59 PST", AT_FAULT),
    ],
)
def test_a_timestamp_with_zone_becomes_utc_and_without_zone_is_utc(text: str, moment: object) -> None:
    assert value("CAST(t AS timestamptz)", t=text) == moment


@pytest.mark.parametrize(
    ("text", "truth"),
    [("true", True), ("YES", True), (" 1 ", True), ("off", False), ("N", False), ("2", AT_FAULT), ("", AT_FAULT)],
)
def test_text_is_a_bool_by_a_few_known_words(text: str, truth: object) -> None:
    assert value("CAST(t AS bool)", t=text) == truth


@pytest.mark.parametrize(
    ("text", "number"), [("1e3", 1000.0), (".5", 0.5), ("-inf", -math.inf), ("1e999", AT_FAULT), ("abc", AT_FAULT)]
)
def test_text_is_a_float_unless_it_is_out_of_range(text: str, number: object) -> None:
    assert value("CAST(t AS float64)", t=text) == number


@pytest.mark.parametrize(
    ("expression", "row", "expected"),
    [
        ("CAST(f AS int64)", {"f": 12.0}, 12),
        ("CAST(f AS int64)", {"f": 12.5}, AT_FAULT),
        ("CAST(f AS int64)", {"f": math.nan}, AT_FAULT),
        ("CAST(f AS int64)", {"f": 9.3e18}, AT_FAULT),
        ("CAST(f AS decimal(12,2))", {"f": 1.005}, Decimal("1.01")),
        ("CAST(f AS float32)", {"f": 1e300}, AT_FAULT),
        ("CAST(f AS float32)", {"f": math.inf}, math.inf),
        ("CAST(f AS string)", {"f": 1e16}, "1e+16"),
        ("CAST(n AS int8)", {"n": 128}, AT_FAULT),
        ("CAST(n AS int8)", {"n": -128}, -128),
        ("CAST(n AS bool)", {"n": 2}, AT_FAULT),
        ("CAST(amount AS int32)", {"amount": Decimal("3.00")}, 3),
        ("CAST(amount AS int32)", {"amount": Decimal("3.01")}, AT_FAULT),
        ("CAST(amount AS decimal(4,1))", {"amount": Decimal("2.25")}, Decimal("2.3")),
        ("CAST(amount AS decimal(4,1))", {"amount": Decimal("1000.00")}, AT_FAULT),
        ("CAST(ts AS date)", {"ts": datetime.fromisoformat("1969-12-31T23:59:00")}, date(1969, 12, 31)),
        ("CAST(t AS time)", {"t": "23:59:59.5"}, time(23, 59, 59, 500000)),
        ("TRY_CAST(t AS int64)", {"t": "abc"}, None),
    ],
)
def test_casts_between_other_types_keep_the_value_or_the_row_is_at_fault(
    expression: str, row: dict[str, object], expected: object
) -> None:
    assert value(expression, **row) == expected


@pytest.mark.parametrize(
    ("expression", "row", "expected"),
    [
        ("n + 1", {"n": 2**63 - 1}, AT_FAULT),
        ("n * n", {"n": 2**40}, AT_FAULT),
        ("-n", {"n": -(2**63)}, AT_FAULT),
        ("abs(n)", {"n": -(2**63)}, AT_FAULT),
        ("i * i", {"i": 2**31 - 1}, (2**31 - 1) ** 2),
        ("tiny + tiny", {"tiny": 127}, 254),
        ("n / 0", {"n": 1}, AT_FAULT),
        ("n / 2", {"n": 7}, 3.5),
        ("n // 2", {"n": -7}, -3),
        ("n % 3", {"n": -7}, -1),
        ("n % n", {"n": 0}, AT_FAULT),
        ("n % i", {"n": -(2**63), "i": -1}, 0),
        ("amount * 1.19", {"amount": Decimal("9999999999.99")}, Decimal("11899999999.9881")),
        ("amount + 0.005", {"amount": Decimal("1.00")}, Decimal("1.005")),
        ("amount * amount", {"amount": Decimal("9999999999.99")}, Decimal("99999999999800000000.0001")),
        ("f * 1e308", {"f": 1e308}, math.inf),
        ("n + NULL", {"n": 1}, None),
        ("round(f, 2)", {"f": 2.675}, 2.68),
        ("round(amount, 1)", {"amount": Decimal("-2.25")}, Decimal("-2.3")),
        ("round(f)", {"f": -0.5}, -1.0),
        ("sqrt(f)", {"f": -1.0}, AT_FAULT),
        ("ln(n)", {"n": 0}, AT_FAULT),
        ("f > 1e300", {"f": math.nan}, True),
    ],
)
def test_arithmetic_is_wide_enough_or_the_row_is_at_fault(
    expression: str, row: dict[str, object], expected: object
) -> None:
    assert value(expression, **row) == expected


@pytest.mark.parametrize(
    ("expression", "row", "expected"),
    [
        ("CASE WHEN n > 0 THEN CAST(t AS int64) END", {"n": 0, "t": "abc"}, None),
        ("CASE WHEN n > 0 THEN CAST(t AS int64) END", {"n": 1, "t": "abc"}, AT_FAULT),
        ("CASE WHEN CAST(t AS int64) > 0 THEN 'plus' ELSE 'minus' END", {"t": "5"}, "plus"),
        ("n <> 0 AND 10 / n > 2", {"n": 0}, False),
        ("10 / n > 2 AND n <> 0", {"n": 0}, False),
        ("n = 0 OR 10 / n > 2", {"n": 0}, True),
        ("n = 1 OR 10 / n > 2", {"n": 0}, AT_FAULT),
        ("coalesce(CAST(t AS int64), 0)", {"t": "abc"}, AT_FAULT),
        ("coalesce(TRY_CAST(t AS int64), 0)", {"t": "abc"}, 0),
        ("coalesce(n, CAST(t AS int64))", {"n": 5, "t": "abc"}, 5),
        ("n / nullif(i, 0)", {"n": 1, "i": 0}, None),
        ("CAST(t AS int64) IS NULL", {"t": None}, True),
    ],
)
def test_only_what_is_looked_at_can_put_a_row_at_fault(
    expression: str, row: dict[str, object], expected: object
) -> None:
    assert value(expression, **row) == expected


def test_a_failure_that_a_condition_hides_still_counts() -> None:
    condition = parse("CASE WHEN CAST(t AS int64) > 5 THEN 'big' ELSE 'small' END", columns=SCHEMA, place="test")
    failure = condition.failure()
    assert failure is not None
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT {failure.sql('duckdb')} FROM (SELECT 'abc' AS t)").fetchall()
    assert found == [(True,)]


@pytest.mark.parametrize(
    ("expression", "row", "expected"),
    [
        ("upper(t)", {"t": "Straße é"}, "STRAẞE É"),
        ("length(t)", {"t": "é👍"}, 2),
        ("reverse(t)", {"t": "a👍b"}, "b👍a"),
        ("trim(t)", {"t": " \ta "}, "\ta"),
        ("trim(t, 'xy')", {"t": "xyaxb"}, "axb"),
        ("substring(t, -3, 2)", {"t": "hello"}, "ll"),
        ("substring(t, n)", {"t": "hello", "n": 0}, AT_FAULT),
        ("substring(t, strpos(t, '@') + 1)", {"t": "x@example.org"}, "example.org"),
        ("left(t, n)", {"t": "hello", "n": -2}, ""),
        ("lpad(t, 4, '0')", {"t": "7"}, "0007"),
        ("lpad(t, 2)", {"t": "hello"}, "he"),
        ("t || n", {"t": "a", "n": None}, None),
        ("concat(t, n)", {"t": "a", "n": None}, "a"),
        ("concat_ws('-', t, n, 1.50)", {"t": None, "n": 1}, "1-1.50"),
        ("split_part(t, ',', -1)", {"t": "a,b"}, "b"),
        ("replace(t, '', 'x')", {"t": "ab"}, "ab"),
        ("sha256(t)", {"t": "é"}, "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"),
        ("t LIKE '100!%' ESCAPE '!'", {"t": "100%"}, True),
        ("t LIKE '100!%' ESCAPE '!'", {"t": "1000"}, False),
        (r"t LIKE 'a\_b'", {"t": "a\\xb"}, True),
        ("t ILIKE '%É%'", {"t": "école"}, True),
        (r"regexp_full_match(t, '\d+')", {"t": "12\n"}, False),
        (r"regexp_replace(t, '(\d)(\d)', '\2$\1', 'g')", {"t": "12-34"}, "2$1-4$3"),
        (r"regexp_extract(t, '(\d+)-(\d+)', 2)", {"t": "no"}, ""),
        ("t IN ('a', NULL)", {"t": "b"}, None),
        ("t = 'a' IS NOT TRUE", {"t": None}, True),
        ("array_to_string(tags, '+')", {"tags": ["a", None, "b"]}, "a+b"),
        ("array_to_string(tags, '+')", {"tags": [None]}, ""),
        ("list_contains(tags, 'z')", {"tags": ["a", None]}, False),
        ("list_extract(tags, 3)", {"tags": ["a"]}, None),
        ("json_extract_string(t, '$.a.b[1]')", {"t": '{"a": {"b": [1, "é"]}}'}, "é"),
        ("t ->> 'a'", {"t": "no json"}, None),
    ],
)
def test_text_lists_and_json(expression: str, row: dict[str, object], expected: object) -> None:
    assert value(expression, **row) == expected


@pytest.mark.parametrize(
    ("expression", "row", "expected"),
    [
        ("d + INTERVAL 1 MONTH", {"d": date(2024, 1, 31)}, date(2024, 2, 29)),
        ("d + INTERVAL (n) DAY", {"d": date(2024, 1, 31), "n": 10**18}, AT_FAULT),
        ("d - INTERVAL 36 HOUR", {"d": date(2024, 1, 2)}, datetime.fromisoformat("2023-12-31T12:00:00")),
        ("d - DATE '2024-01-01'", {"d": date(2024, 3, 1)}, 60),
        (
            "date_diff('hour', TIMESTAMP '2024-01-01 10:59:00', ts)",
            {"ts": datetime.fromisoformat("2024-01-01T11:01:00")},
            1,
        ),
        ("date_trunc('week', d)", {"d": date(2024, 1, 7)}, date(2024, 1, 1)),
        ("dayofweek(d) * 10 + isodow(d)", {"d": date(2024, 1, 7)}, 7),
        ("week(d)", {"d": date(2021, 1, 3)}, 53),
        ("strptime(t, '%d.%m.%Y')", {"t": "29.02.2024"}, date(2024, 2, 29)),
        ("strptime(t, '%d.%m.%Y')", {"t": "9.2.2024"}, AT_FAULT),
        ("strptime(t, '%d.%m.%Y')", {"t": "30.02.2024"}, AT_FAULT),
        ("try_strptime(t, '%d.%m.%Y')", {"t": "x"}, None),
        ("strftime(d, '%d.%m.%Y')", {"d": date(5, 1, 2)}, "02.01.0005"),
        ("epoch_ms(n)", {"n": -1}, datetime.fromisoformat("1969-12-31T23:59:59.999000")),
        ("epoch_ms(n)", {"n": 10**18}, AT_FAULT),
        ("d >= '2024-01-01'", {"d": date(2024, 1, 1)}, True),
        (
            "d > '1999-12-31' AND d < ts",
            {"d": date(2024, 1, 1), "ts": datetime.fromisoformat("2024-01-01T01:00:00")},
            True,
        ),
    ],
)
def test_dates_and_times(expression: str, row: dict[str, object], expected: object) -> None:
    assert value(expression, **row) == expected


@pytest.mark.parametrize(
    "text", ["n + 1", "i * i * i", "amount / n", "CAST(t AS date)", "abs(n)", "CAST(f AS decimal(12,2))"]
)
def test_an_expression_knows_that_it_can_fail(text: str) -> None:
    assert parse(text, columns=SCHEMA, place="test").failure() is not None


@pytest.mark.parametrize(
    "text",
    ["i + 1", "i * i", "amount * i", "amount * 1.19 + 5", "f / 2", "n / 4", "n % 10", "f * n", "abs(i)",
     "CAST(i AS int64)", "CAST(n AS decimal(20,0))", "TRY_CAST(t AS date)", "upper(t) || n"],
)  # fmt: skip
def test_an_expression_knows_when_its_types_leave_no_room_for_failure(text: str) -> None:
    assert parse(text, columns=SCHEMA, place="test").failure() is None
