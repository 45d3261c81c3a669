"""The schema: what the models say and what the migrations make are one."""

from __future__ import annotations

import threading
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from headwater.sdk.errors import TransientError
from headwater_server.app import tables
from headwater_server.db import migrate
from headwater_server.db.migrate import SchemaMismatch, migrate_down, migrate_up, require_current, standing


def tables_of(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
    return {name for (name,) in rows}


def test_models_and_migrated_schema_are_the_same(database_url: str) -> None:
    engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        found = compare_metadata(context, tables.metadata)
    engine.dispose()

    assert found == []


def test_every_migration_goes_down_and_up_again(empty_database_url: str) -> None:
    assert migrate_up(empty_database_url).is_current
    there = tables_of(empty_database_url)
    while standing(empty_database_url).current is not None:
        migrate_down(empty_database_url)

    assert tables_of(empty_database_url) == {"alembic_version"}
    assert migrate_up(empty_database_url).is_current
    assert tables_of(empty_database_url) == there


def test_two_that_migrate_at_once_do_it_one_after_the_other(empty_database_url: str) -> None:
    failed: list[BaseException] = []

    def up() -> None:
        try:
            migrate_up(empty_database_url)
        except BaseException as error:  # noqa: BLE001 - told to the test
            failed.append(error)

    threads = [threading.Thread(target=up) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert standing(empty_database_url).is_current


def test_code_that_is_older_than_the_schema_refuses(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("update alembic_version set version_num = '9999'")

    for refuse in (require_current, migrate_up, migrate_down):
        with pytest.raises(SchemaMismatch, match="schema is 9999, which this version does not know"):
            refuse(database_url)


def test_an_empty_database_is_refused_with_the_command_that_helps(empty_database_url: str) -> None:
    with pytest.raises(SchemaMismatch) as refused:
        require_current(empty_database_url)

    assert "headwater migrate" in (refused.value.hint or "")


def test_a_migration_on_a_live_database_gives_up_instead_of_holding_everyone(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "_TRIES", 1)
    with psycopg.connect(database_url) as reader:
        for table in sorted(tables_of(database_url) - {"alembic_version"}):
            reader.execute(f'select 1 from "{table}" limit 1')  # pyright: ignore[reportArgumentType, reportCallIssue]

        with pytest.raises(TransientError) as locked:
            migrate_down(database_url)

    assert locked.value.public_code == "database.locked"
    assert standing(database_url).is_current


def test_every_migration_has_a_lock_timeout_both_ways() -> None:
    for file in sorted((Path(migrate.FOLDER) / "versions").glob("[0-9]*.py")):
        assert file.read_text().count("set local lock_timeout") >= 2, file.name
