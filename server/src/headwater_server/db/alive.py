"""Whether a pooled connection still has its server, without asking it: a ping costs a journey per request.

A connection that nobody uses has nothing to read. When its server ends, terminates it, or is lost to the keepalives of
TCP, its socket becomes readable: that is how libpq itself would learn of it.
"""

from __future__ import annotations

import select
from typing import Any

from sqlalchemy.exc import InvalidatePoolError

_SOMETHING = select.POLLIN | select.POLLPRI


def replace_dead(connection: Any, record: object, proxy: object) -> None:
    """Listens to "checkout" of an engine: the pool then connects anew, for this connection and all that are as old."""
    if not is_quiet(connection.driver_connection.pgconn.socket):
        raise InvalidatePoolError


def is_quiet(socket: int) -> bool:
    """False also when the peer has closed it, or the network has failed."""
    waiting = select.poll()
    waiting.register(socket, _SOMETHING)
    return not waiting.poll(0)
