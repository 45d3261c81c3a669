"""The socket that the API listens on, taken before anything else is started."""

from __future__ import annotations

import errno
import socket

from headwater_server.settings import BadSettings

_BACKLOG = 2048


def listen(host: str, port: int) -> socket.socket:
    """Raises BadSettings for an address that cannot be had."""
    family, kind, protocol, _, address = _resolved(host, port)
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind(address)
    except OSError as error:
        made.close()
        raise _refused(host, port, error) from error
    made.listen(_BACKLOG)
    made.set_inheritable(True)
    return made


def _resolved(host: str, port: int) -> tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[object, ...]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as error:
        raise BadSettings(f"HEADWATER_HOST={host} is no address of this machine", hint="use 127.0.0.1") from error
    return found[0]


def _refused(host: str, port: int, error: OSError) -> BadSettings:
    if error.errno == errno.EADDRINUSE:
        return BadSettings(
            f"port {port} on {host} is taken by another program",
            hint=f"stop that, or choose another: HEADWATER_PORT={port + 1}",
            code="settings.port_taken",
        )
    if error.errno == errno.EACCES:
        return BadSettings(
            f"port {port} needs rights that this user does not have",
            hint="choose one above 1023 and put a proxy in front",
            code="settings.port_taken",
        )
    return BadSettings(f"cannot listen on {host}:{port}: {error.strerror}", hint="correct HEADWATER_HOST")


def reachable(host: str) -> str:
    """Where this machine finds what listens on that address."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
