"""One SELECT as a stream of bytes, with the connection it runs on: taken, used in one transaction, and given back.

A reader that is left before its end cancels the statement, so the server stops at once.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager

import psycopg

from headwater.connectors.postgres.connect import Connection, Connections, cancel
from headwater.connectors.postgres.copy_out import CHUNK_BYTES, copy_out
from headwater.connectors.postgres.errors import Place, statement_error
from headwater.connectors.postgres.session import begin_read
from headwater.sdk.errors import Cancelled, TransientError

# "invalid snapshot identifier", and what older servers say for a snapshot whose holder has gone.
_NO_SNAPSHOT = frozenset(("22023", "42704", "55000"))


@contextmanager
def reading(
    connections: Connections, *, snapshot: str | None, place: Place, statement_timeout_s: int
) -> Iterator[Connection]:
    """A connection inside a read transaction. Raises errors of Headwater for what PostgreSQL says."""
    connection = connections.take()
    finished = False
    try:
        try:
            begin_read(connection, snapshot=snapshot, statement_timeout_s=statement_timeout_s)
        except psycopg.Error as error:
            if snapshot is not None and error.sqlstate in _NO_SNAPSHOT:
                raise TransientError(
                    f"{place}: the shared snapshot is gone",
                    hint="the connection that held it was lost; the run plans the stream again",
                    code="postgres.snapshot_lost",
                ) from error
            raise
        yield connection
        connection.execute("COMMIT")
        finished = True
    except psycopg.Error as error:
        if connections.closed:
            raise Cancelled(f"{place}: closed while it was read") from error
        raise statement_error(error, place) from error
    finally:
        if not finished:
            cancel(connection)
            connection.close()
        connections.give(connection)


def copy_bytes(
    connections: Connections,
    query: str,
    *,
    options: str,
    snapshot: str | None,
    place: Place,
    statement_timeout_s: int,
    chunk_bytes: int = CHUNK_BYTES,
) -> Generator[bytes, None, int]:
    """The bytes of `COPY (query) TO STDOUT (options)`; every chunk holds whole rows. Returns the number of rows."""
    statement = f"COPY ({query}) TO STDOUT ({options})"
    with reading(connections, snapshot=snapshot, place=place, statement_timeout_s=statement_timeout_s) as connection:
        return (
            yield from copy_out(
                connection.pgconn, statement, stopped=lambda: connections.closed, chunk_bytes=chunk_bytes
            )
        )
