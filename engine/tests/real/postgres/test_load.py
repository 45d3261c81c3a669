"""Staging, wire format, killed and concurrent loads, rights, and values that do not fit."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pyarrow as pa
import pytest
from real.conftest import PostgresDatabase
from real.postgres.conftest import MakeSource, config_of, load, plan, read

from headwater.connectors.postgres.destination import PostgresDestination
from headwater.connectors.postgres.source import PostgresSource
from headwater.connectors.postgres.wire import FORMAT
from headwater.sdk.destination import Evolution, LoadRequest, Write
from headwater.sdk.errors import Busy, Cancelled, ConfigError, DataError, SchemaChanged, TransientError
from headwater.toolkit.arrow_types import with_logical

ORDERS = pa.table({"id": [1, 2], "name": ["a", "b"]})


def request(table: pa.Table | pa.Schema, write: Write = Write.APPEND, /, **changes: Any) -> LoadRequest:
    schema = table.schema if isinstance(table, pa.Table) else table
    settings: dict[str, Any] = {"load_id": "load-1", "table": "orders", **changes}
    return LoadRequest(pipeline="shop", stream="public.orders", schema=schema, write=write, **settings)


def stages(postgres: PostgresDatabase) -> list[tuple[Any, ...]]:
    return postgres.execute("SELECT relname FROM pg_class WHERE relname ~ '^_hw_'")


TYPED = """
    CREATE TABLE typed (id int8 PRIMARY KEY, n numeric, m numeric(12,2), t varchar(9), b bytea, d date, ts timestamptz,
        iv interval, u uuid, j json, jb jsonb, ip inet, c cidr, mac macaddr, mac8 macaddr8, tz timetz, bi bit(3),
        vb varbit, arr int4[], txt text[], tza timestamptz[], nul int);
    INSERT INTO typed VALUES
        (1, -12345678901234567890.000012345, 1.50, 'a"b', '\\x00ff', '2024-02-29', '2024-01-01 00:00:00.5+00',
         '-1 mon 3 days 04:05:06.7', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"b":  1}', '{"b":  1}', '10.0.0.1/8',
         '2001:db8::/32', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05', '12:00:00.5-08', '101', '1011011101',
         '{1,NULL}', '{a,NULL,""}', '{"2024-01-01 00:00+00",NULL}', NULL),
        (2, 0, 0, '', '', '0001-01-01', '9999-12-31 23:59:59.999999+00', '0', '00000000-0000-0000-0000-000000000000',
         '[]', '[]', '::1', '10.0.0.0/8', '00:00:00:00:00:00', '00:00:00:00:00:00:00:00', '00:00+14', '000', '', '{}',
         '{}', '{}', 1),
        (3, 'NaN', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
         NULL, NULL, NULL, NULL), (4, 1e-20, 0, 'x', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
         NULL, NULL, NULL, NULL, NULL, NULL, NULL), (5, 10000, 0, 'x', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL,
         NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
"""


def test_a_copy_between_two_databases_keeps_values_and_types(
    postgres: PostgresDatabase, make_source: MakeSource, destination: PostgresDestination
) -> None:
    postgres.execute(TYPED)
    source = make_source()
    load(destination, read(source, "public.typed"), Write.REPLACE, name="copied")
    text = "SELECT {}::text FROM {} t ORDER BY id"
    assert postgres.execute(text.format("t", "copied")) == postgres.execute(text.format("t", "typed"))
    types = (
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = '{}'::regclass AND attnum > 0"
    )
    copied, typed = dict(postgres.execute(types.format("copied"))), dict(postgres.execute(types.format("typed")))
    assert {name: typed[name] for name in typed if copied[name] != typed[name]} == {"t": "character varying(9)"}


def test_bytes_of_the_wire_format_give_the_same_table(
    postgres: PostgresDatabase, source: PostgresSource, destination: PostgresDestination
) -> None:
    postgres.execute(TYPED)
    partitions = plan(source, "public.typed")
    assert source.wire_formats(partitions) == (FORMAT,)
    opened = destination.open(request(partitions.schema, Write.REPLACE, table="wired"))
    assert opened.accepts_wire(FORMAT, source.wire_schema(partitions))
    receipts = [opened.write_wire(item.id, FORMAT, source.read_wire(item, FORMAT)) for item in partitions.items]
    assert opened.commit(receipts, None).written == 5
    text = "SELECT {}::text FROM {} t ORDER BY id"
    assert postgres.execute(text.format("t", "wired")) == postgres.execute(text.format("t", "typed"))


def test_wire_bytes_of_other_types_or_columns_are_not_taken(destination: PostgresDestination) -> None:
    opened = destination.open(request(ORDERS))
    assert opened.accepts_wire(FORMAT, (("name", "text"), ("id", "int8")))
    assert not opened.accepts_wire(FORMAT, (("name", "text"), ("id", "int4")))
    assert not opened.accepts_wire(FORMAT, (("id", "int8"),))
    assert not opened.accepts_wire("other", (("name", "text"), ("id", "int8")))


def test_infinities_cross_from_postgres_to_postgres_by_wire(
    postgres: PostgresDatabase, source: PostgresSource, destination: PostgresDestination
) -> None:
    postgres.execute("CREATE TABLE t AS SELECT date 'infinity' AS d, timestamptz '-infinity' AS t")
    partitions = plan(source, "public.t")
    opened = destination.open(request(partitions.schema, table="copied"))
    assert opened.accepts_wire(FORMAT, source.wire_schema(partitions))
    opened.commit([opened.write_wire("0", FORMAT, source.read_wire(partitions.items[0], FORMAT))], None)
    assert postgres.execute("SELECT d::text, t::text FROM copied") == [("infinity", "-infinity")]


def test_a_load_that_was_killed_is_swept_by_the_next_one(
    postgres: PostgresDatabase, destination: PostgresDestination
) -> None:
    program = """
import json, os, signal, sys
import pyarrow as pa
from headwater.connectors.postgres.config import PostgresConfig
from headwater.connectors.postgres.destination import PostgresDestination
from headwater.sdk.destination import LoadRequest, Write
table = pa.table({"id": [7]})
made = PostgresDestination(PostgresConfig.model_validate(json.loads(sys.argv[1])))
load = made.open(LoadRequest("dead", "shop", "public.orders", "orders", table.schema, Write.APPEND))
load.write("0", table.to_reader())
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", program, json.dumps(postgres.config)], check=False, timeout=60)
    assert done.returncode == -9
    assert len(stages(postgres)) >= 1
    load(destination, ORDERS, Write.APPEND)
    assert postgres.execute("SELECT count(*) FROM orders") == [(2,)]
    assert stages(postgres) == []


def test_staging_tables_of_other_targets_are_left_alone(
    postgres: PostgresDatabase, destination: PostgresDestination
) -> None:
    other = destination.open(request(ORDERS, table="others"))
    receipt = other.write("0", ORDERS.to_reader())
    load(destination, ORDERS, Write.APPEND)
    assert other.commit([receipt], None).written == 2


def test_a_state_that_was_reset_meanwhile_stops_the_commit(
    postgres: PostgresDatabase, destination: PostgresDestination
) -> None:
    load(destination, ORDERS, Write.APPEND)
    opened = destination.open(request(ORDERS, load_id="load-2"))
    receipt = opened.write("0", ORDERS.to_reader())
    destination.set_checkpoint("shop", "public.orders", "orders", {"n": 5})
    with pytest.raises(Busy, match="while this one ran") as caught:
        opened.commit([receipt], {"n": 6})
    opened.abort()
    assert caught.value.public_code == "postgres.concurrent_commit"
    assert postgres.execute("SELECT count(*) FROM orders") == [(2,)]
    assert [item.value for item in destination.checkpoints("shop")] == [{"n": 5}]


def test_a_commit_whose_connection_is_cut_keeps_nothing_and_is_transient(
    postgres: PostgresDatabase, destination: PostgresDestination
) -> None:
    opened = destination.open(request(ORDERS))
    receipt = opened.write("0", ORDERS.to_reader())
    postgres.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
    )
    with pytest.raises(TransientError):
        opened.commit([receipt], None)
    opened.abort()
    load(destination, ORDERS, Write.APPEND, load_id="load-2")
    assert postgres.execute("SELECT count(*) FROM orders") == [(2,)]
    assert stages(postgres) == []


