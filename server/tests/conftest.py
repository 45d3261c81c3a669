"""A server under test: its own database, copied from a template that the real migrations made; clients of every role.

`client` is nobody; `admin`, `editor`, `operator` and `viewer` are signed in with a cookie. All speak to the app in this
process, through ASGI.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from psycopg import sql
from real.postgres_server import ServerAddress, join, shared_home

from headwater_server.app.factory import create_app
from headwater_server.auth import repository
from headwater_server.auth.models import User
from headwater_server.auth.needs import COOKIE
from headwater_server.auth.permissions import ROLES
from headwater_server.auth.tokens import new_token, token_hash
from headwater_server.db.migrate import migrate_up
from headwater_server.db.session import Database
from headwater_server.kit.encryption import Sealer
from headwater_server.settings import Settings

BASE_URL = "http://headwater.test"
SECRET_KEY = "a-key-for-tests-0123456789-abcdefghij"
TEMPLATE = "headwater_template"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[ServerAddress]:
    """One PostgreSQL for the whole test run, shared by its processes."""
    run_id = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"pid{os.getpid()}"
    address, users = join(shared_home(run_id))
    yield address
    os.close(users)


@pytest.fixture(scope="session")
def template(postgres_server: ServerAddress) -> str:
    """The migrated database that every test gets a copy of; made by whichever process comes first."""
    with psycopg.connect(postgres_server.dsn(), autocommit=True) as admin:
        admin.execute("select pg_advisory_lock(2)")
        if not admin.execute("select 1 from pg_database where datname = %s", [TEMPLATE]).fetchone():
            admin.execute(sql.SQL("create database {}").format(sql.Identifier(f"{TEMPLATE}_draft")))
            migrate_up(postgres_server.dsn(f"{TEMPLATE}_draft"))
            admin.execute(f"alter database {TEMPLATE}_draft rename to {TEMPLATE}")
        admin.execute("select pg_advisory_unlock(2)")
    return TEMPLATE


@pytest.fixture
def empty_database_url(postgres_server: ServerAddress) -> Iterator[str]:
    """A database without tables."""
    yield from _database(postgres_server, "template0")


@pytest.fixture
def database_url(postgres_server: ServerAddress, template: str) -> Iterator[str]:
    """A database with tables and no rows."""
    yield from _database(postgres_server, template)


def _database(server: ServerAddress, template: str) -> Iterator[str]:
    name = f"server_{secrets.token_hex(6)}"
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        create = sql.SQL("create database {} template {}")
        admin.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield server.dsn(name)
        finally:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", base_url=BASE_URL)


@pytest.fixture(scope="session")
def sealer() -> Sealer:
    return Sealer(SECRET_KEY)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The test's own connections to the server's database."""
    database = Database(database_url, pool_size=2)
    yield database
    await database.dispose()


@pytest.fixture
async def app(settings: Settings, database_url: str, sealer: Sealer) -> AsyncIterator[FastAPI]:
    """The started application."""
    made = create_app(settings, database_url, sealer)
    async with made.router.lifespan_context(made):
        yield made


@asynccontextmanager
async def browser(app: FastAPI, cookie: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """A client that behaves as our page in a browser does."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    cookies = {} if cookie is None else {COOKIE: cookie}
    headers = {"Origin": BASE_URL}
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL, cookies=cookies, headers=headers) as client:
        yield client


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Nobody, not signed in."""
    async with browser(app) as made:
        yield made


async def _signed_in(app: FastAPI, database: Database, role: str) -> AsyncIterator[httpx.AsyncClient]:
    cookie = new_token()
    async with database.begin() as session:
        user = User(email=f"{role}@example.com", name=role.capitalize(), role=role)
        session.add(user)
        await session.flush()
        await repository.add_sign_in(session, user, token_hash(cookie), days=1)
    async with browser(app, cookie) as made:
        yield made


@pytest.fixture
async def admin(app: FastAPI, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async for made in _signed_in(app, database, "admin"):
        yield made


@pytest.fixture
async def editor(app: FastAPI, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async for made in _signed_in(app, database, "editor"):
        yield made


@pytest.fixture
async def operator(app: FastAPI, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async for made in _signed_in(app, database, "operator"):
        yield made


@pytest.fixture
async def viewer(app: FastAPI, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async for made in _signed_in(app, database, "viewer"):
        yield made


assert ROLES == ("viewer", "operator", "editor", "admin"), "a role without a client here"
