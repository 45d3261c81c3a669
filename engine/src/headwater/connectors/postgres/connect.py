"""Connections: how they are opened, and how a dead server is noticed.

The password goes to libpq as a parameter and is nowhere else: not in arguments of a process, not in errors, not in
repr. Source of the timeouts' meaning: PostgreSQL manual, 34.1.2 Parameter Key Words.
"""

from __future__ import annotations

import os
import socket
import threading
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus

from headwater.connectors.postgres.config import PostgresConfig
from headwater.connectors.postgres.errors import connection_error
from headwater.sdk.errors import Cancelled, ConfigError

Connection = psycopg.Connection[tuple[Any, ...]]

# A peer that does not answer is given up after about a minute, in both directions.
_DEAD_PEER: dict[str, Any] = {
    "keepalives": 1,
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 4,
    "tcp_user_timeout": 60_000,
}
CANCEL_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class Server:
    """Where to connect, as libpq wants it. `name` is host:port/database, for messages."""

    name: str
    user: str
    parameters: dict[str, Any] = field(repr=False)

    def connect(self) -> Connection:
        """A connection in autocommit mode. Raises ConfigError or TransientError naming the server and the reason."""
        try:
            # Statements are never prepared: a pooler between us and the server may not keep them.
            return psycopg.connect(**self.parameters, autocommit=True, prepare_threshold=None)
        except psycopg.Error as error:
            raise connection_error(error, self.name, user=self.user) from error


def server_of(config: PostgresConfig) -> Server:
    """Raises ConfigError for a dsn that libpq cannot parse; does no I/O."""
    parameters: dict[str, Any] = {}
    if config.dsn is not None:
        try:
            parameters = conninfo_to_dict(config.dsn.get_secret_value())
        except psycopg.ProgrammingError:
            # The cause is left out: it quotes parts of the dsn, which may be parts of the password.
            raise ConfigError(
                "the dsn of the postgres connector is not a connection string",
                hint="write postgresql://user:password@host:port/database, with special characters as %XX",
                code="postgres.invalid_dsn",
            ) from None
    given = {
        "host": config.host,
        "port": config.port,
        "dbname": config.database,
        "user": config.user,
        "password": config.password.get_secret_value() if config.password else None,
        "sslmode": config.sslmode,
        "sslrootcert": config.sslrootcert,
    }
    parameters |= {key: value for key, value in given.items() if value is not None}
    defaults = {**_DEAD_PEER, "connect_timeout": config.connect_timeout_s, "application_name": "headwater"}
    parameters = {**defaults, **parameters, "client_encoding": "UTF8"}
    host, port = parameters.get("host", "localhost"), parameters.get("port", 5432)
    user = str(parameters.get("user", ""))
    return Server(f"{host}:{port}/{parameters.get('dbname', user)}", user, parameters)


class Connections:
    """The open connections of one source or load: reused one after the other, all of them ended by `close`.

    Used from several threads.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self._lock = threading.Lock()
        self._idle: list[Connection] = []
        self._busy: set[Connection] = set()
        self._closed = False

    def take(self) -> Connection:
        """An idle connection, or a new one. The caller gives it back."""
        with self._lock:
            self._refuse_closed()
            if self._idle:
                connection = self._idle.pop()
                self._busy.add(connection)
                return connection
        connection = self.server.connect()
        with self._lock:
            if not self._closed:
                self._busy.add(connection)
                return connection
        connection.close()
        raise Cancelled(f"{self.server.name}: closed while connecting")

    def give(self, connection: Connection) -> None:
        """Take it back; one that is broken or in the middle of something is closed."""
        usable = not connection.closed and connection.info.transaction_status == TransactionStatus.IDLE
        with self._lock:
            self._busy.discard(connection)
            if usable and not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    @property
    def closed(self) -> bool:
        return self._closed

    def _refuse_closed(self) -> None:
        if self._closed:
            raise Cancelled(f"{self.server.name}: already closed")

    def close(self) -> None:
        """End idle connections at once, and what runs on the others: their threads get an error. Safe to call twice."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            busy = list(self._busy)
        for connection in idle:
            connection.close()
        for connection in busy:
            cancel(connection)
            hang_up(connection)


def cancel(connection: Connection) -> None:
    """End the statement that another thread runs here; a server that does not answer changes nothing."""
    try:
        connection.cancel_safe(timeout=CANCEL_TIMEOUT_S)
    except psycopg.Error:
        # The connection is broken: its own thread has noticed or will, by the keepalives.
        return


def hang_up(connection: Connection) -> None:
    """Cut the line under a connection that another thread uses: both that thread and the server notice at once.

    To close it would free what the other thread is using; a COPY that waits for rows does not heed a cancel request.
    """
    try:
        with socket.socket(fileno=os.dup(connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)
    except (OSError, psycopg.Error):
        # It is down already.
        return
