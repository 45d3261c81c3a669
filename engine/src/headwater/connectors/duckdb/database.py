"""One DuckDB instance for each file of this process, shared by every source and destination that opens it.

DuckDB allows one instance for a file in a process and, while one process writes, none in another; so what opens a file
here gets a lease of the shared instance. It is opened read-only as long as nobody wants to write; the first who does
reopens it. A table is claimed by the load that writes it. Source: DuckDB documentation, "Concurrency".
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from headwater.connectors.duckdb.errors import translated
from headwater.sdk.errors import Busy, ConfigError
from headwater.toolkit.missing_file import missing_file

# Results do not depend on the machine, and nothing is fetched from the network behind the user's back.
_SETTINGS = (
    "SET TimeZone = 'UTC'",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET python_enable_replacements = false",
)


def _default_memory() -> str:
    """DuckDB's own default is four fifths of the machine, and it keeps what it once took. This is what a merge of
    millions of rows needs to be as fast; every thread has its share.
    """
    return f"{max(224, 56 * (os.cpu_count() or 1))}MB"


class _Instance:
    """The open file, guarded by `_lock` of this module."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection: duckdb.DuckDBPyConnection | None = None
        self.read_only = True
        self.leases = 0
        self.reading = 0
        self.loads: dict[str, str] = {}


_lock = threading.RLock()
_instances: dict[Path, _Instance] = {}


class Lease:
    """One source's or destination's hold on a file; the last to let go closes it."""

    def __init__(self, path: Path, *, write: bool, memory_limit: str | None) -> None:
        """Opens nothing yet."""
        self._path = path
        self._write = write
        self._memory_limit = memory_limit
        self._instance: _Instance | None = None

    @property
    def place(self) -> str:
        return f"DuckDB file {str(self._path)!r}"

    def exists(self) -> bool:
        return self._path.exists()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own, with its own transactions. Raises ConfigError, TransientError."""
        with _lock:
            instance = self._hold()
            if instance.connection is None or (self._write and instance.read_only):
                self._open(instance)
            assert instance.connection is not None
            return instance.connection.cursor()

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor for as long as rows are read: meanwhile the instance is not reopened."""
        with _lock:
            cursor = self.cursor()
            instance = self._hold()
            instance.reading += 1
        try:
            yield cursor
        finally:
            with _lock:
                instance.reading -= 1
            cursor.close()

    def claim(self, table: str, load_id: str) -> None:
        """Raises Busy while another load of this process has the table; DuckDB's own lock keeps other processes out."""
        with _lock:
            loads = self._hold().loads
            if table in loads:
                raise Busy(
                    f"{self.place}, table {table!r}: the load {loads[table]} writes it now",
                    hint="wait for the other run, or stop it",
                )
            loads[table] = load_id

    def release(self, table: str, load_id: str) -> None:
        with _lock:
            instance = _instances.get(self._path.resolve())
            if instance is not None and instance.loads.get(table) == load_id:
                del instance.loads[table]

    def close(self) -> None:
        with _lock:
            instance, self._instance = self._instance, None
            if instance is None:
                return
            instance.leases -= 1
            if instance.leases == 0:
                _instances.pop(instance.path, None)
                if instance.connection is not None:
                    instance.connection.close()

    def _hold(self) -> _Instance:
        if self._instance is None:
            path = self._path.resolve()
            self._instance = _instances.setdefault(path, _Instance(path))
            self._instance.leases += 1
        return self._instance

    def _open(self, instance: _Instance) -> None:
        if instance.connection is not None:
            if instance.reading:
                raise Busy(
                    f"{self.place}: it is being read by this process and cannot be opened for writing meanwhile",
                    hint="let the destination of the pipeline be checked before its source is read",
                )
            instance.connection.close()
            instance.connection = None
        instance.read_only = not self._write
        self._guard()
        with translated(self.place):
            connection = duckdb.connect(str(instance.path), read_only=instance.read_only)
            for setting in _SETTINGS:
                connection.execute(setting)
            connection.execute("SET memory_limit = ?", [self._memory_limit or _default_memory()])
        instance.connection = connection

    def _guard(self) -> None:
        if self._write:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as cause:
                raise ConfigError(
                    f"{self.place}: its folder cannot be made ({cause.strerror})",
                    hint="check the path and the rights on it",
                    code="duckdb.cannot_open",
                ) from cause
        elif not self._path.exists():
            raise missing_file(self.place, self._path, code="duckdb.no_file")
