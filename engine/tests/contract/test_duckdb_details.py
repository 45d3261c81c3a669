"""What is DuckDB's own: types, views, schemas, the file lock, keys and indexes of a table that is replaced."""

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from headwater.connectors.duckdb.catalog import create_ledger
from headwater.connectors.duckdb.config import DuckdbConfig
from headwater.connectors.duckdb.destination import DuckdbDestination
from headwater.connectors.duckdb.source import DuckdbSource
from headwater.sdk.destination import LoadRequest, Write
from headwater.sdk.errors import ConfigError, DataError, TransientError
from headwater.testing.source_case import read_all, request
from headwater.toolkit.arrow_types import field_type_name


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "shop.duckdb"


def run(file: Path, *statements: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(file)) as connection:
        found: list[tuple[object, ...]] = []
        for statement in statements:
            found = connection.execute(statement).fetchall()
        return found


def source_of(file: Path) -> DuckdbSource:
    return DuckdbSource(DuckdbConfig(path=str(file)))


def rows_of(file: Path, stream: str, parallelism: int = 1) -> pa.Table:
    source = source_of(file)
    found = read_all(source, source.plan(request(source.describe(stream), parallelism=parallelism)))
    source.close()
    return found


def append(file: Path, rows: pa.Table, table: str = "orders", write: Write = Write.APPEND) -> None:
    destination = DuckdbDestination(DuckdbConfig(path=str(file)))
    load = destination.open(LoadRequest(f"load-{write}", "p", "s", table, rows.schema, write))
    try:
        load.commit([load.write("a", rows.to_reader())], None)
    finally:
        load.abort()
        destination.close()


@pytest.mark.parametrize(
    ("value", "type_name", "expected"),
    [
        ("99999999999999999999999999999999999999::HUGEINT", "decimal(38,0)", Decimal(10**38 - 1)),
        ("1::UHUGEINT", "decimal(38,0)", Decimal(1)),
        ("uuid '00000000-0000-0000-0000-00000000000a'", "uuid", "00000000-0000-0000-0000-00000000000a"),
        ("""'{"a": 1}'::JSON""", "json", '{"a": 1}'),
        ("'b'::ENUM('a', 'b')", "enum", "b"),
        ("'0101'::BIT", "bit", "0101"),
        ("TIMESTAMP_NS '2024-02-29 12:00:00.0000012'", "timestamp", datetime.fromisoformat("20240229T12:00:00.000001")),
        ("TIMESTAMP_S '2024-02-29 12:00:00'", "timestamp", datetime.fromisoformat("2024-02-29T12:00:00")),
        ("TIME_NS '01:02:03'", "time", time(1, 2, 3)),
        ("TIMETZ '01:02:03+02'", "timetz", "01:02:03+02"),
        ("union_value(number := 2)", "json", '{"number":2}'),
        ("MAP {'a': 1}", "list<struct<key: string, value: int32>>", [{"key": "a", "value": 1}]),
        ("{'id': uuid '00000000-0000-0000-0000-00000000000a', 'at': TIMESTAMP_S '2024-01-01 00:00:00'}",
         "struct<id: string, at: timestamp>",
         {"id": "00000000-0000-0000-0000-00000000000a", "at": datetime.fromisoformat("2024-01-01T00:00:00")}),
        ("[1, NULL]::INTEGER[2]", "list<int32>", [1, None]),
        ("[MAP {1: 2}]", "json", '[{"1":2}]'),
        ("12345678901234567890123456789012345678901::BIGNUM", "numeric", "12345678901234567890123456789012345678901"),
        ("INTERVAL '1 month 2 days 3 seconds'", "interval", pa.MonthDayNano([1, 2, 3_000_000_000])),
    ],
)  # fmt: skip
def test_a_duckdb_type_is_read_as_an_arrow_type(file: Path, value: str, type_name: str, expected: object) -> None:
    run(file, f"CREATE TABLE t AS SELECT {value} AS v")
    found = rows_of(file, "t")
    assert field_type_name(found.schema.field("v")) == type_name
    assert found.column("v")[0].as_py() == expected


