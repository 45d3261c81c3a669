"""Waits for the database at the start, and says in words why it cannot be used."""

from __future__ import annotations

import time

from psycopg import OperationalError, connect
from psycopg.conninfo import conninfo_to_dict

from headwater.sdk.errors import ConfigError, TransientError

_LOOK_S = 0.25
OLDEST = 140000
# What a person must change: waiting would not help. Source: the server's FATAL messages.
_FINAL = ("password authentication failed", "does not exist", "no pg_hba.conf entry", "is not permitted to log in")


def wait_for_database(url: str, wait_s: float) -> None:
    """Returns when the database answers. Raises ConfigError, or TransientError after `wait_s`."""
    deadline = time.monotonic() + wait_s
    while True:
        try:
            with connect(url, connect_timeout=5, application_name="headwater start") as connection:
                _refuse_old(connection.info.server_version)
                return
        except OperationalError as error:
            text = " ".join(str(error).split())
            if any(part in text for part in _FINAL):
                raise ConfigError(
                    f"the database {place(url)} refuses: {_reason(text)}",
                    hint="correct HEADWATER_DATABASE_URL, or make that role and database",
                    code="database.refused",
                ) from None
            if time.monotonic() > deadline:
                raise TransientError(
                    f"the database {place(url)} does not answer: {_reason(text)}",
                    hint="is it up, and is HEADWATER_DATABASE_URL right? HEADWATER_DATABASE_WAIT_S waits longer",
                    code="database.unavailable",
                ) from None
            time.sleep(_LOOK_S)


def place(url: str) -> str:
    """`headwater@db.local:5432/headwater`: the URL without its password."""
    parts = conninfo_to_dict(url)
    user = f"{parts['user']}@" if parts.get("user") else ""
    return f"{user}{parts.get('host', 'localhost')}:{parts.get('port', 5432)}/{parts.get('dbname', '')}"


def _reason(text: str) -> str:
    return text.rsplit("FATAL: ", 1)[-1].strip()[-300:]


def _refuse_old(version: int) -> None:
    if version < OLDEST:
        raise ConfigError(
            f"the database is PostgreSQL {version // 10000}, and the server needs 14 or newer",
            hint="use a newer PostgreSQL",
            code="database.too_old",
        )
