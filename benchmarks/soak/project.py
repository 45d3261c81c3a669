"""What the soak runs: sources of every kind, and pipelines that succeed, reject rows, fail, and are cancelled."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
from benchmarks.speed.server import Server

ROWS = 60_000
# Pipelines that end well; `broken` never does, and `long` is cancelled on its way.
GOOD = ("csv_to_postgres", "postgres_to_parquet", "merge", "json_to_duckdb", "wire", "sqlite_to_csv", "fan_out")
BROKEN, LONG = "broken", "csv_to_postgres"

_ORDERS = (
    "SELECT i AS id, i % 5000 AS customer_id, 'user' || (i % 5000) || '@example.com' AS email,"
    " CASE WHEN i % 211 = 0 THEN 'n/a' ELSE CAST(i * 7 % 100000 / 100.0 AS VARCHAR) END AS amount,"
    " TIMESTAMP '2026-01-01' + to_seconds(i) AS updated_at,"
    " CASE WHEN i % 3 = 0 THEN 'note, with \"quotes\" ' || i END AS note FROM range({rows}) AS t(i)"
)


def make(home: Path, server: Server) -> Path:
    """The sources and the project file, in an empty folder."""
    data = home / "data"
    data.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(f"CREATE TABLE orders AS {_ORDERS.format(rows=ROWS)}")
        connection.execute(f"COPY orders TO '{data / 'orders.csv'}' (HEADER)")
        connection.execute(f"COPY orders TO '{data / 'events.jsonl'}' (FORMAT json)")
        rows = connection.execute("SELECT id, customer_id, email, note FROM orders").fetchall()
    with closing(sqlite3.connect(data / "app.sqlite")) as app:
        app.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER, email TEXT, note TEXT)")
        app.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", rows)
        app.commit()
    server.sql("DROP TABLE IF EXISTS src_orders")
    server.sql(
        "CREATE TABLE src_orders AS SELECT i AS id, i % 5000 AS customer_id, 'user' || i AS email,"
        " (i * 7 % 100000 / 100.0)::numeric(12,2) AS amount, now() + i * interval '1 second' AS updated_at"
        f" FROM generate_series(1, {ROWS}) AS s(i)"
    )
    project = home / "headwater.yaml"
    # YAML reads JSON.
    project.write_text(json.dumps(_document(data, home / "lake"), indent=1), encoding="utf-8")
    return project


def change(server: Server, number: int) -> None:
    """Every cycle some rows of the source change, so that merges and incremental reads have something to do."""
    server.sql(
        "UPDATE src_orders SET amount = amount + 1, updated_at = clock_timestamp() + interval '2 days'"
        f" WHERE id % 50 = {number % 50}"
    )


def _document(data: Path, lake: Path) -> dict[str, Any]:
    numbers = {"type": "cast", "config": {"columns": {"amount": "decimal(12,2)"}, "on_error": "reject"}}
    rules = [
        {"rule": "range", "column": "amount", "min": 0, "max": 999},
        {"rule": "email", "column": "email"},
        {"rule": "row_count", "min": 1},
    ]
    protect = {
        "type": "anonymize",
        "config": {"key": "${env:SOAK_KEY}", "columns": {"email": "hash"}},
    }
    table = "public.src_orders"
    incremental = {"name": table, "mode": "incremental", "cursor": "updated_at", "primary_key": ["id"]}

    def chain(source: str, streams: list[Any], to: list[dict[str, Any]], *processors: dict[str, Any]) -> dict[str, Any]:
        return {
            "sources": [{"connector": source, "streams": streams}],
            "processors": list(processors),
            "destinations": to,
        }

    return {
        "version": 1,
        "connectors": {
            "csv": {"type": "files", "config": {"url": str(data / "orders.csv")}},
            "json": {"type": "files", "config": {"url": str(data / "events.jsonl")}},
            "app": {"type": "sqlite", "config": {"path": str(data / "app.sqlite")}},
            "postgres": {"type": "postgres", "config": {"dsn": "${env:SOAK_URL}"}},
            "lake": {"type": "files", "config": {"url": str(lake)}},
            "texts": {"type": "files", "config": {"url": f"{lake}-csv", "format": "csv"}},
            "warehouse": {"type": "duckdb", "config": {"path": f"{lake}.duckdb", "memory_limit": "256MB"}},
        },
        "pipelines": {
            "csv_to_postgres": chain(
                "csv",
                ["*"],
                [{"connector": "postgres", "write": "replace", "table": "from_csv"}],
                numbers,
                {"type": "quality", "config": {"rules": rules}},
                protect,
            ),
            "postgres_to_parquet": chain(
                "postgres", [table], [{"connector": "lake", "write": "replace", "table": "orders"}]
            ),
            "merge": chain(
                "postgres", [incremental], [{"connector": "postgres", "write": "merge", "table": "merged"}], protect
            ),
            "wire": chain("postgres", [table], [{"connector": "postgres", "write": "replace", "table": "copied"}]),
            "json_to_duckdb": chain(
                "json", ["*"], [{"connector": "warehouse", "write": "replace", "table": "events"}], numbers
            ),
            "sqlite_to_csv": chain("app", ["orders"], [{"connector": "texts", "write": "replace", "table": "orders"}]),
            "fan_out": chain(
                "app",
                ["orders"],
                [
                    {"connector": "postgres", "write": "replace", "table": "fanned"},
                    {"connector": "warehouse", "write": "merge", "table": "fanned"},
                ],
                {"type": "filter", "config": {"where": "id % 2 = 0"}},
            ),
            "broken": chain(
                "csv",
                ["*"],
                [{"connector": "postgres", "write": "replace", "table": "never"}],
                {"type": "cast", "config": {"columns": {"amount": "int64"}, "on_error": "fail"}},
            ),
        },
    }
