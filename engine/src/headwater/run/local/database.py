"""The DuckDB that the local engine thinks with: one in-memory database per run, one cursor per query in flight."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from headwater.sdk.errors import ConfigError
from headwater.toolkit.duckdb_sql import session_settings

log = logging.getLogger(__name__)


class Database:
    """Shares its memory limit and threads among all cursors. Spills to `spill`, which it removes at the end."""

    def __init__(self, *, threads: int | None, memory_mb: int, spill: Path) -> None:
        self._spill = _folder_in(spill)
        self._root = duckdb.connect(config={"memory_limit": f"{memory_mb}MB", "temp_directory": self._spill.name})
        if threads is not None:
            self._root.execute(f"SET threads={int(threads)}").fetchall()
        self.pipes = Path(self._spill.name)

    def cursor(self, *, ordered: bool = False) -> duckdb.DuckDBPyConnection:
        """A connection of its own; `ordered` keeps the order of rows, at the price of memory and speed."""
        cursor = self._root.cursor()
        for statement in session_settings():
            cursor.execute(statement).fetchall()
        cursor.execute(f"SET preserve_insertion_order={'true' if ordered else 'false'}").fetchall()
        return cursor

    @contextmanager
    def opened(self) -> Iterator[Database]:
        """Closed at the end of the block."""
        try:
            yield self
        finally:
            self.close()

    def close(self) -> None:
        try:
            self._root.close()
        except duckdb.Error as busy:
            log.info("database left open", exc_info=busy, extra={"event": "database_left"})
        self._spill.cleanup()


def _folder_in(spill: Path) -> tempfile.TemporaryDirectory[str]:
    try:
        spill.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(prefix="duckdb-", dir=spill, ignore_cleanup_errors=True)
    except OSError as cause:
        raise ConfigError(
            f"{spill} cannot be written: {cause.strerror or cause}",
            hint="what does not fit in memory is spilled there; set engine.temp_directory to a folder to write in",
            code="config.spill_not_writable",
        ) from cause
