"""replace leaves the table what it was: whatever stood on it stands, and readers never see less than a whole table."""

from __future__ import annotations

import threading
from typing import Any

import psycopg
import pyarrow as pa
import pytest
from real.conftest import PostgresDatabase
from real.postgres.conftest import config_of, load

from headwater.connectors.postgres.destination import PostgresDestination
from headwater.sdk.destination import Evolution, LoadRequest, Write
from headwater.sdk.errors import ConfigError, DataError

OLD = pa.table({"id": [1, 2], "name": ["a", "b"]})
NEW = pa.table({"id": [2, 3], "name": ["B", "c"]})

FURNISHED = """
    CREATE TABLE orders (id int8 CONSTRAINT "the key" PRIMARY KEY, name text DEFAULT 'x' CHECK (name <> ''),
        extra text DEFAULT 'none', twice text GENERATED ALWAYS AS (name || name) STORED) WITH (fillfactor = 70);
    CREATE UNIQUE INDEX "by ""Name" ON orders (lower(name)) WHERE id > 0;
    ALTER TABLE orders ADD CONSTRAINT uq UNIQUE (name, id);
    COMMENT ON TABLE orders IS 'it''s ours'; COMMENT ON COLUMN orders.name IS 'who';
    COMMENT ON INDEX "by ""Name" IS 'fast';
    GRANT SELECT ON orders TO hw_reader WITH GRANT OPTION; GRANT INSERT ON orders TO PUBLIC
"""
DESCRIPTION = """
    SELECT c.relacl::text, c.reloptions, obj_description(c.oid), col_description(c.oid, 2),
        (SELECT array_agg(pg_get_indexdef(indexrelid) || coalesce(obj_description(indexrelid), '')
            ORDER BY indexrelid::regclass::text) FROM pg_index WHERE indrelid = c.oid),
        (SELECT array_agg(conname || pg_get_constraintdef(oid) ORDER BY conname)
            FROM pg_constraint WHERE conrelid = c.oid)
    FROM pg_class c WHERE oid = 'orders'::regclass
"""


def rows(postgres: PostgresDatabase, table: str = "orders") -> list[tuple[Any, ...]]:
    return postgres.execute(f"SELECT * FROM {table} ORDER BY 1")


def oid(postgres: PostgresDatabase) -> int:
    return postgres.execute("SELECT 'orders'::regclass::oid::int8")[0][0]


def test_grants_indexes_keys_checks_defaults_comments_and_options_survive(
    postgres: PostgresDatabase, destination: PostgresDestination
) -> None:
    with psycopg.connect(postgres.admin_dsn, autocommit=True) as admin:
        admin.execute("DROP ROLE IF EXISTS hw_reader; CREATE ROLE hw_reader")
    postgres.execute(FURNISHED)
    before, old = postgres.execute(DESCRIPTION), oid(postgres)
    load(destination, OLD, Write.REPLACE)
    done = load(destination, NEW, Write.REPLACE, load_id="load-2")
    assert rows(postgres) == [(2, "B", "none", "BB"), (3, "c", "none", "cc")]
    assert postgres.execute(DESCRIPTION) == before
    assert oid(postgres) != old, "the fast way was not taken"
    assert (done.written, done.changed) == (2, {"inserted": 2})


def test_a_view_on_the_table_stays_and_shows_the_new_rows(
    postgres: PostgresDatabase, destination: PostgresDestination
) -> None:
    load(destination, OLD, Write.REPLACE)
    postgres.execute("CREATE VIEW v AS SELECT name FROM orders; CREATE MATERIALIZED VIEW m AS SELECT * FROM v")
    before = oid(postgres)
    load(destination, NEW, Write.REPLACE, load_id="load-2")
    assert (rows(postgres, "v"), oid(postgres)) == ([("B",), ("c",)], before)


def test_rows_that_foreign_keys_point_to_stay(postgres: PostgresDatabase, destination: PostgresDestination) -> None:
    postgres.execute(
        "CREATE TABLE orders (id int8 PRIMARY KEY, name text); INSERT INTO orders VALUES (1, 'a'), (2, 'b');"
        "CREATE TABLE items (o int8 REFERENCES orders ON DELETE CASCADE); INSERT INTO items VALUES (1), (2)"
    )
    load(destination, NEW, Write.REPLACE)
    assert (rows(postgres), rows(postgres, "items")) == ([(2, "B"), (3, "c")], [(2,)])


def test_a_referenced_table_whose_key_is_not_loaded_is_refused(
    postgres: PostgresDatabase, destination: PostgresDestination
) -> None:
    postgres.execute("CREATE TABLE orders (id int8 PRIMARY KEY, name text); CREATE TABLE i (o int8 REFERENCES orders)")
    with pytest.raises(ConfigError, match="primary key"):
        load(destination, NEW.select(["name"]), Write.REPLACE)


