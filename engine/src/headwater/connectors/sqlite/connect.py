"""Connections to an SQLite file: read-only for sources, writing for destinations. Neither begins a transaction."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

from headwater.connectors.sqlite.errors import translated
from headwater.sdk.errors import ConfigError
from headwater.toolkit.missing_file import missing_file

# UPDATE … FROM came with 3.33, DROP COLUMN with 3.35.
_OLDEST = (3, 35)


def place_of(path: Path) -> str:
    return f"SQLite file {str(path)!r}"


def open_reading(path: Path, lock_timeout_s: float) -> sqlite3.Connection:
    """Raises ConfigError when there is no such file."""
    if not path.exists():
        raise missing_file(place_of(path), path, code="sqlite.no_file")
    return _connect(path, "ro", lock_timeout_s)


def open_writing(path: Path, lock_timeout_s: float) -> sqlite3.Connection:
    """Makes the folder and the file if need be. A new file is in WAL mode: readers do not wait for writers."""
    if sqlite3.sqlite_version_info < _OLDEST:
        raise ConfigError(
            f"this Python has SQLite {sqlite3.sqlite_version}; writing needs 3.35 or newer",
            hint="use a newer Python",
            code="sqlite.too_old",
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise ConfigError(
            f"{place_of(path)}: its folder cannot be made ({cause.strerror})",
            hint="check the path and the rights on it",
            code="sqlite.cannot_open",
        ) from cause
    fresh = not path.exists() or (path.is_file() and path.stat().st_size == 0)
    connection = _connect(path, "rwc", lock_timeout_s)
    if fresh:
        with translated(place_of(path)):
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
    return connection


def _connect(path: Path, mode: str, lock_timeout_s: float) -> sqlite3.Connection:
    with translated(place_of(path)):
        connection = sqlite3.connect(
            f"file:{quote(str(path.resolve()))}?mode={mode}",
            uri=True,
            timeout=lock_timeout_s,
            isolation_level=None,
            check_same_thread=False,
        )
        # The first statement that touches the file tells whether it is a database.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        return connection
