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
    """A connector to an SQLite file with 20,000 views, some of whose names are as long as real ones."""
    with closing(sqlite3.connect(server.data / "many.sqlite")) as database:
        database.execute("CREATE TABLE base (id INTEGER PRIMARY KEY, name TEXT, changed_at TEXT)")
        database.execute("INSERT INTO base VALUES (1, 'the only row', '2026-11-01')")
        # One statement per view takes a millisecond each, for SQLite reads its schema again after every one.
        database.execute("PRAGMA writable_schema = ON")
        database.executemany(
            "INSERT INTO sqlite_schema VALUES ('view', ?1, ?1, 0, 'CREATE VIEW ' || ?1 || ' AS SELECT * FROM base')",
            ((_name(number),) for number in range(1, MANY)),
        )
        database.commit()
    api.put_connector("many", "sqlite", {"path": "many.sqlite"})
    return "many"


def _name(number: int) -> str:
    long = "_of_the_accounts_receivable_ledger_by_region_and_quarter" if number % 1000 == 0 else ""
    return f"area_{number % 40:02}_table_{number:05}{long}"