@pytest.mark.parametrize(
    "made",
    [
        "CREATE TABLE orders (id int8, name text) PARTITION BY LIST (id); CREATE TABLE o1 PARTITION OF orders DEFAULT",
        "CREATE TABLE orders (n int GENERATED ALWAYS AS IDENTITY, id int8, name text)",
        "CREATE TABLE orders (id bigserial, name text)",
        "CREATE TABLE orders (id int8, name text); CREATE TABLE child () INHERITS (orders)",
        "CREATE TABLE orders (id int8, name text); ALTER TABLE orders ENABLE ROW LEVEL SECURITY",
        "CREATE TABLE orders (id int8, name text);"
        "CREATE FUNCTION f(orders) RETURNS text LANGUAGE sql AS 'SELECT $1.name'",
        "CREATE TABLE orders (id int8, name text); CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN RETURN NEW; END'; CREATE TRIGGER g BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION tf()",
        "CREATE TABLE orders (id int4, name varchar(100))",
        "CREATE TYPE mood AS ENUM ('B', 'c', 'a'); CREATE TABLE orders (id numeric, name mood)",
        "CREATE DOMAIN word AS text CHECK (VALUE <> ''); CREATE TABLE orders (id int8, name word)",
    ],
)
def test_any_table_can_be_replaced(postgres: PostgresDatabase, destination: PostgresDestination, made: str) -> None:
    postgres.execute(made)
    postgres.execute("INSERT INTO orders (id, name) VALUES (1, 'a')")
    load(destination, NEW, Write.REPLACE)
    assert postgres.execute("SELECT id, name::text FROM orders ORDER BY id") == [(2, "B"), (3, "c")]


def test_a_table_of_another_owner_is_replaced_row_by_row(
    postgres: PostgresDatabase, destination: PostgresDestination
) -> None:
    with psycopg.connect(postgres.admin_dsn, autocommit=True) as admin:
        admin.execute("CREATE TABLE orders (id int8, name text); GRANT ALL ON orders TO loader")
    load(destination, NEW, Write.REPLACE)
    assert rows(postgres) == [(2, "B"), (3, "c")]


def test_a_reader_in_a_transaction_neither_waits_nor_loses_its_rows(postgres: PostgresDatabase) -> None:
    destination = PostgresDestination(config_of(postgres, lock_timeout_s=1))
    load(destination, OLD, Write.REPLACE)
    with postgres.connect() as reader:
        reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        before = reader.execute("SELECT * FROM orders ORDER BY 1").fetchall()
        load(destination, NEW, Write.REPLACE, load_id="load-2")
        reader.execute("SET LOCAL lock_timeout = '1s'")
        assert reader.execute("SELECT * FROM orders ORDER BY 1").fetchall() == before
        reader.execute("COMMIT")
        assert reader.execute("SELECT * FROM orders ORDER BY 1").fetchall() == [(2, "B"), (3, "c")]


def test_readers_beside_see_the_old_table_or_the_new_one(postgres: PostgresDatabase) -> None:
    destination = PostgresDestination(config_of(postgres))
    tables = [pa.table({"id": [turn] * 500}) for turn in range(6)]
    load(destination, tables[0], Write.REPLACE)
    seen: set[tuple[int, int]] = set()
    failures: list[psycopg.Error] = []
    done = threading.Event()

    def look() -> None:
        try:
            with postgres.connect() as connection:
                while not done.is_set():
                    seen.update(connection.execute("SELECT id, count(*) FROM orders GROUP BY id").fetchall())
        except psycopg.Error as error:
            failures.append(error)

    reader = threading.Thread(target=look)
    reader.start()
    for turn, table in enumerate(tables):
        load(destination, table, Write.REPLACE, load_id=f"load-{turn}")
    done.set()
    reader.join()
    assert not failures
    assert {count for _, count in seen} == {500}


def test_a_text_longer_than_the_column_widens_it_or_is_refused(
    postgres: PostgresDatabase, destination: PostgresDestination
) -> None:
    postgres.execute("CREATE TABLE orders (id int8, name varchar(3))")
    long = pa.table({"id": [1], "name": ["longer"]})
    with pytest.raises(DataError, match="too long"):
        load(destination, long, Write.REPLACE, evolution=Evolution.FREEZE)
    opened = destination.open(LoadRequest("l", "shop", "s", "orders", long.schema, Write.APPEND))
    opened.commit([opened.write("0", long.to_reader())], None)
    assert [(item.column, item.change, item.after) for item in opened.schema_changes] == [("name", "widened", "text")]
    assert rows(postgres) == [(1, "longer")]


def test_a_row_that_breaks_a_constraint_is_named_and_the_old_rows_stay(
    postgres: PostgresDatabase, destination: PostgresDestination
) -> None:
    postgres.execute("CREATE TABLE orders (id int8 PRIMARY KEY, name text); INSERT INTO orders VALUES (9, 'old')")
    with pytest.raises(DataError, match=r"table public\.orders: .*'orders_pkey': Key \(id\)=\(1\)"):
        load(destination, pa.table({"id": [1, 1], "name": ["a", "b"]}), Write.REPLACE)
    assert rows(postgres) == [(9, "old")]
