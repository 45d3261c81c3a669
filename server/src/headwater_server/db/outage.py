"""Whether the database is down for everybody, which is something else than being cut off from it."""

from __future__ import annotations

from psycopg import errors
from sqlalchemy.exc import DBAPIError

# libpq gives errors of connecting no SQLSTATE. Sources: libpq's and the server's English messages.
_SAYS_DOWN = (
    "refused",
    "is the server running",
    "is starting up",
    "is shutting down",
    "in recovery mode",
    "not yet accepting connections",
)


def is_down(error: BaseException) -> bool:
    """It refuses connections, starts or ends. Then nobody can take a run over either."""
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, errors.AdminShutdown | errors.CannotConnectNow | errors.CrashShutdown):
        return True
    text = str(original).lower()
    return isinstance(original, ConnectionRefusedError) or any(part in text for part in _SAYS_DOWN)
