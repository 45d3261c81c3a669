"""What is SQLite's own: values of any type in any column, forms of dates, locks, keys of a table that is replaced."""

import sqlite3
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from headwater.connectors.sqlite.config import SqliteConfig
from headwater.connectors.sqlite.destination import SqliteDestination
from headwater.connectors.sqlite.source import SqliteSource
from headwater.sdk.destination import Evolution, LoadRequest, Write
from headwater.sdk.errors import ConfigError, DataError, SchemaChanged, TransientError
from headwater.sdk.stream import CursorRange
from headwater.testing.source_case import read_all, request
from headwater.toolkit.arrow_types import field_type_name


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "shop.sqlite"


def run(file: Path, *statements: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(file)
    found: list[tuple[object, ...]] = []
    for statement in statements:
        found = connection.execute(statement).fetchall()
    connection.commit()
    connection.close()
    return found


def rows_of(file: Path, stream: str, cursor: CursorRange | None = None) -> pa.Table:
    source = SqliteSource(SqliteConfig(path=str(file)))
    try:
        return read_all(source, source.plan(request(source.describe(stream), cursor=cursor)))
    finally:
        source.close()


def load(
    file: Path, rows: pa.Table, write: Write = Write.APPEND, load_id: str = "load-1", timeout_s: float = 5
) -> None:
    destination = SqliteDestination(SqliteConfig(path=str(file), lock_timeout_s=timeout_s))
    key = ("id",) if write in (Write.MERGE, Write.SCD2) else ()
    opened = destination.open(LoadRequest(load_id, "p", "s", "orders", rows.schema, write, key=key))
    try:
        opened.commit([opened.write("a", rows.to_reader())], None)
    finally:
        opened.abort()
        destination.close()


@pytest.mark.parametrize(
    ("declared", "value", "type_name", "expected"),
    [
        ("INTEGER", "42", "int64", 42),
        ("UNSIGNED BIG INT", "42", "int64", 42),
        ("VARCHAR(10)", "12", "string", "12"),
        ("REAL", "3", "float64", 3.0),
        ("DECIMAL(10,2)", "0.1 + 0.2", "decimal(10,2)", Decimal("0.30")),
        ("NUMERIC(10, 2)", "7", "decimal(10,2)", Decimal("7.00")),
        ("NUMERIC", "7", "int64", 7),
        ("NUMERIC", "7.5", "float64", 7.5),
        ("", "'text'", "string", "text"),
        ("", "x'00ff'", "binary", b"\x00\xff"),
        ("BOOLEAN", "1", "bool", True),
        ("DATE", "'2024-02-29'", "date", datetime(2024, 2, 29, tzinfo=UTC).date()),
        ("DATETIME", "'2024-02-29T12:00:00Z'", "timestamp", datetime.fromisoformat("2024-02-29T12:00:00")),
        ("DATETIME", "'2024-02-29 12:00'", "timestamp", datetime.fromisoformat("2024-02-29T12:00:00")),
        ("DATETIME", "0", "timestamp", datetime.fromisoformat("1970-01-01T00:00:00")),
        ("TIMESTAMPTZ", "'2024-02-29 12:00:00+02:00'", "timestamptz", datetime(2024, 2, 29, 10, tzinfo=UTC)),
        ("JSON", """'{"a": 1}'""", "json", '{"a": 1}'),
        ("UUID", "x'0000000000000000000000000000000a'", "uuid", "00000000-0000-0000-0000-00000000000a"),
    ],
)
def test_a_declared_type_is_read_as_an_arrow_type(
    file: Path, declared: str, value: str, type_name: str, expected: object
) -> None:
    run(file, f"CREATE TABLE t (v {declared})", f"INSERT INTO t VALUES ({value})")
    found = rows_of(file, "t")
    assert field_type_name(found.schema.field("v")) == type_name
    assert found.column("v")[0].as_py() == expected


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ("INTEGER", "'three'"),
        ("REAL", "'x'"),
        ("BOOLEAN", "2"),
        ("DECIMAL(10,2)", "1.239"),
        ("DATE", "'29.02.2024'"),
        ("DATETIME", "'yesterday'"),
        ("INT_8", "300"),
    ],
)
def test_a_value_that_does_not_fit_is_an_error_that_names_column_and_row(file: Path, declared: str, value: str) -> None:
    run(file, f"CREATE TABLE t (v {declared})", "INSERT INTO t VALUES (NULL)", f"INSERT INTO t VALUES ({value})")
    with pytest.raises(DataError) as caught:
        rows_of(file, "t")
    assert "column 'v'" in caught.value.message
    assert "in row 2" in caught.value.message


def test_a_column_declared_as_text_gives_whatever_it_holds_as_text(file: Path) -> None:
    run(file, "CREATE TABLE t (v TEXT)", "INSERT INTO t VALUES (1), ('one'), (1.5)")
    assert rows_of(file, "t").column("v").to_pylist() == ["1", "one", "1.5"]


def test_views_generated_columns_and_tables_without_rowid_are_read(file: Path) -> None:
    run(
        file,
        "CREATE TABLE t (id INTEGER, twice INTEGER AS (id * 2), PRIMARY KEY (id)) WITHOUT ROWID",
        "INSERT INTO t (id) VALUES (1), (2)",
        "CREATE VIEW v AS SELECT count(*) AS n, avg(id) AS mean FROM t",
    )
    assert rows_of(file, "t").to_pylist() == [{"id": 1, "twice": 2}, {"id": 2, "twice": 4}]
    assert rows_of(file, "v").to_pylist() == [{"n": 2, "mean": 1.5}]


