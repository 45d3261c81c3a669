"""What each type of PostgreSQL is read as, at its extremes; CSV bytes, `read` and the wire say the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from real.conftest import PostgresDatabase
from real.postgres.conftest import MakeSource, column, plan, read

from headwater.connectors.postgres.source import PostgresSource
from headwater.sdk.errors import DataError
from headwater.sdk.source import CsvBytes
from headwater.toolkit.arrow_types import conform, field_type_name
from headwater.toolkit.duckdb_sql import session_settings
from headwater.toolkit.scan_sql import csv_bytes_sql

TYPES: list[tuple[str, str, str, Any]] = [
    ("bool", "true", "bool", True),
    ("int2", "-32768", "int16", -32768),
    ("int4", "2147483647", "int32", 2147483647),
    ("int8", "-9223372036854775808", "int64", -(2**63)),
    ("oid", "4294967295", "int64", 4294967295),
    ("float4", "3.4028235e38", "float32", 3.4028234663852886e38),
    ("float8", "5e-324", "float64", 5e-324),
    ("numeric(12,2)", "-9999999999.99", "decimal(12,2)", Decimal("-9999999999.99")),
    ("numeric(38,38)", "0." + "9" * 38, "decimal(38,38)", Decimal("0." + "9" * 38)),
    ("numeric(3,-2)", "12345", "decimal(5,0)", Decimal(12300)),
    ("numeric", "1e40", "numeric", "1" + "0" * 40),
    ("numeric(50,3)", "1.5", "numeric", "1.500"),
    ("text", "", "string", ""),
    ("varchar(20)", 'a, "b"\n\\.', "string", 'a, "b"\n\\.'),
    ("char(3)", "x", "string", "x  "),
    ("name", "pg", "string", "pg"),
    ("bytea", "\\x00ff5c", "binary", b"\x00\xff\\"),
    ("date", "9999-12-31", "date", date(9999, 12, 31)),
    ("time", "23:59:59.999999", "time", time(23, 59, 59, 999999)),
    ("timetz", "12:00:00.5+05:30", "timetz", "12:00:00.5+05:30"),
    ("timestamp", "0001-01-01 00:00:00.000001", "timestamp", datetime(1, 1, 1, 0, 0, 0, 1)),  # noqa: DTZ001
    ("timestamptz", "2024-03-31 03:30:00+02", "timestamptz", datetime(2024, 3, 31, 1, 30, tzinfo=UTC)),
    ("interval", "-1 year 2 days -03:00:00.5", "interval", (-12, 2, -10_800_500_000_000)),
    ("uuid", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    ("json", '{"b": 1,  "a": 2}', "json", '{"b": 1,  "a": 2}'),
    ("jsonb", '{"b": 1,  "a": 2}', "json", '{"a": 2, "b": 1}'),
    ("inet", "10.0.0.1/8", "inet", "10.0.0.1/8"),
    ("cidr", "2001:db8::/32", "cidr", "2001:db8::/32"),
    ("macaddr", "08:00:2b:01:02:03", "macaddr", "08:00:2b:01:02:03"),
    ("bit(3)", "101", "bit", "101"),
    ("varbit", "1", "bit", "1"),
    ("money", "-12.30", "numeric", "-12.30"),
    ("mood", "it's ok", "enum", "it's ok"),
    ("price", "1.50", "decimal(10,2)", Decimal("1.50")),
    ("hstore", "a=>1", "hstore", '"a"=>"1"'),
    ("citext", "MiXed", "string", "MiXed"),
    ("int4[]", "{1,NULL,-3}", "list<int32>", [1, None, -3]),
    ("text[]", '{"",NULL,"a \\"b\\"","{x}"}', "list<string>", ["", None, 'a "b"', "{x}"]),
    ("numeric(10,2)[]", "{1.5}", "list<decimal(10,2)>", [Decimal("1.50")]),
    ("bool[]", "{t,f}", "list<bool>", [True, False]),
    ("float8[]", "{0.1,-Infinity}", "list<float64>", [0.1, float("-inf")]),
    ("date[]", "{2024-02-29}", "list<date>", [date(2024, 2, 29)]),
    ("timestamptz[]", '{"2024-01-01 00:00+01"}', "list<timestamptz>", [datetime(2023, 12, 31, 23, tzinfo=UTC)]),
    ("int4[][]", "{{1,2},{3,4}}", "json", "[[1,2],[3,4]]"),
    ("pair", "(1,x)", "json", '{"a":1,"b":"x"}'),
    ("int4range", "[1,5)", "string", "[1,5)"),
    ("point", "(1,2)", "string", "(1,2)"),
    ("tsvector", "a:1 b:2", "string", "'a':1 'b':2"),
]
SETUP = """
    CREATE EXTENSION citext; CREATE EXTENSION hstore;
    CREATE TYPE mood AS ENUM ('it''s ok', 'bad'); CREATE TYPE pair AS (a int, b text);
    CREATE DOMAIN amount AS numeric(10,2); CREATE DOMAIN price AS amount CHECK (VALUE > 0);
