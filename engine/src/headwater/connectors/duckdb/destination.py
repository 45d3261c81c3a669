"""duckdb as a destination: loads into a DuckDB file.

A load is one open transaction: its rows go straight where they belong, nobody sees them, and DuckDB itself forgets them
after a crash; so there is nothing to sweep. The commit adds the row of `_headwater_loads` that makes it known.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar

from headwater.connectors.duckdb.catalog import create_ledger, has_ledger, ledger
from headwater.connectors.duckdb.config import DuckdbConfig
from headwater.connectors.duckdb.database import Lease
from headwater.connectors.duckdb.errors import translated
from headwater.connectors.duckdb.load import DuckdbLoad
from headwater.sdk.config import PluginConfig
from headwater.sdk.destination import Capabilities, Checkpoint, Committed, LoadRequest, Write
from headwater.sdk.errors import ConfigError
from headwater.sdk.stream import Json


class DuckdbDestination:
    config_type: ClassVar[type[PluginConfig]] = DuckdbConfig

    def __init__(self, config: DuckdbConfig) -> None:
        self._config = config
        self._lease = Lease(config.file, write=True, memory_limit=config.memory_limit)

    def capabilities(self) -> Capabilities:
        return Capabilities(writes=frozenset(Write), parallel_writers=1)

    def check(self) -> None:
        """A file that is not there is not made yet; one that is there is opened for writing."""
        if self._lease.exists():
            with translated(self._lease.place):
                self._lease.cursor().close()
            return
        folder = next(path for path in self._config.file.resolve().parents if path.exists())
        if not folder.is_dir() or not os.access(folder, os.W_OK):
            raise ConfigError(
                f"{self._lease.place}: the folder {str(folder)!r} cannot be written",
                hint="choose another path, or get the right to write there",
                code="duckdb.cannot_open",
            )

    def open(self, request: LoadRequest) -> DuckdbLoad:
        with translated(f"{self._lease.place}, table {request.table!r}"):
            create_ledger(self._lease.cursor(), self._config.db_schema)
            return DuckdbLoad(self._lease, request, self._config.db_schema)

    def checkpoints(self, pipeline: str) -> tuple[Checkpoint, ...]:
        if not self._lease.exists():
            return ()
        with translated(self._lease.place):
            cursor = self._lease.cursor()
            schema = self._config.db_schema
            return ledger(cursor, schema).checkpoints(pipeline) if has_ledger(cursor, schema) else ()

    def set_checkpoint(self, pipeline: str, stream: str, table: str, value: Mapping[str, Json] | None) -> None:
        with translated(self._lease.place):
            made = create_ledger(self._lease.cursor(), self._config.db_schema)
            place = (pipeline, stream, table)
            made.record(place, value, load_id=None, committed=Committed(0), now=datetime.now(UTC))

    def close(self) -> None:
        self._lease.close()