def test_a_cursor_range_is_exact_over_times_written_in_several_forms(file: Path) -> None:
    run(
        file,
        "CREATE TABLE t (at TIMESTAMPTZ)",
        "INSERT INTO t VALUES ('2024-01-02T00:30:00+02:00'), ('2024-01-01 23:00:00Z'), ('2024-01-01 12:00:00+00:00'),"
        " ('2024-01-05 00:00:00+00:00')",
    )
    lower = pa.scalar(datetime(2024, 1, 1, 22, 30, tzinfo=UTC), pa.timestamp("us", "UTC"))
    upper = pa.scalar(datetime(2024, 1, 1, 23, 0, tzinfo=UTC), pa.timestamp("us", "UTC"))
    found = rows_of(file, "t", CursorRange("at", lower, upper))
    assert sorted(value.isoformat() for value in found.column("at").to_pylist()) == [
        "2024-01-01T22:30:00+00:00",
        "2024-01-01T23:00:00+00:00",
    ]


def test_a_file_that_another_connection_writes_can_be_read_and_waits_for_loads(file: Path) -> None:
    load(file, pa.table({"id": [1]}))
    other = sqlite3.connect(file)
    other.execute("BEGIN IMMEDIATE")
    assert rows_of(file, "orders").num_rows == 1
    with pytest.raises(TransientError) as caught:
        load(file, pa.table({"id": [2]}), load_id="load-2", timeout_s=0)
    assert caught.value.public_code == "sqlite.locked"
    other.rollback()
    other.close()
    load(file, pa.table({"id": [2]}), load_id="load-2")
    assert rows_of(file, "orders").column("id").to_pylist() == [1, 2]


def test_a_file_that_is_no_database_is_a_configuration_error(file: Path) -> None:
    file.write_text("id,name\n" * 1000)
    with pytest.raises(ConfigError) as caught:
        SqliteSource(SqliteConfig(path=str(file))).check()
    assert caught.value.public_code == "sqlite.not_a_database"
    with pytest.raises(ConfigError):
        SqliteDestination(SqliteConfig(path=str(file))).check()


def test_replace_keeps_keys_indexes_and_views_of_the_table(file: Path) -> None:
    run(
        file,
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT)",
        "CREATE INDEX by_note ON orders (note)",
        "CREATE VIEW notes AS SELECT note FROM orders",
        "INSERT INTO orders VALUES (1, 'a'), (2, 'b')",
    )
    load(file, pa.table({"id": [2, 3], "note": ["B", "c"]}), Write.REPLACE)
    assert run(file, "SELECT note FROM notes ORDER BY 1") == [("B",), ("c",)]
    assert run(file, "SELECT name FROM sqlite_master WHERE type = 'index'") == [("by_note",)]


def test_a_row_that_breaks_a_key_of_the_table_is_a_data_error_and_nothing_is_kept(file: Path) -> None:
    run(file, "CREATE TABLE orders (id INTEGER PRIMARY KEY)", "INSERT INTO orders VALUES (1)")
    with pytest.raises(DataError, match="orders"):
        load(file, pa.table({"id": [2, 1]}))
    assert run(file, "SELECT * FROM orders") == [(1,)]


def test_a_decimal_that_grows_beyond_a_float_keeps_every_digit(file: Path) -> None:
    load(file, pa.table({"id": [1], "price": pa.array([Decimal("1.10")], pa.decimal128(12, 2))}))
    long = Decimal("123456789012345678.90")
    load(file, pa.table({"id": [2], "price": pa.array([long], pa.decimal128(20, 2))}), load_id="load-2")
    assert rows_of(file, "orders").column("price").to_pylist() == [Decimal("1.10"), long]


def test_a_key_column_cannot_be_widened(file: Path) -> None:
    run(file, "CREATE TABLE orders (id INT_16 PRIMARY KEY)")
    with pytest.raises(SchemaChanged, match="id"):
        load(file, pa.table({"id": pa.array([2**40], pa.int64())}))


def test_scd2_takes_over_a_table_that_was_appended_to_before(file: Path) -> None:
    load(file, pa.table({"id": [1], "v": ["a"]}))
    load(file, pa.table({"id": [1, 2], "v": ["A", "b"]}), Write.SCD2, "load-2")
    found = run(
        file,
        "SELECT id, v, _hw_valid_to IS NULL FROM orders WHERE _hw_valid_from IS NOT NULL ORDER BY id, v",
    )
    assert found == [(1, "A", 1), (1, "a", 0), (2, "b", 1)]


def test_a_table_that_is_altered_during_a_load_is_noticed(file: Path) -> None:
    rows = pa.table({"id": [1]})
    load(file, rows)
    destination = SqliteDestination(SqliteConfig(path=str(file)))
    opened = destination.open(
        LoadRequest("load-2", "p", "s", "orders", rows.schema, Write.APPEND, evolution=Evolution.FREEZE)
    )
    receipt = opened.write("a", rows.to_reader())
    run(file, "ALTER TABLE orders ADD COLUMN more TEXT")
    with pytest.raises(ConfigError, match="altered during the load"):
        opened.commit([receipt], None)
    destination.close()
    assert run(file, "SELECT count(*) FROM orders") == [(1,)]


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="name a file"):
        SqliteConfig(path=":memory:")