@pytest.mark.parametrize("value", ["DATE 'infinity'", "TIMESTAMP '-infinity'", "TIMESTAMPTZ 'infinity'"])
def test_infinity_is_refused_and_the_column_named(file: Path, value: str) -> None:
    run(file, f"CREATE TABLE t AS SELECT {value} AS ends")
    with pytest.raises(DataError, match="ends"):
        rows_of(file, "t")


def test_a_hugeint_of_39_digits_is_refused(file: Path) -> None:
    run(file, "CREATE TABLE t AS SELECT 170141183460469231731687303715884105727::HUGEINT AS big")
    with pytest.raises(DataError):
        rows_of(file, "t")


def test_views_and_tables_of_other_schemas_are_streams(file: Path) -> None:
    run(
        file,
        "CREATE TABLE orders AS SELECT 1 AS id",
        "CREATE VIEW big_orders AS SELECT * FROM orders",
        "CREATE SCHEMA mart",
        "CREATE TABLE mart.sales AS SELECT 2 AS id",
    )
    source = source_of(file)
    assert [stream.name for stream in source.discover().streams] == ["big_orders", "mart.sales", "orders"]
    source.close()
    assert rows_of(file, "mart.sales").column("id").to_pylist() == [2]
    assert rows_of(file, "big_orders").column("id").to_pylist() == [1]


def test_a_large_table_is_split_by_rowid_and_stays_whole_when_rows_were_deleted(file: Path) -> None:
    run(file, "CREATE TABLE t AS SELECT range AS id FROM range(1_200_000)", "DELETE FROM t WHERE id % 3 = 0")
    source = source_of(file)
    partitions = source.plan(request(source.describe("t"), parallelism=4))
    assert len(partitions.items) > 1
    found = read_all(source, partitions).column("id").to_pylist()
    source.close()
    assert len(found) == 800_000
    assert len(set(found)) == 800_000


def test_one_process_may_read_and_write_the_same_file(file: Path) -> None:
    run(file, "CREATE TABLE orders AS SELECT range AS id FROM range(3)")
    source, destination = source_of(file), DuckdbDestination(DuckdbConfig(path=str(file)))
    stream = source.describe("orders")
    load = destination.open(LoadRequest("load-1", "p", "orders", "copied", stream.schema, Write.REPLACE))
    partitions = source.plan(request(stream))
    receipt = load.write("a", source.read(partitions.items[0]))
    assert load.commit([receipt], None).written == 3
    source.close()
    destination.close()
    assert run(file, "SELECT count(*) FROM copied") == [(3,)]


def test_two_processes_may_read_one_file(file: Path) -> None:
    run(file, "CREATE TABLE orders AS SELECT 1 AS id")
    source = source_of(file)
    source.check()
    other = f"import duckdb; print(duckdb.connect({str(file)!r}, read_only=True).sql('FROM orders').fetchall())"
    done = subprocess.run([sys.executable, "-c", other], capture_output=True, text=True, timeout=60, check=True)
    source.close()
    assert done.stdout.strip() == "[(1,)]"


def test_a_file_that_another_process_writes_is_a_transient_error_that_names_the_process(file: Path) -> None:
    holder = f"import duckdb, sys; c = duckdb.connect({str(file)!r}); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(TransientError) as caught:
            source_of(file).check()
        assert str(other.pid) in caught.value.message
        with pytest.raises(TransientError):
            DuckdbDestination(DuckdbConfig(path=str(file))).check()
        other.communicate("")


def test_a_file_that_is_no_database_is_a_configuration_error(file: Path) -> None:
    file.write_text("id,name\n" * 1000)
    with pytest.raises(ConfigError, match="not a valid DuckDB database"):
        source_of(file).check()


def test_replace_keeps_keys_indexes_and_views_of_the_table(file: Path) -> None:
    run(
        file,
        "CREATE TABLE orders (id BIGINT PRIMARY KEY, note VARCHAR)",
        "CREATE INDEX by_note ON orders (note)",
        "CREATE VIEW notes AS SELECT note FROM orders",
        "INSERT INTO orders VALUES (1, 'a'), (2, 'b')",
    )
    append(file, pa.table({"id": [2, 3], "note": ["B", "c"]}), write=Write.REPLACE)
    assert run(file, "SELECT * FROM notes ORDER BY 1") == [("B",), ("c",)]
    assert run(file, "SELECT index_name FROM duckdb_indexes()") == [("by_note",)]
    assert rows_of(file, "orders").column("id").to_pylist() == [2, 3]


