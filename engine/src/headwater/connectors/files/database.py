"""The DuckDB that a source looks at and reads files with: one database, a connection of its own for each use."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from headwater.connectors.files.errors import closed
from headwater.toolkit.scan_sql import session_settings
from headwater.toolkit.temporary_folder import TemporaryFolder

_MEMORY = "1GB"


class Database:
    """In memory, made at the first use."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._root: duckdb.DuckDBPyConnection | None = None
        self._folder: TemporaryFolder | None = None
        self._open: weakref.WeakSet[duckdb.DuckDBPyConnection] = weakref.WeakSet()
        self.is_closed = False

    @contextmanager
    def session(self) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
        """A connection, and a folder for files of unique names. Raises TransientError once this was closed."""
        connection, spill = self._connect()
        try:
            yield connection, Path(spill)
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def close(self) -> None:
        """Ends what runs. Safe to call twice."""
        with self._lock:
            self.is_closed = True
            for connection in list(self._open):
                connection.interrupt()
            if self._root is not None:
                self._root.close()
                self._root = None
            if self._folder is not None:
                self._folder.close()

    def _connect(self) -> tuple[duckdb.DuckDBPyConnection, str]:
        with self._lock:
            if self.is_closed:
                raise closed(self._place)
            if self._root is None or self._folder is None:
                self._folder = TemporaryFolder()
                self._root = duckdb.connect()
            connection = self._root.cursor()
            self._open.add(connection)
            spill = str(self._folder.path)
        for statement in session_settings(memory_limit=_MEMORY, temp_directory=spill):
            connection.execute(statement)
        # No query here repeats an expression, and the search for repetitions takes seconds over 2,000 columns.
        connection.execute("SET disabled_optimizers = 'type_pushdown,common_subexpressions'")
        return connection, spill
