"""What PostgreSQL and libpq say, as the errors of Headwater: the only place that knows SQLSTATE codes.

Source: PostgreSQL manual, appendix A (error codes). A connection that fails has no code, only a text (libpq), which
is why `connection_error` reads English; a server that speaks another language gives a TransientError with its own
words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import psycopg

from headwater.sdk.errors import (
    Cancelled,
    ConfigError,
    DataError,
    HeadwaterError,
    InternalError,
    SchemaChanged,
    TransientError,
)

_AUTHENTICATION = re.compile(
    r"password authentication failed|no password supplied|authentication failed|no pg_hba.conf entry"
    r"|role .* (does not exist|is not permitted to log in)|peer authentication"
)
_UNKNOWN_DATABASE = re.compile(r'database ".*" does not exist')
_NO_RIGHTS = re.compile(r"permission denied for database|not accept connections|CONNECT privilege")
_TLS = re.compile(r"SSL|certificate|sslmode|root\.crt", re.IGNORECASE)
_COPY_PLACE = re.compile(r"COPY .*?, line (?P<row>\d+)(?:, column (?P<column>[^:\n]+))?")

# Set by the source's SQL around a value that Arrow cannot hold: marker, column, value, row. See `select.py`.
MARK = "headwater:unrepresentable"
_MARKED = re.compile(MARK + "\x1f(?P<column>[^\x1f]*)\x1f(?P<value>[^\x1f]*)\x1f(?P<row>[^\x1f]*)\x1f")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something happened, for messages: `what` is a stream, a table or nothing; `server` host:port/database."""

    server: str
    what: str = ""

    def __str__(self) -> str:
        return f"{self.what} ({self.server})" if self.what else self.server


def connection_error(error: psycopg.Error, server: str, *, user: str) -> HeadwaterError:
    """Why no connection came about. Never holds the password: libpq does not print it."""
    said = _plain(str(error))
    if _AUTHENTICATION.search(said):
        return ConfigError(
            f"{server}: the server refuses the user {user!r}: {said}",
            hint="check user and password of the connector, and pg_hba.conf on the server",
            code="postgres.auth_failed",
        )
    if _UNKNOWN_DATABASE.search(said):
        return ConfigError(
            f"{server}: {said}",
            hint="check `database`; `psql -l` lists what the server has",
            code="postgres.unknown_database",
        )
    if _NO_RIGHTS.search(said):
        return ConfigError(
            f"{server}: {said}",
            hint=f"GRANT CONNECT ON DATABASE … TO {user}",
            code="postgres.no_rights",
        )
    if _TLS.search(said):
        return ConfigError(f"{server}: {said}", hint="check `sslmode` and `sslrootcert`", code="postgres.tls")
    if "Name or service not known" in said or "nodename nor servname" in said:
        return ConfigError(f"{server}: {said}", hint="check `host` for a typing error", code="postgres.unknown_host")
    return TransientError(
        f"{server}: cannot connect: {said}",
        hint="check that the server runs and that host, port and firewall let this machine in",
        code="postgres.unreachable",
    )


def statement_error(error: psycopg.Error, place: Place) -> HeadwaterError:
    """What a failed statement means; `place` names the stream or table."""
    state = error.sqlstate or ""
    if marked := _MARKED.search(error.diag.message_primary or ""):
        return _unrepresentable(marked, place)
    if not state or state[:2] == "08" or state in {"57P01", "57P02", "57P03", "57P05", "25P03"}:
        return TransientError(
            f"{place}: the connection was lost: {_plain(str(error))}",
            hint="the run tries again; look into the server's log when it happens often",
            code="postgres.connection_lost",
        )
    said = error.diag.message_primary or _plain(str(error))
    if state[:2] in {"22", "23"} or state == "54000":
        return _bad_value(error, said, place)
    return _by_state(state, said, place, error)


def _by_state(state: str, said: str, place: Place, error: psycopg.Error) -> HeadwaterError:
    message = f"{place}: {said}"
    if state == "42501":
        return ConfigError(
            message, hint="GRANT the user of this connector the missing right", code="postgres.no_rights"
        )
    if state in {"42P01", "42703", "3F000", "42704"}:
        return SchemaChanged(
            message, hint="it was dropped or altered since the run was planned: run again", code="data.schema_changed"
        )
    if state == "57014":
        if "timeout" in said:
            return TransientError(message, hint="raise statement_timeout_s", code="postgres.statement_timeout")
        return Cancelled(f"{place}: the statement was cancelled")
    if state == "55P03":
        return TransientError(
            message, hint="another session holds a lock on it", code="postgres.locked", retry_after_s=5.0
        )
    if state[:2] in {"40", "53", "58"}:
        return TransientError(message, hint=error.diag.message_hint, code="postgres.unavailable")
    if state in {"0A000", "2BP01"}:
        hint = _plain(error.diag.message_detail or error.diag.message_hint or "") or None
        return ConfigError(message, hint=hint, code="postgres.not_possible")
    if state == "25006":
        return ConfigError(message, hint="name the primary server, not a standby", code="postgres.read_only")
    return InternalError(f"{message} (SQLSTATE {state})", code="postgres.unexpected")


def _bad_value(error: psycopg.Error, said: str, place: Place) -> DataError:
    found = _COPY_PLACE.search(error.diag.context or "")
    column = error.diag.column_name or (found["column"] if found else None)
    row = int(found["row"]) if found else None
    where = ", ".join(
        [*([f"column {column!r}"] if column else []), *([f"row {row} of this part of the load"] if row else [])]
    )
    if "0x00" in said:
        said = "the text holds a NUL character (0x00), which PostgreSQL cannot store"
    if error.diag.constraint_name:
        said = f"{said} [{_plain(error.diag.message_detail or '')}]"
    return DataError(
        f"{place}: {where}: {said}" if where else f"{place}: {said}",
        hint="reject or repair such rows with a processor, or change the table's column",
        code="postgres.bad_value",
        column=column,
        row=row,
    )


def _unrepresentable(marked: re.Match[str], place: Place) -> DataError:
    row = f", row {marked['row']}" if marked["row"] else ""
    return DataError(
        f"{place}: column {marked['column']!r}{row}: the value {marked['value']} has no place in the column's type",
        hint="set `infinity: null` on the connector to read such values as NULL, or repair the row",
        code="postgres.unrepresentable_value",
        column=marked["column"],
        row=marked["row"],
    )


def _plain(text: str) -> str:
    """One line."""
    return " ".join(text.split())
