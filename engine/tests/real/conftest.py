"""Real systems: `postgres` is a database of its own for each test, whose owner has no special rights."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg import sql
from real.postgres_server import ServerAddress, join, shared_home

OWNER = "loader"


@dataclass(frozen=True, slots=True)
class PostgresDatabase:
    """An empty database. `dsn` and `execute` act as its owner; `admin_dsn` as a superuser."""

    host: str
    port: int
    user: str
    password: str
    database: str
    admin_dsn: str

    @property
    def dsn(self) -> str:
        return f"postgresql://{self.user}:{self.password}@{self.host}:{self.port}/{self.database}"

    @property
    def config(self) -> dict[str, Any]:
        """The config of a `postgres` connector."""
        return {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "database": self.database,
        }

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection in autocommit mode."""
        return psycopg.connect(self.dsn, autocommit=True)

    def execute(self, statement: str, parameters: Sequence[object] | None = None) -> list[tuple[Any, ...]]:
        """Run one statement (or several, without parameters); answers the rows of the last, if it has any."""
        with self.connect() as connection:
            cursor = connection.execute(statement, parameters)  # pyright: ignore[reportCallIssue, reportArgumentType]
            while cursor.nextset():
                pass
            return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[ServerAddress]:
    """The test run's PostgreSQL. All workers of one run share it; the last one to leave ends it."""
    run_id = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"pid{os.getpid()}"
    address, users = join(shared_home(run_id))
    yield address
    os.close(users)


@pytest.fixture(scope="session")
def postgres_owner(postgres_server: ServerAddress) -> str:
    """The password of the account that owns the databases of the tests."""
    with psycopg.connect(postgres_server.dsn(), autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(1)")
        password = f"pw-{postgres_server.password}"
        if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone():
            admin.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(OWNER), sql.Literal(password))
            )
    return password


@pytest.fixture
def postgres(postgres_server: ServerAddress, postgres_owner: str) -> Iterator[PostgresDatabase]:
    """A fresh database, dropped after the test even when connections are left open."""
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(postgres_server.dsn(), autocommit=True) as admin:
        create = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0")
        admin.execute(create.format(sql.Identifier(name), sql.Identifier(OWNER)))
        try:
            yield PostgresDatabase(
                host=postgres_server.host,
                port=postgres_server.port,
                user=OWNER,
                password=postgres_owner,
                database=name,
                admin_dsn=postgres_server.dsn(name),
            )
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
