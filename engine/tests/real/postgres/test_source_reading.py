"""Discovery, the shared snapshot, push-down, and what happens when tables or connections go away."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from typing import Any

import psycopg
import pyarrow as pa
import pytest
from real.conftest import PostgresDatabase
from real.postgres.conftest import MakeSource, column, plan, read

from headwater.connectors.postgres import partitions
from headwater.connectors.postgres.partitions import PARTS_PER_LANE
from headwater.connectors.postgres.source import PostgresSource
from headwater.sdk.errors import Cancelled, ConfigError, SchemaChanged, TransientError, UnknownColumn, UnknownName
from headwater.sdk.source import CsvBytes
from headwater.sdk.stream import CursorRange, Partitions, Predicate, ReadRequest


def rows_of(source: PostgresSource, found: Partitions) -> list[dict[str, Any]]:
    return [row for item in found.items for row in source.read(item).read_all().to_pylist()]


@pytest.fixture
def _small_tables_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "SPLIT_FROM_BYTES", 1)


def running(postgres: PostgresDatabase) -> list[str]:
    """What sessions of the source do right now."""
    rows = postgres.execute(
        "SELECT query FROM pg_stat_activity WHERE application_name = 'headwater' AND state = 'active'"
        " AND datname = current_database()"
    )
    return [row[0] for row in rows]


def test_tables_views_and_partitioned_tables_are_streams(postgres: PostgresDatabase, source: PostgresSource) -> None:
    postgres.execute(
        "CREATE SCHEMA sales; CREATE TABLE sales.t (b int, a int, PRIMARY KEY (a, b));"
        "CREATE VIEW v AS SELECT 1 AS x; CREATE MATERIALIZED VIEW m AS SELECT 1 AS x;"
        "CREATE TABLE p (id int PRIMARY KEY) PARTITION BY RANGE (id);"
        "CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (0) TO (10)"
    )
    streams = {stream.name: stream for stream in source.discover().streams}
    assert list(streams) == ["public.m", "public.p", "public.v", "sales.t"]
    assert streams["sales.t"].primary_key == ("a", "b")
    assert source.describe("public.p_1").primary_key == ("id",)


def test_sizes_and_cursor_candidates_are_told(postgres: PostgresDatabase, source: PostgresSource) -> None:
    postgres.execute(
        "CREATE TABLE t (n int GENERATED ALWAYS AS IDENTITY, seen timestamptz, other int, born date);"
        "INSERT INTO t (other) SELECT generate_series(1, 1000); ANALYZE t"
    )
    stream = source.describe("public.t")
    assert (stream.row_estimate, stream.cursor_candidates) == (1000, ("seen", "born", "n"))
    assert (stream.size_bytes or 0) > 8192


def test_a_schema_in_the_config_restricts_discovery(postgres: PostgresDatabase, make_source: MakeSource) -> None:
    postgres.execute("CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.t (); CREATE TABLE b.t (x int)")
    assert [stream.name for stream in make_source(schema="b").discover().streams] == ["b.t"]
    with pytest.raises(UnknownName, match="'c'"):
        make_source(schema="c").check()


def test_only_what_the_user_may_read_is_discovered(postgres: PostgresDatabase, source: PostgresSource) -> None:
    with psycopg.connect(postgres.admin_dsn, autocommit=True) as admin:
        admin.execute("CREATE TABLE secret (x int)")
        admin.execute("CREATE TABLE half (open int, closed int)")
        admin.execute("GRANT SELECT (open) ON half TO loader")
    assert [stream.name for stream in source.discover().streams] == ["public.half"]
    assert source.describe("public.half").schema.names == ["open"]
    with pytest.raises(ConfigError, match=r"stream public\.secret .*no column") as caught:
        source.describe("public.secret")
    assert caught.value.public_code == "postgres.no_rights"


def test_two_thousand_tables_are_discovered_in_pages_of_one_query_each(
    postgres: PostgresDatabase, source: PostgresSource
) -> None:
    postgres.execute(
        "DO $$ BEGIN FOR i IN 1..300 LOOP EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY)', i); END LOOP; END $$"
    )
    page = source.discover("public.t*", limit=200)
    assert (len(page.streams), page.next) == (200, page.streams[-1].name)
    rest = source.discover("public.t*", after=page.next, limit=200)
    assert (len(rest.streams), rest.next) == (100, None)


@pytest.mark.usefixtures("_small_tables_are_cut")
def test_rows_written_between_two_partitions_are_in_neither(postgres: PostgresDatabase, source: PostgresSource) -> None:
    postgres.execute("CREATE TABLE t AS SELECT g AS id, repeat('x', 500) AS pad FROM generate_series(1, 2000) g")
    found = plan(source, "public.t", ["id"], cursor=CursorRange("id"), parallelism=3)
    assert len(found.items) == 3 * PARTS_PER_LANE
    first = source.read(found.items[0]).read_all().num_rows
    postgres.execute("UPDATE t SET id = id + 10000 WHERE id % 2 = 0; DELETE FROM t WHERE id % 7 = 0")
    postgres.execute("INSERT INTO t SELECT g, 'new' FROM generate_series(3000, 4000) g")
    rest = sum(source.read(item).read_all().num_rows for item in found.items[1:])
    assert first + rest == 2000
    assert found.upper == pa.scalar(2000, pa.int32())


def test_streams_of_one_source_share_the_snapshot(postgres: PostgresDatabase, source: PostgresSource) -> None:
    postgres.execute("CREATE TABLE a (id int); CREATE TABLE b (id int)")
    first = plan(source, "public.a")
    postgres.execute("INSERT INTO a VALUES (1); INSERT INTO b VALUES (1)")
    assert (rows_of(source, first), rows_of(source, plan(source, "public.b"))) == ([], [])


def test_another_process_reads_on_the_same_snapshot(
    postgres: PostgresDatabase, source: PostgresSource, make_source: MakeSource
) -> None:
    postgres.execute("CREATE TABLE t AS SELECT 1 AS id")
    found = plan(source, "public.t")
    postgres.execute("INSERT INTO t VALUES (2)")
    assert rows_of(make_source(), found) == [{"id": 1}]


def test_a_partitioned_table_is_read_partition_by_partition(postgres: PostgresDatabase, source: PostgresSource) -> None:
    postgres.execute(
        "CREATE TABLE p (id int, note text) PARTITION BY RANGE (id);"
        "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);"
        "CREATE TABLE p2 (note text, id int); ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20);"
        "INSERT INTO p SELECT g, 'n' || g FROM generate_series(0, 19) g"
    )
    found = plan(source, "public.p", parallelism=2)
    assert len(found.items) == 2
    assert sorted(row["id"] for row in rows_of(source, found)) == list(range(20))


def test_a_server_that_exports_no_snapshot_is_read_in_one_partition(
    postgres: PostgresDatabase, source: PostgresSource, caplog: pytest.LogCaptureFixture
) -> None:
    with psycopg.connect(postgres.admin_dsn, autocommit=True) as admin:
        admin.execute("REVOKE EXECUTE ON FUNCTION pg_export_snapshot() FROM PUBLIC")
    postgres.execute("CREATE TABLE p (id int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p DEFAULT")
    postgres.execute("INSERT INTO p VALUES (1), (2)")
    with caplog.at_level(logging.WARNING):
        found = plan(source, "public.p", cursor=CursorRange("id"), parallelism=4)
    assert (len(found.items), found.upper) == (1, None)
    assert "one partition" in caplog.text
    assert len(rows_of(source, found)) == 2


def test_predicates_and_cursor_ranges_run_on_the_server(postgres: PostgresDatabase, source: PostgresSource) -> None:
    postgres.execute("CREATE TABLE t (id int, name text, amount numeric(10,2), at timestamptz, flag bool)")
    postgres.execute(
        "INSERT INTO t VALUES (1, 'a''b', 1.5, '2024-01-01 00:00+00', true), (2, NULL, NULL, NULL, NULL),"
        " (3, 'b', 2, '2025-01-01 00:00+00', false)"
    )
    instant = pa.scalar(datetime(2024, 6, 1, tzinfo=UTC), pa.timestamp("us", "UTC"))
    cases: list[tuple[Predicate, list[int]]] = [
        (Predicate("name", "=", (pa.scalar("a'b"),)), [1]),
        (Predicate("name", "in", (pa.scalar("a'b"), pa.scalar("b"))), [1, 3]),
        (Predicate("name", "<>", (pa.scalar("b"),)), [1]),
        (Predicate("amount", ">=", (pa.scalar(1.5).cast(pa.decimal128(10, 2)),)), [1, 3]),
        (Predicate("at", "<", (instant,)), [1]),
        (Predicate("flag", "=", (pa.scalar(value=True),)), [1]),
        (Predicate("at", "is_null"), [2]),
    ]
    for predicate, expected in cases:
        found = plan(source, "public.t", ["id"], predicates=(predicate,))
        assert found.pushed == (predicate,)
        assert [row["id"] for row in rows_of(source, found)] == expected, predicate


def test_what_postgres_compares_otherwise_stays_with_the_engine(
    postgres: PostgresDatabase, source: PostgresSource
) -> None:
    postgres.execute("CREATE EXTENSION citext; CREATE TABLE t (a citext, b char(5), c inet, d jsonb)")
    postgres.execute("INSERT INTO t VALUES ('A', 'x', '10.0.0.1', '{}')")
    for name in "abcd":
        assert plan(source, "public.t", predicates=(Predicate(name, "=", (pa.scalar("x"),)),)).pushed == ()
    assert plan(source, "public.t", predicates=(Predicate("a", "=", (pa.scalar("\0"),)),)).pushed == ()


def test_texts_are_ordered_by_their_bytes(postgres: PostgresDatabase, source: PostgresSource) -> None:
    postgres.execute("CREATE TABLE t (x text); INSERT INTO t VALUES ('a'), ('B'), ('é'), ('z')")
    found = plan(source, "public.t", cursor=CursorRange("x", lower=pa.scalar("Z"), nulls=False))
    assert found.upper == pa.scalar("é")
    assert sorted(row["x"] for row in rows_of(source, found)) == ["a", "z", "é"]


def test_a_cursor_without_an_order_is_refused(postgres: PostgresDatabase, source: PostgresSource) -> None:
    postgres.execute("CREATE TABLE t (doc jsonb, n numeric)")
    for name in ("doc", "n"):
        with pytest.raises(ConfigError, match="cannot be a cursor"):
            plan(source, "public.t", cursor=CursorRange(name))


def test_an_unknown_column_is_named_with_its_stream(postgres: PostgresDatabase, source: PostgresSource) -> None:
    postgres.execute("CREATE TABLE t (amount int)")
    with pytest.raises(UnknownColumn, match=r"public\.t.*'amuont'") as caught:
        plan(source, "public.t", ["amuont"])
    assert "'amount'" in (caught.value.hint or "")


def test_a_preview_reads_only_what_it_shows(postgres: PostgresDatabase, source: PostgresSource) -> None:
    postgres.execute("CREATE TABLE t AS SELECT g AS id FROM generate_series(1, 1000) g")
    assert source.preview(source.describe("public.t"), 3).num_rows == 3


def test_a_column_that_changed_since_it_was_described_is_told(
    postgres: PostgresDatabase, source: PostgresSource
) -> None:
    postgres.execute("CREATE TABLE t (x int)")
    stream = source.describe("public.t")
    postgres.execute("ALTER TABLE t ALTER x TYPE text")
    with pytest.raises(SchemaChanged, match=r"column 'x' was int32 .* is string now"):
        source.plan(ReadRequest(stream, ("x",)))


def test_a_table_dropped_after_it_was_planned_is_told(postgres: PostgresDatabase, source: PostgresSource) -> None:
    postgres.execute("CREATE TABLE t (x int)")
    found = plan(source, "public.t")
    postgres.execute("DROP TABLE t")
    with pytest.raises(SchemaChanged, match=r"stream public\.t"):
        rows_of(source, found)


def test_a_connection_that_is_cut_is_transient_and_names_the_stream(
    postgres: PostgresDatabase, source: PostgresSource
) -> None:
    postgres.execute("CREATE TABLE t AS SELECT g AS id, repeat('x', 1000) AS pad FROM generate_series(1, 50000) g")
    reader = source.read(plan(source, "public.t").items[0])
    reader.read_next_batch()
    postgres.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE query LIKE 'COPY%'")
    with pytest.raises(TransientError, match=r"stream public\.t .*connection was lost"):
        reader.read_all()


def test_a_lost_snapshot_is_transient_and_the_next_plan_takes_a_new_one(
    postgres: PostgresDatabase, source: PostgresSource
) -> None:
    postgres.execute("CREATE TABLE t AS SELECT 1 AS id")
    found = plan(source, "public.t")
    postgres.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'headwater'"
        " AND datname = current_database() AND state = 'idle in transaction'"
    )
    with pytest.raises(TransientError) as caught:
        rows_of(source, found)
    assert caught.value.public_code == "postgres.snapshot_lost"
    assert rows_of(source, plan(source, "public.t")) == [{"id": 1}]


def test_closing_the_source_ends_a_read_that_waits_for_the_server(
    postgres: PostgresDatabase, source: PostgresSource
) -> None:
    postgres.execute("CREATE VIEW slow AS SELECT pg_sleep(60)::text AS a, 1 AS b")
    found = plan(source, "public.slow")
    outcome: list[BaseException] = []

    def reading() -> None:
        try:
            source.read(found.items[0]).read_all()
        except Cancelled as error:
            outcome.append(error)

    thread = threading.Thread(target=reading)
    thread.start()
    while not any("pg_sleep" in query or "slow" in query for query in running(postgres)):
        pass
    source.close()
    thread.join(timeout=5)
    assert len(outcome) == 1
    assert running(postgres) == []


def test_a_reader_that_is_left_ends_the_statement(postgres: PostgresDatabase, source: PostgresSource) -> None:
    postgres.execute("CREATE TABLE t AS SELECT g AS id, repeat('x', 1000) AS pad FROM generate_series(1, 50000) g")
    chunks = source.open_bytes(plan(source, "public.t").items[0])
    next(chunks)
    chunks.close()  # pyright: ignore[reportAttributeAccessIssue] - a generator
    assert running(postgres) == []
    assert column(source, "public.t", "id")[:2] == [1, 2]


def test_hostile_names_are_only_names(postgres: PostgresDatabase, source: PostgresSource) -> None:
    table = """ "s'; --"."T""é""%s" """
    postgres.execute(f"""CREATE SCHEMA "s'; --"; CREATE TABLE {table} ("x'||pg_sleep(9)||'" int, "SELECT" int)""")
    postgres.execute(f"INSERT INTO {table} VALUES (1, 2)")
    (stream,) = source.discover("s*").streams
    assert stream.name == 's\'; --.T"é"%s'
    assert read(source, stream.name).to_pylist() == [{"x'||pg_sleep(9)||'": 1, "SELECT": 2}]


def scan_of(source: PostgresSource, stream: str) -> CsvBytes:
    found = source.native_scan(plan(source, stream).items)
    assert isinstance(found, CsvBytes)
    return found


def test_rows_that_stay_within_a_block_promise_how_long_their_text_can_be(
    postgres: PostgresDatabase, source: PostgresSource
) -> None:
    postgres.execute("CREATE TABLE short (id int8, amount numeric(12,2), note text, raw bytea)")
    postgres.execute("INSERT INTO short VALUES (1, 2.50, repeat('\"', 100000), convert_to(repeat('x', 20000), 'UTF8'))")
    (partition,) = plan(source, "public.short").items
    longest = scan_of(source, "public.short").longest
    assert longest is not None
    assert 200_000 < sum(map(len, source.open_bytes(partition))) < longest


@pytest.mark.parametrize(
    ("columns", "values"),
    [
        ("id int8, note text", "1, (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 2000) AS s(i))"),
        ("id int8, number numeric", "1, 10::numeric ^ 100000"),
        ("id int8, document jsonb", "1, '{}'"),
        ("id int8, many text[]", "1, ARRAY['a']"),
    ],
)
def test_rows_that_may_be_of_any_length_promise_nothing(
    postgres: PostgresDatabase, source: PostgresSource, columns: str, values: str
) -> None:
    postgres.execute(f"CREATE TABLE long ({columns})")
    postgres.execute(f"INSERT INTO long SELECT {values}")
    assert scan_of(source, "public.long").longest is None
