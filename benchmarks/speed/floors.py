"""The floors: the least that any tool must do, written without one.

psql copies text and bytes; DuckDB with pgpq, or with its own writer, is the shortest way for typed rows. Those are a
program: `python -m benchmarks.speed.floors NAME …`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from benchmarks.speed.data import COLUMNS
from benchmarks.speed.places import PYTHON, REPOSITORY
from benchmarks.speed.tables import DDL, SOURCE, TARGET, Bench
from pgpq import ArrowToPostgresBinaryEncoder

BATCH_ROWS = 65_536


def psql_copy_csv(bench: Bench) -> list[str]:
    copy = f"\\copy {TARGET} from '{bench.data.csv}' (format csv, header)"
    return [*_psql(bench), "-c", f"CREATE TABLE {TARGET} {DDL}", "-c", copy]


def copy_binary_to_null(bench: Bench) -> list[str]:
    return [
        "sh",
        "-c",
        f'exec "$0" "$@" > {os.devnull}',
        *_psql(bench),
        "-c",
        f"COPY {SOURCE} TO STDOUT (FORMAT binary)",
    ]


def psql_binary_pipe(bench: Bench) -> list[str]:
    script = (
        f'"$0" -qXd "$1" -c "CREATE TABLE {TARGET} {DDL}" &&'
        f' "$0" -qXd "$1" -c "COPY {SOURCE} TO STDOUT (FORMAT binary)"'
        f' | "$0" -qXd "$1" -c "COPY {TARGET} FROM STDIN (FORMAT binary)"'
    )
    return ["sh", "-c", script, bench.server.psql, bench.server.url]


def upsert(bench: Bench) -> list[str]:
    return [*_here("upsert"), bench.server.url, str(bench.data.changes)]


def json_to_parquet(bench: Bench) -> list[str]:
    return [*_here("json_to_parquet"), str(bench.data.jsonl), str(bench.out / "orders.parquet")]


def json_to_postgres(bench: Bench) -> list[str]:
    return [*_here("json_to_postgres"), str(bench.data.jsonl), bench.server.url]


def environment(bench: Bench) -> dict[str, str]:
    return {"PYTHONPATH": str(REPOSITORY)}


def _psql(bench: Bench) -> list[str]:
    return [bench.server.psql, "-qX", "-v", "ON_ERROR_STOP=1", "-d", bench.server.url]


def _here(name: str) -> list[str]:
    return [PYTHON, "-m", "benchmarks.speed.floors", name]


def _run_upsert(url: str, parquet: str) -> None:
    """COPY BINARY into an unlogged table, then INSERT … ON CONFLICT, all in one transaction."""
    file = pq.ParquetFile(parquet)
    names = ", ".join(COLUMNS)
    sets = ", ".join(f"{column} = EXCLUDED.{column}" for column in COLUMNS if column != "id")
    upsert = f"INSERT INTO {TARGET} ({names}) SELECT {names} FROM bench_stage ON CONFLICT (id) DO UPDATE SET {sets}"
    with psycopg.connect(url) as connection:
        connection.execute(f"CREATE UNLOGGED TABLE bench_stage {DDL}".encode())
        _copy(connection, "bench_stage", file.schema_arrow, file.iter_batches(BATCH_ROWS))
        connection.execute("ANALYZE bench_stage")
        connection.execute(upsert.encode())
        connection.execute("DROP TABLE bench_stage")


def _run_json_to_parquet(jsonl: str, parquet: str) -> None:
    with _duckdb() as connection:
        connection.execute(f"COPY ({_json(jsonl)}) TO '{parquet}' (FORMAT parquet, COMPRESSION zstd)")


def _run_json_to_postgres(jsonl: str, url: str) -> None:
    with _duckdb() as connection, psycopg.connect(url) as target:
        target.execute(f"CREATE TABLE {TARGET} {DDL}".encode())
        reader = connection.sql(_json(jsonl)).to_arrow_reader(BATCH_ROWS)
        _copy(target, TARGET, reader.schema, reader)


def _copy(connection: psycopg.Connection, table: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    encoder = ArrowToPostgresBinaryEncoder(schema)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)".encode()) as copy:
        copy.write(encoder.write_header())
        for batch in batches:
            copy.write(encoder.write_batch(batch))
        copy.write(encoder.finish())


def _duckdb() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET preserve_insertion_order = false")
    return connection


def _json(path: str) -> str:
    columns = ", ".join(f"'{name}': '{type}'" for name, type in COLUMNS.items())
    return f"SELECT * FROM read_json('{Path(path)}', format = 'newline_delimited', columns = {{{columns}}})"


_PROGRAMS: dict[str, Callable[..., None]] = {
    "upsert": _run_upsert,
    "json_to_parquet": _run_json_to_parquet,
    "json_to_postgres": _run_json_to_postgres,
}

if __name__ == "__main__":
    _PROGRAMS[sys.argv[1]](*sys.argv[2:])
