"""A TCP proxy in front of a server, which cuts, stalls and slows connections where a test tells it to."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

CHUNK = 16 * 1024


@dataclass(slots=True)
class Rules:
    """What happens to the bytes. `cuts` is how many more connections are cut; afterwards the network is sound again.

    `cut_from_server_after`, `cut_from_client_after`: bytes of one connection in that direction. `cut_commit`: the
    connection that publishes dies when it says COMMIT, "before" the server hears it or "after". After
    `stall_from_server_after` bytes nothing moves any more. `bytes_per_s` is the speed of each direction.
    `gone_after_a_cut`: nobody is let in any more.
    """

    cuts: int = 0
    cut_from_server_after: int | None = None
    cut_from_client_after: int | None = None
    cut_commit: str = ""
    stall_from_server_after: int | None = None
    stall_from_client_after: int | None = None
    bytes_per_s: int | None = None
    gone_after_a_cut: bool = False
    cut: list[str] = field(default_factory=list[str])
    released: threading.Event = field(default_factory=threading.Event)


class Proxy:
    def __init__(self, target: tuple[str, int]) -> None:
        self.rules = Rules()
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True, name="proxy").start()

    @property
    def port(self) -> int:
        return self._listener.getsockname()[1]

    def close(self) -> None:
        self.rules.released.set()
        self._listener.close()
        for side in list(self._open):
            _cut(side)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                if self.rules.gone_after_a_cut and self.rules.cut:
                    _cut(client)
                    continue
                server = socket.create_connection(self._target)
            except OSError:
                return
            pair = _Pair(self, client, server)
            self._open |= {client, server}
            for way in (pair.to_server, pair.to_client):
                threading.Thread(target=way, daemon=True, name="proxy").start()

    def may_cut(self, why: str) -> bool:
        with self._lock:
            if self.rules.cuts <= 0:
                return False
            self.rules.cuts -= 1
            self.rules.cut.append(why)
            return True


class _Pair:
    """One connection through the proxy."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        self._publishes = False
        self._dies_with_answer = False

    def to_server(self) -> None:
        self._pump(self._client, self._server, self._heard_client)

    def to_client(self) -> None:
        self._pump(self._server, self._client, self._heard_server)

    def _heard_client(self, chunk: bytes, seen: int) -> bool:
        rules = self._proxy.rules
        if rules.cut_from_client_after is not None and seen > rules.cut_from_client_after:
            return not self._proxy.may_cut("write")
        if rules.stall_from_client_after is not None and seen > rules.stall_from_client_after:
            rules.released.wait(60)
        self._publishes = self._publishes or (
            b"_headwater_loads" in chunk and b"revision" in chunk and b"now()" in chunk
        )
        if self._publishes and b"COMMIT\0" in chunk and rules.cut_commit and self._proxy.may_cut("commit"):
            if rules.cut_commit == "before":
                return False
            self._dies_with_answer = True
        return True

    def _heard_server(self, chunk: bytes, seen: int) -> bool:
        rules = self._proxy.rules
        if self._dies_with_answer:
            return False
        if rules.cut_from_server_after is not None and seen > rules.cut_from_server_after:
            return not self._proxy.may_cut("read")
        if rules.stall_from_server_after is not None and seen > rules.stall_from_server_after:
            rules.released.wait(60)
        return True

    def _pump(self, given: socket.socket, taken: socket.socket, heard: Callable[[bytes, int], bool]) -> None:
        seen = 0
        try:
            while chunk := given.recv(CHUNK):
                seen += len(chunk)
                if not heard(chunk, seen):
                    break
                if self._proxy.rules.bytes_per_s:
                    time.sleep(len(chunk) / self._proxy.rules.bytes_per_s)
                taken.sendall(chunk)
            else:
                taken.shutdown(socket.SHUT_WR)
                return
        except OSError:
            pass
        _cut(self._client)
        _cut(self._server)


def _cut(side: socket.socket) -> None:
    """Without a farewell: the other end gets a reset."""
    try:
        side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        side.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    side.close()


@contextmanager
def proxied(host: str, port: int) -> Iterator[Proxy]:
    proxy = Proxy((host, port))
    try:
        yield proxy
    finally:
        proxy.close()
