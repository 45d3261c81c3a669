"""Systems for the pages of connectors: a PostgreSQL of the test run, and a file of 20,000 tables."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from e2e.running import Api, Running
from real.postgres_server import ServerAddress, join, shared_home

MANY = 20_000


@pytest.fixture(scope="session")
def postgres() -> Iterator[ServerAddress]:
    address, users = join(shared_home(f"e2e{os.getpid()}"))
    yield address
    os.close(users)


@pytest.fixture(scope="session")
def many(server: Running, api: Api) -> str:
    """A connector to an SQLite file of 20,000 tables, some with names as long as real ones."""
    with closing(sqlite3.connect(server.data / "many.sqlite")) as database:
        database.execute("BEGIN")
        for number in range(MANY):
            long = "_of_the_accounts_receivable_ledger_by_region_and_quarter" if number % 1000 == 0 else ""
            name = f"area_{number % 40:02}_table_{number:05}{long}"
            database.execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, name TEXT, changed_at TEXT)")
        database.execute("INSERT INTO area_25_table_12345 VALUES (1, 'the only row', '2026-11-01')")
        database.commit()
    api.put_connector("many", "sqlite", {"path": "many.sqlite"})
    return "many"