def test_an_abort_ends_a_commit_that_waits_for_a_lock(
    postgres: PostgresDatabase, destination: PostgresDestination
) -> None:
    load(destination, ORDERS, Write.APPEND)
    opened = destination.open(request(ORDERS, load_id="load-2"))
    receipt = opened.write("0", ORDERS.to_reader())
    with postgres.connect() as other, ThreadPoolExecutor(1) as pool:
        other.execute("BEGIN; LOCK TABLE orders")
        commit = pool.submit(opened.commit, [receipt], None)
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        while postgres.execute(waiting) == [(0,)]:
            pass
        started = time.monotonic()
        opened.abort()
        assert time.monotonic() - started < 5
        assert isinstance(commit.exception(), Cancelled)
    assert postgres.execute("SELECT count(*) FROM orders") == [(2,)]
    assert stages(postgres) == []


def test_a_commit_that_waits_too_long_for_a_lock_is_transient(postgres: PostgresDatabase) -> None:
    destination = PostgresDestination(config_of(postgres, lock_timeout_s=1))
    load(destination, ORDERS, Write.APPEND)
    with postgres.connect() as other:
        other.execute("BEGIN; LOCK TABLE orders")
        with pytest.raises(TransientError, match=r"table public\.orders") as caught:
            load(destination, ORDERS, Write.APPEND, load_id="load-2")
    assert caught.value.public_code == "postgres.locked"
    load(destination, ORDERS, Write.APPEND, load_id="load-2")
    assert postgres.execute("SELECT count(*) FROM orders") == [(4,)]