def test_a_row_that_breaks_a_key_of_the_table_is_a_data_error_and_nothing_is_kept(file: Path) -> None:
    run(file, "CREATE TABLE orders (id BIGINT PRIMARY KEY)", "INSERT INTO orders VALUES (1)")
    with pytest.raises(DataError, match="orders"):
        append(file, pa.table({"id": [2, 1]}))
    assert run(file, "SELECT * FROM orders") == [(1,)]


def test_a_value_that_the_column_cannot_take_is_a_data_error(file: Path) -> None:
    run(file, "CREATE TABLE orders (id UUID)")
    with pytest.raises(DataError, match="column 'id'"):
        append(file, pa.table({"id": ["no uuid"]}))


def test_a_view_is_not_loaded(file: Path) -> None:
    run(file, "CREATE VIEW orders AS SELECT 1 AS id")
    with pytest.raises(ConfigError, match="is a view"):
        append(file, pa.table({"id": [1]}))


def test_a_table_with_a_schema_in_its_name_goes_to_that_schema(file: Path) -> None:
    append(file, pa.table({"id": [1]}), table="mart.orders")
    assert run(file, "SELECT * FROM mart.orders") == [(1,)]


def test_scd2_takes_over_a_table_that_was_appended_to_before(file: Path) -> None:
    append(file, pa.table({"id": [1], "v": ["a"]}))
    rows = pa.table({"id": [1, 2], "v": ["A", "b"]})
    destination = DuckdbDestination(DuckdbConfig(path=str(file)))
    load = destination.open(LoadRequest("load-2", "p", "s", "orders", rows.schema, Write.SCD2, key=("id",)))
    load.commit([load.write("a", rows.to_reader())], None)
    destination.close()
    found = run(file, "SELECT id, v, _hw_valid_to IS NULL FROM orders WHERE _hw_valid_from IS NOT NULL ORDER BY ALL")
    assert found == [(1, "A", True), (1, "a", False), (2, "b", True)]


def test_a_missing_folder_is_made_for_a_destination(tmp_path: Path) -> None:
    file = tmp_path / "out" / "deep" / "new.duckdb"
    append(file, pa.table({"took": [timedelta(0).total_seconds()]}))
    assert run(file, "SELECT count(*) FROM orders") == [(1,)]


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="name a file"):
        DuckdbConfig(path=":memory:")


def test_many_streams_may_come_to_a_new_file_at_once(tmp_path: Path) -> None:
    """DuckDB lets one of two connections that create the same table fail, IF NOT EXISTS or not."""
    for number in range(20):
        with duckdb.connect(str(tmp_path / f"{number}.duckdb")) as connection, ThreadPoolExecutor(8) as pool:
            cursors = [connection.cursor() for _ in range(8)]
            list(pool.map(lambda cursor: create_ledger(cursor, "main"), cursors))


def test_rows_that_are_written_do_not_stay_in_memory_until_the_commit(file: Path) -> None:
    schema, given = pa.schema([("id", pa.int64())]), list[weakref.ref[pa.RecordBatch]]()

    def batches() -> Iterator[pa.RecordBatch]:
        for _ in range(8):
            batch = pa.record_batch([pa.array(range(250_000), pa.int64())], schema=schema)
            given.append(weakref.ref(batch))
            yield batch

    destination = DuckdbDestination(DuckdbConfig(path=str(file)))
    load = destination.open(LoadRequest("load", "p", "s", "orders", schema, Write.APPEND))
    before = pa.total_allocated_bytes()
    receipt = load.write("a", pa.RecordBatchReader.from_batches(schema, batches()))
    gc.collect()
    assert pa.total_allocated_bytes() - before < 2 * 250_000 * 8
    assert [at for at, batch in enumerate(given) if batch() is not None] == []
    load.commit([receipt], None)
    destination.close()
    assert run(file, "SELECT count(*), sum(id) FROM orders") == [(2_000_000, 8 * sum(range(250_000)))]
