"""Bytes from a pipe as lines, however long or torn."""

from __future__ import annotations

from collections.abc import Iterator


class LineSplitter:
    """Feed it chunks, take whole lines without their ends. Of a line over `most_bytes` the beginning is given, and the
    rest is passed over.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        *ended, rest = chunk.split(b"\n")
        for part in ended:
            self._keep(part)
            yield self._line()
        self._keep(rest)

    def end(self) -> Iterator[bytes]:
        """What stood after the last line end."""
        if self._parts:
            yield self._line()

    def _keep(self, part: bytes) -> None:
        room = self._most - self._size
        if part and room > 0:
            self._parts.append(part[:room])
            self._size += min(len(part), room)

    def _line(self) -> bytes:
        line = b"".join(self._parts)
        self._parts, self._size = [], 0
        return line
