"""DuckDB's exceptions as Headwater's, by what the run does next.

Source: duckdb Python API, exception classes; DuckDB documentation, "Concurrency" for the file lock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from headwater.sdk.errors import Cancelled, ConfigError, DataError, HeadwaterError, InternalError, TransientError

_VALUE_ERRORS = (duckdb.ConversionException, duckdb.ConstraintException, duckdb.OutOfRangeException)
_HOLDER = re.compile(r"PID (\d+)")


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Raise what DuckDB raises inside the block as the Headwater error that fits; others pass."""
    try:
        yield
    except duckdb.Error as cause:
        raise translate(cause, place) from cause


def translate(cause: duckdb.Error, place: str) -> HeadwaterError:
    text = str(cause).strip().partition("\nLINE ")[0].strip()
    message = f"{place}: {text}"
    if isinstance(cause, duckdb.InterruptException):
        return Cancelled(f"{place}: the statement was interrupted")
    if isinstance(cause, duckdb.IOException):
        return _from_io(text, message, place)
    if isinstance(cause, _VALUE_ERRORS) or text.startswith("Invalid Input Error: column "):
        hint = "cast or filter the column in the pipeline, or change the table"
        return DataError(message, hint=hint, code="data.value_refused")
    if isinstance(cause, duckdb.OutOfMemoryException):
        hint = "raise memory_limit of the connector, or free space for its temporary files"
        return ConfigError(message, hint=hint, code="duckdb.out_of_memory")
    if isinstance(cause, (duckdb.PermissionException, duckdb.CatalogException, duckdb.BinderException)):
        return ConfigError(message, hint="look at the schema of the database", code="duckdb.refused")
    if isinstance(cause, duckdb.TransactionException):
        return TransientError(message, hint="another connection changed the same table", code="duckdb.conflict")
    return InternalError(message, hint="report it with this message", code="duckdb.failed")


def _from_io(text: str, message: str, place: str) -> HeadwaterError:
    if "lock on file" in text:
        holder = _HOLDER.search(text)
        who = f"process {holder[1]}" if holder else "another process"
        return TransientError(
            f"{place}: {who} holds the file",
            hint="DuckDB lets one process at a time write a file: end the other, or wait for it",
            code="duckdb.locked",
            retry_after_s=1.0,
        )
    if "No space left" in text:
        return TransientError(message, hint="make room on the disk", code="duckdb.disk_full")
    return ConfigError(message, hint="check the path and the rights on it", code="duckdb.cannot_open")
