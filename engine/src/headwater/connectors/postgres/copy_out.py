"""COPY … TO STDOUT as large chunks of bytes.

The server sends one message per row; psycopg's own loop costs twice the CPU of this one, which asks libpq for the
messages and writes them into one buffer. (A list of them, to be joined, would keep the garbage collector busy: it took
more time than all the rest.) Source: PostgreSQL manual, 34.10 Functions Associated with the COPY Command.
"""

from __future__ import annotations

import select
from collections.abc import Callable, Generator
from io import BytesIO

import psycopg
from psycopg import errors
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult

CHUNK_BYTES = 1 << 18
_POLL_MS = 500

Stopped = Callable[[], bool]


def copy_out(
    pgconn: PGconn, statement: str, *, stopped: Stopped, chunk_bytes: int = CHUNK_BYTES
) -> Generator[bytes, None, int]:
    """Whole rows in every chunk; returns the number of rows. Raises psycopg.Error.

    The generator may be closed early: the connection is then in the middle of a COPY, and its owner must cancel or
    close it.
    """
    poll = select.poll()
    poll.register(pgconn.socket, select.POLLIN)
    _begin(pgconn, statement, poll, stopped)
    chunk = BytesIO()
    fetch, keep, size = pgconn.get_copy_data, chunk.write, 0
    while True:
        length, message = fetch(1)
        if length > 0:
            keep(message)
            size += length
            if size >= chunk_bytes:
                yield chunk.getvalue()
                chunk = BytesIO()
                keep, size = chunk.write, 0
        elif length == 0:
            _wait(pgconn, poll, stopped)
        else:
            break
    if size:
        yield chunk.getvalue()
    return _finish(pgconn)


def _begin(pgconn: PGconn, statement: str, poll: select.poll, stopped: Stopped) -> None:
    pgconn.send_query(statement.encode())
    sending = select.poll()
    sending.register(pgconn.socket, select.POLLIN | select.POLLOUT)
    while pgconn.flush():
        _wait(pgconn, sending, stopped)
    while pgconn.is_busy():
        _wait(pgconn, poll, stopped)
    result = pgconn.get_result()
    if result is None or result.status != ExecStatus.COPY_OUT:
        _drain(pgconn)
        raise _error(pgconn, result)


def _finish(pgconn: PGconn) -> int:
    result = pgconn.get_result()
    _drain(pgconn)
    if result is None or result.status != ExecStatus.COMMAND_OK:
        raise _error(pgconn, result)
    return result.command_tuples or 0


def _drain(pgconn: PGconn) -> None:
    while pgconn.get_result() is not None:
        pass


def _wait(pgconn: PGconn, poll: select.poll, stopped: Stopped) -> None:
    while not poll.poll(_POLL_MS):
        if stopped():
            raise errors.QueryCanceled("closed while waiting for the server")
    pgconn.consume_input()


def _error(pgconn: PGconn, result: PGresult | None) -> psycopg.Error:
    if result is None:
        return psycopg.OperationalError(pgconn.get_error_message())
    return errors.error_from_result(result)
