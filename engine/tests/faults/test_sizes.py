"""Fields, lines, archives and numbers of things that are too large for comfort, in bounded memory."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from real.conftest import PostgresDatabase

MB = 1024 * 1024
# Of the whole process, all its libraries included; a run of ten rows has about 170 MB.
PEAK_MB = 700


@dataclass(frozen=True, slots=True)
class Measured:
    code: int
    report: dict[str, Any]
    err: str
    peak_mb: int

    @property
    def error(self) -> dict[str, Any]:
        return self.report["error"] if "error" in self.report else self.report["loads"][0]["error"]


def run(folder: Path, source: dict[str, Any], destination: dict[str, Any], **more: Any) -> Measured:
    """One run in a process of its own, and the most memory it had."""
    pipeline = {"sources": [source], "destinations": [destination], "retries": {"attempts": 1}, **more}
    (folder / "headwater.yaml").write_text(yaml.safe_dump({"version": 1, "pipelines": {"p": pipeline}}))
    command = [sys.executable, "-m", "headwater.cli.main", "run", "p", "--json", "--quiet"]
    with (folder / "out").open("w+") as out, (folder / "err").open("w+") as err:
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    lines = [line for line in (folder / "out").read_text().splitlines() if line.startswith("{")]
    report = json.loads(lines[-1]) if lines else {}
    return Measured(process.returncode, report, (folder / "err").read_text(), usage.ru_maxrss // 1024)


def files(**config: Any) -> dict[str, Any]:
    return {"type": "files", "config": {"url": "in", **config}}


def lake(folder: Path, query: str) -> list[tuple[Any, ...]]:
    return rows(str(folder / "lake.duckdb"), query)


def rows(path: str, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(path, read_only=path != ":memory:") as connection:
        return connection.execute(query).fetchall()


LAKE = {"type": "duckdb", "config": {"path": "lake.duckdb"}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path


@pytest.mark.parametrize("destination", ["postgres", "duckdb", "sqlite", "files"])
def test_a_field_of_ten_megabytes_arrives_whole(folder: Path, destination: str, request: pytest.FixtureRequest) -> None:
    big = "0123456789" * MB
    (folder / "in" / "t.csv").write_text(f"id,text\n1,small\n2,{big}\n3,small\n")
    database: PostgresDatabase | None = request.getfixturevalue("postgres") if destination == "postgres" else None
    places: dict[str, dict[str, Any]] = {
        "duckdb": {"path": "lake.duckdb"},
        "sqlite": {"path": "lake.db"},
        "files": {"url": "lake"},
    }
    config = database.config if database is not None else places[destination]
    ran = run(folder, files(), {"type": destination, "config": config})
    assert (ran.code, ran.report["loads"][0]["balanced"]) == (0, True), ran.err
    query = "SELECT id, length(text) FROM t ORDER BY id"
    match destination:
        case "postgres":
            assert database is not None
            found = database.execute(query)
        case "duckdb":
            found = lake(folder, query)
        case "sqlite":
            with closing(sqlite3.connect(folder / "lake.db")) as connection:
                found = connection.execute(query).fetchall()
        case _:
            found = rows(":memory:", query.replace("FROM t", f"FROM read_parquet('{folder}/lake/t/*.parquet')"))
    assert found == [(1, 5), (2, 10 * MB), (3, 5)]
    assert ran.peak_mb < PEAK_MB


@pytest.mark.parametrize("head", ["id,text\n", "id,text\n1,x\n2,"])
def test_a_file_of_a_gigabyte_without_a_line_end_is_refused_in_bounded_memory(folder: Path, head: str) -> None:
    with (folder / "in" / "t.csv").open("w") as file:
        file.write(head)
        file.write("x" * 64 * MB)
        file.truncate(1024 * MB)  # the rest is a hole: NULs that take no room on the disk
    ran = run(folder, files(format="csv", columns={"id": "int64", "text": "string"}), LAKE)
    assert (ran.code, ran.error["code"]) == (1, "files.record_too_long"), ran.err
    assert "t.csv" in ran.error["message"]
    assert ran.peak_mb < PEAK_MB
    assert (
        not (folder / "lake.duckdb").exists()
        or lake(folder, "SELECT * FROM duckdb_tables() WHERE table_name = 't'") == []
    )


@pytest.mark.parametrize("name", ["t.csv.gz", "t.ndjson.gz"])
def test_a_gigabyte_packed_into_a_megabyte_is_refused_in_bounded_memory(folder: Path, name: str) -> None:
    head = b"id,text\n1,x\n2," if "csv" in name else b'{"id": 1, "text": "x"}\n{"id": 2, "text": "'
    with gzip.open(folder / "in" / name, "wb", compresslevel=1) as file:
        file.write(head)
        block = b"x" * (16 * MB)
        for _ in range(64):
            file.write(block)
    ran = run(folder, files(), LAKE)
    assert (ran.code, ran.error["code"]) == (1, "files.record_too_long"), ran.err
    assert name in ran.error["message"]
    assert ran.peak_mb < PEAK_MB


def test_rows_that_unpack_to_a_hundred_times_their_size_are_streamed(folder: Path) -> None:
    line = b"1," + b"x" * 990 + b"\n"
    with gzip.open(folder / "in" / "t.csv.gz", "wb", compresslevel=1) as file:
        file.write(b"id,text\n")
        for _ in range(300):
            file.write(line * 1_000)
    ran = run(folder, files(), {"type": "files", "config": {"url": "lake"}})
    assert (ran.code, ran.report["loads"][0]["rows"]["written"]) == (0, 300_000), ran.err
    assert ran.peak_mb < PEAK_MB


def test_a_thousand_streams_of_one_pipeline_arrive(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "shop.db")) as shop, shop:
        for number in range(1_000):
            shop.execute(f"CREATE TABLE s{number:04} (id INTEGER PRIMARY KEY, n INTEGER)")
            shop.execute(f"INSERT INTO s{number:04} VALUES (1, {number}), (2, {number})")
    source = {"type": "sqlite", "config": {"path": "shop.db"}}
    ran = run(folder, {**source, "streams": ["s*"]}, LAKE)
    assert (ran.code, len(ran.report["loads"])) == (0, 1_000), ran.err
    assert all(load["balanced"] and load["rows"]["written"] == 2 for load in ran.report["loads"])
    assert ran.peak_mb < PEAK_MB
    assert lake(folder, "SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 's____'") == [(1_000,)]
    assert lake(folder, "SELECT n FROM s0999") == [(999,), (999,)]


def test_a_table_of_ten_thousand_files_arrives(folder: Path) -> None:
    (folder / "in" / "t").mkdir()
    for number in range(10_000):
        (folder / "in" / "t" / f"{number:05}.csv").write_text(f"id,n\n{number},1\n")
    ran = run(folder, files(), LAKE)
    assert (ran.code, ran.report["loads"][0]["rows"]["written"]) == (0, 10_000), ran.err
    assert lake(folder, "SELECT count(*), count(DISTINCT id), sum(n) FROM t") == [(10_000, 10_000, 10_000)]
    assert ran.peak_mb < PEAK_MB


def test_a_postgres_table_of_many_partitions_is_one_stream(folder: Path, postgres: PostgresDatabase) -> None:
    partitions = 10_000
    postgres.execute("CREATE TABLE t (id bigint PRIMARY KEY, n int) PARTITION BY RANGE (id)")
    made = "CREATE TABLE t_%s PARTITION OF t FOR VALUES FROM (%s) TO (%s)"
    each = f"EXECUTE format('{made}', p, p * 10, p * 10 + 10)"
    postgres.execute(f"DO $$ BEGIN FOR p IN 0..{partitions - 1} LOOP {each}; END LOOP; END $$")
    postgres.execute(f"INSERT INTO t SELECT n, 1 FROM generate_series(0, {partitions * 10 - 1}) n")
    source = {"type": "postgres", "config": postgres.config, "streams": ["public.t"]}
    ran = run(folder, source, LAKE)
    assert (ran.code, ran.report["loads"][0]["rows"]["written"]) == (0, partitions * 10), ran.err
    assert lake(folder, "SELECT count(*), count(DISTINCT id) FROM t") == [(partitions * 10, partitions * 10)]