def test_an_aborted_load_cannot_be_committed(destination: PostgresDestination) -> None:
    opened = destination.open(request(ORDERS))
    receipt = opened.write("0", ORDERS.to_reader())
    opened.abort()
    with pytest.raises(Cancelled):
        opened.commit([receipt], None)


def test_schemas_are_made_and_checkpoints_of_all_of_them_are_found(
    postgres: PostgresDatabase, destination: PostgresDestination
) -> None:
    opened = destination.open(request(ORDERS, table="Sales & more.orders"))
    opened.commit([opened.write("0", ORDERS.to_reader())], {"n": 1.5})
    assert postgres.execute('SELECT count(*) FROM "Sales & more".orders') == [(2,)]
    assert [(item.table, item.value) for item in destination.checkpoints("shop")] == [
        ("Sales & more.orders", {"n": 1.5})
    ]


def test_a_schema_that_is_missing_and_may_not_be_made_is_named(postgres: PostgresDatabase) -> None:
    with psycopg.connect(postgres.admin_dsn, autocommit=True) as admin:
        admin.execute("DROP ROLE IF EXISTS hw_weak; CREATE ROLE hw_weak LOGIN PASSWORD 'weak'")
    weak = PostgresDestination(config_of(postgres, user="hw_weak", password="weak"))
    with pytest.raises(ConfigError) as caught:
        weak.open(request(ORDERS, table="nowhere.orders"))
    assert caught.value.public_code == "postgres.unknown_schema"
    assert "nowhere" in caught.value.message


def test_a_view_is_no_target(postgres: PostgresDatabase, destination: PostgresDestination) -> None:
    postgres.execute("CREATE VIEW orders AS SELECT 1 AS id")
    with pytest.raises(ConfigError) as caught:
        destination.open(request(ORDERS))
    assert caught.value.public_code == "postgres.not_a_table"


@pytest.mark.parametrize("write", [Write.APPEND, Write.REPLACE])
@pytest.mark.parametrize(
    ("made", "field", "value", "stored"),
    [
        ("numeric", pa.field("x", pa.decimal128(12, 4)), Decimal("1.2345"), "1.2345"),
        ("numeric", pa.field("x", pa.int64()), 7, "7"),
        ("numeric(20,2)", pa.field("x", pa.decimal128(12, 2)), Decimal("1.50"), "1.50"),
        ("int8", pa.field("x", pa.int16()), 7, "7"),
        ("float8", pa.field("x", pa.int32()), 7, "7"),
        ("json", with_logical(pa.field("x", pa.string()), "json"), '{"a":  1}', '{"a":  1}'),
        ("jsonb", pa.field("x", pa.struct([("a", pa.decimal128(5, 2))])), {"a": Decimal("1.50")}, '{"a": "1.50"}'),
        ("int4range", pa.field("x", pa.string()), "[1,5)", "[1,5)"),
        ("inet", pa.field("x", pa.string()), "10.0.0.1", "10.0.0.1/32"),
        ("timestamp", pa.field("x", pa.date32()), datetime(2024, 1, 1, tzinfo=UTC).date(), "2024-01-01 00:00:00"),
        ("varchar(9)[]", pa.field("x", pa.list_(pa.string())), ["a", None], "{a,NULL}"),
    ],
)
def test_a_table_of_other_types_takes_values_that_fit(
    postgres: PostgresDatabase,
    destination: PostgresDestination,
    write: Write,
    made: str,
    field: pa.Field,
    value: Any,
    stored: str,
) -> None:
    postgres.execute(f"CREATE TABLE orders (x {made})")
    table = pa.table([pa.array([value], field.type)], schema=pa.schema([field]))
    load(destination, table, write)
    assert postgres.execute("SELECT x::text FROM orders") == [(stored,)]
    assert postgres.execute(
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attname = 'x'"
        " AND attrelid = 'orders'::regclass"
    ) == postgres.execute(
        "SELECT format_type(%s::regtype, NULL)" if "(" not in made else "SELECT %s", [_long_name(made)]
    )


