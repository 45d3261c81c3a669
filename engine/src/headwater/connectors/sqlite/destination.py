"""sqlite as a destination: loads into an SQLite file, one transaction each."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import ClassVar
from weakref import WeakSet

from headwater.connectors.sqlite.config import SqliteConfig
from headwater.connectors.sqlite.connect import open_reading, open_writing, place_of
from headwater.connectors.sqlite.errors import translated
from headwater.connectors.sqlite.load import SqliteLoad, has_ledger, ledger
from headwater.sdk.config import PluginConfig
from headwater.sdk.destination import Capabilities, Checkpoint, Committed, LoadRequest, Write
from headwater.sdk.errors import Busy, ConfigError
from headwater.sdk.stream import Json
from headwater.toolkit.file_lock import FileLock


class SqliteDestination:
    config_type: ClassVar[type[PluginConfig]] = SqliteConfig

    def __init__(self, config: SqliteConfig) -> None:
        self._config = config
        self._place = place_of(config.file)
        self._loads: WeakSet[SqliteLoad] = WeakSet()

    def capabilities(self) -> Capabilities:
        return Capabilities(writes=frozenset(Write), parallel_writers=1)

    def check(self) -> None:
        """A file that is not there is not made yet; one that is there must be a database that can be written."""
        file = self._config.file
        nearest = next(path for path in (file.resolve(), *file.resolve().parents) if path.exists())
        if file.exists():
            with closing(open_reading(file, self._config.lock_timeout_s)):
                pass
        if not os.access(nearest, os.W_OK) or (nearest != file.resolve() and not nearest.is_dir()):
            raise ConfigError(
                f"{self._place}: {str(nearest)!r} cannot be written",
                hint="choose another path, or get the right to write there",
                code="sqlite.cannot_open",
            )

    def open(self, request: LoadRequest) -> SqliteLoad:
        place = f"{self._place}, table {request.table!r}"
        if request.write in (Write.MERGE, Write.SCD2) and not request.key:
            raise ConfigError(
                f"{place}: {request.write} needs a key",
                hint="set primary_key on the stream, or write: append",
                code="config.no_key",
            )
        connection = self._connect()
        lock = self._lock(request.table)
        if not lock.acquire():
            connection.close()
            raise Busy(f"{place}: another load writes it now", hint="wait for the other run, or stop it")
        try:
            load = SqliteLoad(connection, lock, request, self._place)
        except BaseException:
            connection.close()
            lock.release()
            raise
        self._loads.add(load)
        return load

    def checkpoints(self, pipeline: str) -> tuple[Checkpoint, ...]:
        if not self._config.file.exists():
            return ()
        with (
            closing(open_reading(self._config.file, self._config.lock_timeout_s)) as connection,
            translated(self._place),
        ):
            return ledger(connection).checkpoints(pipeline) if has_ledger(connection) else ()

    def set_checkpoint(self, pipeline: str, stream: str, table: str, value: Mapping[str, Json] | None) -> None:
        with closing(self._connect()) as connection, translated(self._place):
            connection.execute("BEGIN IMMEDIATE")
            made = ledger(connection)
            made.create()
            place = (pipeline, stream, table)
            made.record(place, value, load_id=None, committed=Committed(0), now=datetime.now(UTC))
            connection.execute("COMMIT")

    def close(self) -> None:
        for load in tuple(self._loads):
            load.abort()

    def _connect(self) -> sqlite3.Connection:
        return open_writing(self._config.file, self._config.lock_timeout_s)

    def _lock(self, table: str) -> FileLock:
        """SQLite takes names for one that differ only in case."""
        file = self._config.file.resolve()
        name = hashlib.sha256(table.lower().encode()).hexdigest()[:16]
        return FileLock(file.with_name(f"{file.name}-headwater-{name}.lock"))