"""


@pytest.fixture
def everything(postgres: PostgresDatabase) -> None:
    """A table with a column c0, c1 … of each type: the value above, then NULL."""
    postgres.execute(SETUP)
    columns = ", ".join(f"c{at} {declared}" for at, (declared, *_) in enumerate(TYPES))
    postgres.execute(f"CREATE TABLE everything (id int PRIMARY KEY, {columns})")
    with postgres.connect() as connection, connection.cursor().copy("COPY everything FROM STDIN") as copy:
        copy.write_row([1, *(text for _, text, *_ in TYPES)])
        copy.write_row([2, *(None for _ in TYPES)])


@pytest.mark.usefixtures("everything")
def test_every_type_is_read_as_documented(source: PostgresSource) -> None:
    stream = source.describe("public.everything")
    table = read(source, "public.everything")
    found = [
        (declared, field_type_name(stream.schema.field(f"c{at}")), table.column(f"c{at}").to_pylist())
        for at, (declared, *_) in enumerate(TYPES)
    ]
    assert found == [(declared, name, [value, None]) for declared, _, name, value in TYPES]


@pytest.mark.usefixtures("everything")
def test_csv_bytes_parsed_by_duckdb_are_the_rows_of_read(source: PostgresSource, tmp_path: Path) -> None:
    partitions = plan(source, "public.everything")
    scan = source.native_scan(partitions.items)
    assert isinstance(scan, CsvBytes)
    file = tmp_path / "rows.csv"
    file.write_bytes(b"".join(source.open_bytes(partitions.items[0])))
    with duckdb.connect() as connection:
        for setting in session_settings():
            connection.execute(setting)
        found = connection.sql(f"FROM {csv_bytes_sql(scan, str(file))} ORDER BY id").to_arrow_table()
    expected = source.read(partitions.items[0]).read_all()
    for field in expected.schema:
        parsed = conform(pa.concat_arrays(found.column(field.name).chunks), field).to_pylist()
        assert parsed == expected.column(field.name).to_pylist(), field


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ("date", "infinity"),
        ("date", "0044-03-15 BC"),
        ("date", "10000-01-01"),
        ("timestamp", "-infinity"),
        ("timestamptz", "294276-12-31"),
        ("time", "24:00:00"),
        ("numeric(10,2)", "NaN"),
        ("interval", "infinity"),
        ("date[]", "{2024-01-01,infinity}"),
        ("int4[]", "{{1,2},{3,4}}"),
    ],
)
def test_a_value_that_arrow_cannot_hold_is_refused_with_its_column_and_row(
    postgres: PostgresDatabase, source: PostgresSource, declared: str, value: str
) -> None:
    postgres.execute(f"CREATE TABLE t (id int PRIMARY KEY, x {declared})")
    postgres.execute("INSERT INTO t VALUES (7, NULL)")
    postgres.execute("INSERT INTO t VALUES (42, %s)", [value])
    with pytest.raises(DataError) as caught:
        read(source, "public.t")
    assert "column 'x', row id=42" in caught.value.message
    assert caught.value.public_code == "postgres.unrepresentable_value"


def test_a_row_without_a_key_is_named_by_its_place(postgres: PostgresDatabase, source: PostgresSource) -> None:
    postgres.execute("CREATE TABLE t AS SELECT date 'infinity' AS x")
    with pytest.raises(DataError, match=r"row ctid=\(0,1\)"):
        read(source, "public.t")


def test_infinities_are_null_when_the_connector_says_so(postgres: PostgresDatabase, make_source: MakeSource) -> None:
    postgres.execute(
        "CREATE TABLE t (a date NOT NULL, b numeric(10,2), c date[]);"
        "INSERT INTO t VALUES ('infinity', 'NaN', '{2024-01-01,infinity}'), ('2024-01-01', 1, NULL)"
    )
    source = make_source(infinity="null")
    assert read(source, "public.t").to_pylist() == [
        {"a": None, "b": None, "c": [date(2024, 1, 1), None]},
        {"a": date(2024, 1, 1), "b": Decimal("1.00"), "c": None},
    ]
    assert source.describe("public.t").schema.field("a").nullable


def test_null_and_the_empty_string_stay_apart_also_in_a_table_of_one_column(
    postgres: PostgresDatabase, source: PostgresSource
) -> None:
    postgres.execute("CREATE TABLE t (x text); INSERT INTO t VALUES (''), (NULL), ('\\.'), ('x')")
    assert column(source, "public.t", "x") == ["", None, "\\.", "x"]
    assert source.native_scan(plan(source, "public.t").items) is None


def test_a_field_of_ten_megabytes_is_read(postgres: PostgresDatabase, source: PostgresSource) -> None:
    postgres.execute("CREATE TABLE t AS SELECT g, repeat('\"é,\n', 2500000) AS x FROM generate_series(1, 3) g")
    table = read(source, "public.t")
    assert [len(text) for text in table.column("x").to_pylist()] == [10_000_000] * 3


def test_settings_of_the_server_do_not_change_what_is_read(postgres: PostgresDatabase, make_source: MakeSource) -> None:
    postgres.execute(
        "CREATE TABLE t AS SELECT timestamptz '2024-01-31 00:00+00' AS a, interval '1 day' AS b, 0.1::float8 AS c"
    )
    before = read(make_source(), "public.t")
    settings = {
        "DateStyle": "German",
        "TimeZone": "Asia/Tokyo",
        "IntervalStyle": "iso_8601",
        "extra_float_digits": "-10",
    }
    for name, value in settings.items():
        postgres.execute(f"ALTER ROLE {postgres.user} IN DATABASE {postgres.database} SET {name} = '{value}'")
    assert read(make_source(), "public.t").equals(before)
