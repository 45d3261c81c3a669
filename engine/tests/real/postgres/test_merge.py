"""merge and scd2 against tables that Headwater did not make."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from real.conftest import PostgresDatabase
from real.postgres.conftest import load

from headwater.connectors.postgres.destination import PostgresDestination
from headwater.sdk.destination import Write
from headwater.sdk.errors import ConfigError, DataError
from headwater.toolkit.arrow_types import with_logical

ROWS = pa.table({"id": [2, 3, 4], "name": ["B", "c", "d"]})


def rows(postgres: PostgresDatabase) -> list[tuple[Any, ...]]:
    return postgres.execute("SELECT id, name FROM orders ORDER BY id, name")


@pytest.mark.parametrize(
    "made",
    [
        "CREATE TABLE orders (id int8 PRIMARY KEY, name text)",
        "CREATE TABLE orders (id int8, name text); CREATE UNIQUE INDEX ON orders (id) INCLUDE (name)",
        "CREATE TABLE orders (id int8 UNIQUE DEFERRABLE, name text)",
        "CREATE TABLE orders (id int4, name varchar(5)); CREATE UNIQUE INDEX ON orders (id) WHERE id > 2",
        "CREATE TABLE orders (name text, id numeric GENERATED ALWAYS AS (1) STORED); DROP TABLE orders;"
        "CREATE TABLE orders (name text, id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY)",
        "CREATE TABLE orders (id int8, name text, PRIMARY KEY (id)) PARTITION BY RANGE (id);"
        "CREATE TABLE o1 PARTITION OF orders DEFAULT",
    ],
    ids=["primary key", "unique index", "deferrable", "no index for all", "identity", "partitioned"],
)
def test_a_merge_counts_what_it_did_whatever_the_table_has(
    postgres: PostgresDatabase, destination: PostgresDestination, made: str
) -> None:
    postgres.execute(made)
    postgres.execute("INSERT INTO orders (id, name) OVERRIDING SYSTEM VALUE VALUES (1, 'a'), (2, 'b'), (3, 'c')")
    done = load(destination, ROWS, Write.MERGE)
    assert done.changed == {"inserted": 1, "updated": 1, "unchanged": 1}
    assert (done.written, done.deduplicated) == (3, 0)
    assert rows(postgres) == [(1, "a"), (2, "B"), (3, "c"), (4, "d")]
    again = load(destination, pa.concat_tables([ROWS, ROWS]), Write.MERGE, load_id="load-2")
    assert (again.written, again.deduplicated) == (3, 3)
    assert again.changed == {"inserted": 0, "updated": 0, "unchanged": 3}


def test_of_rows_that_share_a_key_the_last_to_come_wins_however_many_there_are(
    postgres: PostgresDatabase, destination: PostgresDestination
) -> None:
    """COPY fills gaps in earlier pages, so rows of very different length lie out of order."""
    names = [f"{at:05}" + "x" * (7000 if at % 3 == 0 else 10) for at in range(3000)]
    load(destination, pa.table({"id": [at % 10 for at in range(3000)], "name": names}), Write.MERGE)
    assert [row[1][:5] for row in rows(postgres)] == [f"{at:05}" for at in range(2990, 3000)]


def test_the_table_that_merge_makes_has_the_key_under_its_usual_name(
    postgres: PostgresDatabase, destination: PostgresDestination
) -> None:
    load(destination, ROWS, Write.MERGE)
    assert postgres.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = 'orders'::regclass AND contype = 'p'"
    ) == [("orders_pkey", "PRIMARY KEY (id)")]
    assert postgres.execute("SELECT count(*) FROM information_schema.columns WHERE table_name = 'orders'") == [(2,)]


def test_a_change_that_the_collation_does_not_see_is_written(
    postgres: PostgresDatabase, destination: PostgresDestination
) -> None:
    postgres.execute("CREATE EXTENSION citext; CREATE TABLE orders (id int8 PRIMARY KEY, name citext)")
    postgres.execute("INSERT INTO orders VALUES (2, 'b')")
    load(destination, ROWS, Write.MERGE)
    assert rows(postgres)[0] == (2, "B")


def test_a_change_of_json_is_seen_and_merged(postgres: PostgresDatabase, destination: PostgresDestination) -> None:
    postgres.execute("CREATE TABLE orders (id int8 PRIMARY KEY, doc json); INSERT INTO orders VALUES (1, '{}')")
    field = with_logical(pa.field("doc", pa.string()), "json")
    table = pa.table([pa.array([1]), pa.array(['{"a": 1}'])], schema=pa.schema([("id", pa.int64()), field]))
    assert load(destination, table, Write.MERGE).changed["updated"] == 1
    assert load(destination, table, Write.MERGE, load_id="load-2").changed["unchanged"] == 1


def test_a_key_that_cannot_be_compared_is_refused_before_anything_runs(destination: PostgresDestination) -> None:
    field = with_logical(pa.field("id", pa.string()), "xml")
    with pytest.raises(ConfigError, match="'id' is of type xml"):
        load(destination, pa.table([pa.array(["<a/>"])], schema=pa.schema([field])), Write.MERGE)


def test_a_unique_column_beside_the_key_is_no_duplicate_of_the_key(
    postgres: PostgresDatabase, destination: PostgresDestination
) -> None:
    postgres.execute("CREATE TABLE orders (id int8 PRIMARY KEY, name text UNIQUE); INSERT INTO orders VALUES (9, 'd')")
    with pytest.raises(DataError, match="orders_name_key"):
        load(destination, ROWS, Write.MERGE)
    assert rows(postgres) == [(9, "d")]


def test_scd2_begins_its_history_on_a_table_that_was_loaded_otherwise(
    postgres: PostgresDatabase, destination: PostgresDestination
) -> None:
    load(destination, pa.table({"id": [1, 2], "name": ["a", "b"]}), Write.APPEND)
    done = load(destination, ROWS, Write.SCD2, load_id="load-2")
    assert done.changed == {"inserted": 2, "updated": 1, "unchanged": 0, "closed": 1}
    standing = "SELECT id, name FROM orders WHERE _hw_valid_to IS NULL ORDER BY id"
    assert postgres.execute(standing) == [(2, "B"), (3, "c"), (4, "d")]
    ends = postgres.execute(
        "SELECT count(*) FROM orders a JOIN orders b USING (id) WHERE a._hw_valid_to = b._hw_valid_from"
    )
    assert ends == [(1,)]


def test_scd2_refuses_columns_of_its_own_names(destination: PostgresDestination) -> None:
    with pytest.raises(ConfigError, match="_hw_valid_from"):
        load(destination, pa.table({"id": [1], "_hw_valid_from": [1]}), Write.SCD2)
