"""Brings the schema to a version, and says where it stands.

Promises: two that migrate at the same time do it one after the other; a migration that cannot have its lock within
3 seconds gives up and is tried again; code that is older than the schema refuses to touch it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from headwater.sdk.errors import ConfigError, TransientError

FOLDER = Path(__file__).parent / "migrations"
_LOCK = 7_164_912_402  # an advisory lock of our own
_TRIES = 5


class SchemaMismatch(ConfigError):
    """Code and schema are of different versions."""

    code = "database.schema_mismatch"


@dataclass(frozen=True, slots=True)
class Standing:
    """Which revision the schema has, which this code wants, and what lies between."""

    current: str | None
    wanted: str
    pending: tuple[str, ...]

    @property
    def is_current(self) -> bool:
        return self.current == self.wanted

    @property
    def is_newer(self) -> bool:
        """The schema was made by newer code than this."""
        return not self.is_current and not self.pending


def standing(url: str) -> Standing:
    with _connection(url) as connection:
        return _standing(connection)


def migrate_up(url: str, revision: str = "head") -> Standing:
    """Raises SchemaMismatch when the schema is newer than this code."""
    with _connection(url) as connection:
        before = _standing(connection)
        if before.is_newer:
            raise newer(before)
        if not before.is_current:
            _patiently(lambda: command.upgrade(_config(connection), revision))
        return _standing(connection)


def migrate_down(url: str, revision: str = "-1") -> Standing:
    """Undo the newest migration, or all down to a revision; `base` undoes everything."""
    with _connection(url) as connection:
        before = _standing(connection)
        if before.is_newer:
            raise newer(before)
        if before.current is not None:
            _patiently(lambda: command.downgrade(_config(connection), revision))
        return _standing(connection)


def require_current(url: str) -> None:
    """Raises SchemaMismatch when this code and the schema do not fit."""
    found = standing(url)
    if found.is_newer:
        raise newer(found)
    if not found.is_current:
        raise SchemaMismatch(
            f"the database's schema is {found.current or 'empty'}, and this version needs {found.wanted}",
            hint="run `headwater migrate` first",
        )


def newer(found: Standing) -> SchemaMismatch:
    return SchemaMismatch(
        f"the database's schema is {found.current}, which this version does not know; it knows up to {found.wanted}",
        hint="install the version that made it, or a newer one; `headwater migrate down` is for that version to do",
    )


def _patiently(migrate: Callable[[], None]) -> None:
    for tried in range(1, _TRIES + 1):
        try:
            migrate()
        except OperationalError as error:
            if "lock timeout" not in str(error.orig):
                raise
            if tried == _TRIES:
                raise TransientError(
                    "the migration could not have a lock: others hold the table it changes",
                    hint="stop long transactions (pg_stat_activity), then run `headwater migrate` again",
                    code="database.locked",
                ) from error
            time.sleep(tried)
        else:
            return


def _standing(connection: Connection) -> Standing:
    context = MigrationContext.configure(connection)
    current = context.get_current_revision()
    connection.rollback()
    scripts = ScriptDirectory.from_config(_config(connection))
    wanted = scripts.get_current_head() or ""
    known = {script.revision for script in scripts.walk_revisions()}
    if current is not None and current not in known:
        return Standing(current, wanted, ())
    between = scripts.iterate_revisions("head", current or "base")
    pending = tuple(reversed([script.revision for script in between if script.revision != current]))
    return Standing(current, wanted, pending)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _connection(url: str) -> Iterator[Connection]:
    """A connection that holds the advisory lock of migrations."""
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"connect_timeout": 10, "application_name": "headwater migrate"},
    )
    with engine.connect() as connection:
        connection.execute(text("select pg_advisory_lock(:key)"), {"key": _LOCK})
        connection.commit()
        try:
            yield connection
        finally:
            connection.rollback()
            connection.execute(text("select pg_advisory_unlock(:key)"), {"key": _LOCK})
            connection.commit()
            engine.dispose()