def _long_name(declared: str) -> str:
    return declared.replace("varchar", "character varying")


@pytest.mark.parametrize(
    ("made", "field"),
    [("int4", pa.field("x", pa.string())), ("numeric(50,3)", with_logical(pa.field("x", pa.string()), "numeric"))],
)
def test_a_column_that_would_lose_values_is_refused_with_the_way_out(
    postgres: PostgresDatabase, destination: PostgresDestination, made: str, field: pa.Field
) -> None:
    postgres.execute(f"CREATE TABLE orders (x {made})")
    with pytest.raises(SchemaChanged) as caught:
        destination.open(request(pa.schema([field])))
    assert "'x'" in caught.value.message
    assert caught.value.hint


def test_a_column_the_table_computes_is_left_out_and_reported(
    postgres: PostgresDatabase, destination: PostgresDestination
) -> None:
    postgres.execute("CREATE TABLE orders (id int8, name text GENERATED ALWAYS AS ('n' || id) STORED)")
    opened = destination.open(request(ORDERS))
    opened.commit([opened.write("0", ORDERS.to_reader())], None)
    assert [(item.column, item.change) for item in opened.schema_changes] == [("name", "ignored")]
    assert postgres.execute("SELECT * FROM orders ORDER BY id") == [(1, "n1"), (2, "n2")]


def test_a_name_longer_than_postgres_has_is_refused_not_cut(destination: PostgresDestination) -> None:
    assert destination.capabilities().identifier_bytes == 63
    with pytest.raises(ConfigError, match="64 bytes"):
        destination.open(request(pa.schema([("ü" * 32, pa.int64())])))
    with pytest.raises(ConfigError, match="64 bytes"):
        destination.open(request(ORDERS, table="x" * 64))
    longest = pa.table({"ü" * 31: [1]})
    load(destination, longest, Write.MERGE, name="t" * 63, key=("ü" * 31,))


def test_a_value_that_is_not_of_its_type_names_column_and_row(destination: PostgresDestination) -> None:
    for kind, text in (("json", "{"), ("uuid", "x"), ("inet", "300.1.1.1"), ("numeric", "1,5"), ("timetz", "noon")):
        field = with_logical(pa.field("x", pa.string()), kind)
        table = pa.table([pa.array([None, text])], schema=pa.schema([field]))
        with pytest.raises(DataError, match="column 'x'"):
            load(destination, table, Write.APPEND, name=f"of_{kind}")


def test_ten_megabytes_in_one_value_are_written(postgres: PostgresDatabase, destination: PostgresDestination) -> None:
    load(destination, pa.table({"id": [1], "name": ["é" * 5_000_000]}), Write.APPEND)
    assert postgres.execute("SELECT octet_length(name) FROM orders") == [(10_000_000,)]


def test_an_altered_table_keeps_its_view_or_says_what_is_in_the_way(
    postgres: PostgresDatabase, destination: PostgresDestination
) -> None:
    postgres.execute("CREATE TABLE orders (id int4); CREATE VIEW v AS SELECT * FROM orders")
    with pytest.raises(ConfigError, match="view") as caught:
        load(destination, pa.table({"id": [2**40]}), Write.APPEND)
    assert caught.value.public_code == "postgres.not_possible"
    load(destination, pa.table({"id": pa.array([1], pa.int32()), "more": ["x"]}), Write.APPEND, load_id="load-2")
    assert postgres.execute("SELECT * FROM orders") == [(1, "x")]


def test_frozen_tables_take_no_new_column(postgres: PostgresDatabase, destination: PostgresDestination) -> None:
    postgres.execute("CREATE TABLE orders (id int8)")
    with pytest.raises(SchemaChanged, match="'name'"):
        destination.open(request(ORDERS, evolution=Evolution.FREEZE))
    assert stages(postgres) == []
