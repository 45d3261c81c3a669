"""SQLite's result codes as Headwater's errors, by what the run does next.

Source: SQLite documentation, "Result and Error Codes".
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from headwater.sdk.errors import Cancelled, ConfigError, DataError, HeadwaterError, InternalError, TransientError


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Raise what sqlite3 raises inside the block as the Headwater error that fits; others pass."""
    try:
        yield
    except sqlite3.Error as cause:
        raise translate(cause, place) from cause


def translate(cause: sqlite3.Error, place: str) -> HeadwaterError:
    name = getattr(cause, "sqlite_errorname", "") or ""
    message = f"{place}: {cause}"
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return TransientError(
            f"{place}: another connection holds the file's lock",
            hint="wait for it, or raise lock_timeout_s of the connector",
            code="sqlite.locked",
            retry_after_s=1.0,
        )
    if name.startswith("SQLITE_INTERRUPT"):
        return Cancelled(f"{place}: the statement was interrupted")
    if name.startswith("SQLITE_FULL"):
        return TransientError(message, hint="make room on the disk", code="sqlite.disk_full")
    if name.startswith(("SQLITE_CONSTRAINT", "SQLITE_MISMATCH", "SQLITE_TOOBIG")):
        hint = "filter or change these rows in the pipeline, or change the table"
        return DataError(message, hint=hint, code="data.value_refused")
    if "Could not decode to UTF-8" in str(cause):
        return DataError(message, hint="declare the column as BLOB, or repair its text", code="data.bad_encoding")
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH", "SQLITE_IOERR")):
        return ConfigError(message, hint="check the path and the rights on it", code="sqlite.cannot_open")
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return ConfigError(message, hint="is it an SQLite file, and whole?", code="sqlite.not_a_database")
    if "too many columns" in str(cause) or "too many SQL variables" in str(cause):
        hint = "SQLite's limit is 2,000 columns: select fewer in the pipeline"
        return ConfigError(message, hint=hint, code="sqlite.too_many_columns")
    return InternalError(message, hint="report it with this message", code="sqlite.failed")
