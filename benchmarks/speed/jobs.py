"""The jobs, who takes part in each, and the goals."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.speed import floors, pipelines, rivals
from benchmarks.speed.contestant import Check, Command, Contestant, Goal, Job, nothing
from benchmarks.speed.rivals import dlt, sling, spark
from benchmarks.speed.tables import DLT_SCHEMA, TARGET, Bench

Prepare = Callable[[Bench], None]


def _table(what: str, table: str = TARGET, *, hidden: tuple[str, ...] = ()) -> Check:
    return lambda bench: bench.check_table(table, what, hidden=hidden)


def _files(what: str) -> Check:
    return lambda bench: bench.check_parquet(what)


def _ours(name: str, command: Command, check: Check, prepare: Prepare = Bench.clean) -> Contestant:
    return Contestant(name, "headwater", command, check, prepare, pipelines.environment)


def _floor(name: str, command: Command, check: Check, prepare: Prepare = Bench.clean) -> Contestant:
    return Contestant(name, "floor", command, check, prepare, floors.environment)


def _peer(name: str, command: Command, check: Check, prepare: Prepare = Bench.clean) -> Contestant:
    return Contestant(name, "peer", command, check, prepare, rivals.environment)


_SLING_CSV = ("--src-stream", "@csv-url", "--tgt-conn", "PG", "--tgt-object", "@target", "--mode", "full-refresh")
_SLING_JSON = ("--src-stream", "@jsonl-url", "--src-options", '{"flatten": true}')
_SLING_PARQUET = ("--tgt-object", "@out-url", "--tgt-options", '{"compression": "zstd"}')
_SLING_TABLE = ("--src-conn", "PG", "--src-stream", "@source")
_SLING_INTO = ("--tgt-conn", "PG_AGAIN", "--tgt-object", "@target", "--mode", "full-refresh")
_SLING_MERGE = (
    "--src-conn",
    "PG_AGAIN",
    "--src-stream",
    "@table-of-changes",
    "--tgt-conn",
    "PG",
    "--tgt-object",
    "@target",
)
_IN_DLT = f"{DLT_SCHEMA}.{TARGET}"

J1 = Job(
    "J1",
    "CSV → PostgreSQL",
    lambda rows: rows,
    (
        _floor("psql \\copy csv", floors.psql_copy_csv, _table("orders")),
        _ours("headwater", pipelines.csv_to_postgres, _table("orders")),
        _peer("dlt (Arrow, ADBC)", dlt("csv", "@csv"), _table("orders", _IN_DLT)),
        _peer("sling", sling(*_SLING_CSV), _table("orders")),
        _peer("spark", spark("csv", "@csv"), _table("orders")),
    ),
    (
        Goal("headwater", "psql \\copy csv", 0.80),
        Goal("headwater", "dlt (Arrow, ADBC)", 1.9),
        Goal("headwater", "sling", 5.5),
    ),
)
J2 = Job(
    "J2",
    "PostgreSQL → Parquet (zstd)",
    lambda rows: rows,
    (
        _floor("COPY BINARY to null", floors.copy_binary_to_null, nothing, Bench.with_source),
        _ours("headwater", pipelines.postgres_to_parquet, _files("orders"), Bench.with_source),
        _peer("dlt (ConnectorX)", dlt("parquet", "@out"), _files("orders"), Bench.with_source),
        _peer("sling", sling(*_SLING_TABLE, *_SLING_PARQUET), _files("orders"), Bench.with_source),
        _peer("spark", spark("parquet", "@out"), _files("orders"), Bench.with_source),
    ),
    (
        Goal("headwater", "COPY BINARY to null", 1.6),
        Goal("headwater", "dlt (ConnectorX)", 1.6),
        Goal("headwater", "sling", 8.0),
    ),
)
J3 = Job(
    "J3",
    "PostgreSQL → PostgreSQL, replace",
    lambda rows: rows,
    (
        _floor("psql binary pipe", floors.psql_binary_pipe, _table("orders"), Bench.with_source),
        _ours("headwater", pipelines.postgres_to_postgres, _table("orders"), Bench.with_source),
        _ours(
            "headwater, protected",
            pipelines.postgres_to_postgres_protected,
            _table("orders", hidden=("email",)),
            Bench.with_source,
        ),
        _peer("dlt (ConnectorX, ADBC)", dlt("copy"), _table("orders", _IN_DLT), Bench.with_source),
        _peer("sling", sling(*_SLING_TABLE, *_SLING_INTO), _table("orders"), Bench.with_source),
        _peer("spark", spark("copy"), _table("orders"), Bench.with_source),
    ),
    (
        Goal("headwater", "psql binary pipe", 1.3),
        Goal("headwater, protected", "psql binary pipe", 1.8),
        Goal("headwater", "dlt (ConnectorX, ADBC)", 2.5),
        Goal("headwater", "sling", 5.0),
    ),
)
J4 = Job(
    "J4",
    "changes merged into PostgreSQL",
    lambda rows: max(2, rows // 20),
    (
        _floor("COPY + ON CONFLICT", floors.upsert, _table("merged"), Bench.with_base),
        _ours("headwater", pipelines.changes_to_postgres, _table("merged"), Bench.with_base),
        _peer("dlt (upsert, ADBC)", dlt("merge", "@changes"), _table("merged", _IN_DLT), rivals.with_dlt_base),
        _peer(
            "sling",
            sling(*_SLING_MERGE, "--mode", "incremental", "--primary-key", "id"),
            _table("merged"),
            Bench.with_base,
        ),
    ),
    (Goal("headwater", "COPY + ON CONFLICT", 1.15), Goal("headwater", "sling", 1.4)),
)
J6 = Job(
    "J6",
    "JSON lines → Parquet (zstd)",
    lambda rows: max(1, rows // 2),
    (
        _floor("bare DuckDB", floors.json_to_parquet, _files("half")),
        _ours("headwater", pipelines.json_to_parquet, _files("half")),
        _peer("spark", spark("json", "@jsonl", "@out"), _files("half")),
        _peer("sling", sling(*_SLING_JSON, *_SLING_PARQUET), _files("half")),
        _peer("dlt (dicts)", dlt("json", "@jsonl", "@out"), _files("half")),
    ),
    (Goal("headwater", "bare DuckDB", 1.15), Goal("headwater", "spark", 5.0)),
)
J6_POSTGRES = Job(
    "J6pg",
    "JSON lines → PostgreSQL",
    lambda rows: max(1, rows // 2),
    (
        _floor("bare DuckDB + pgpq", floors.json_to_postgres, _table("half")),
        _ours("headwater", pipelines.json_to_postgres, _table("half")),
        _peer("spark", spark("json-postgres", "@jsonl"), _table("half")),
    ),
    (Goal("headwater", "bare DuckDB + pgpq", 1.15), Goal("headwater", "spark", 5.0)),
)
J8 = Job(
    "J8",
    "ten rows, CSV → PostgreSQL",
    lambda rows: 10,
    (
        _floor("psql \\copy csv", floors.psql_copy_csv, _table("orders")),
        _ours("headwater", pipelines.csv_to_postgres, _table("orders")),
        _ours("headwater --help", pipelines.help_text, nothing),
        _peer("dlt (Arrow, ADBC)", dlt("csv", "@csv"), _table("orders", _IN_DLT)),
        _peer("sling", sling(*_SLING_CSV), _table("orders")),
        _peer("spark", spark("csv", "@csv"), _table("orders")),
    ),
    (Goal("headwater", "dlt (Arrow, ADBC)", 3.0),),
    fixed_rows=10,
    most_cpu_s={"headwater": 0.6, "headwater --help": 0.2},
)
JOBS = (J1, J2, J3, J4, J6, J6_POSTGRES, J8)
