"""`_headwater_loads`: what Headwater committed into an embedded database, and the checkpoints committed with it.

The newest row of a pipeline, stream and table holds its checkpoint (NULL: none); of the older ones some stay, to answer
a load that is committed once more. Positions order the rows of one table; loads of two tables that commit at once may
take the same. A row without a load id was set by hand. The SQL is what DuckDB and SQLite share; it runs in whatever
transaction `execute` is in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from headwater.sdk.destination import Checkpoint, Committed, LoadRequest
from headwater.sdk.stream import Json

META_PREFIX = "_headwater_"
LEDGER = f"{META_PREFIX}loads"

_COLUMNS = "load_id, pipeline, stream, table_name, committed_at, checkpoint, written, deduplicated, changed"

# Loads of one stream into one table that are remembered. A load is committed again by the very next run, or never.
REMEMBERED = 20

Execute = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]


class LoadLedger:
    """`table` is the ledger's quoted name; `execute` runs one statement with `?` placeholders and fetches its rows."""

    def __init__(self, table: str, execute: Execute) -> None:
        self._table = table
        self._execute = execute

    def create(self) -> None:
        self._execute(
            f"CREATE TABLE IF NOT EXISTS {self._table} (position BIGINT NOT NULL, load_id VARCHAR,"
            " pipeline VARCHAR NOT NULL, stream VARCHAR NOT NULL, table_name VARCHAR NOT NULL,"
            " committed_at VARCHAR NOT NULL, checkpoint VARCHAR, written BIGINT NOT NULL,"
            " deduplicated BIGINT NOT NULL, changed VARCHAR NOT NULL)",
            (),
        )

    def committed(self, load_id: str, table: str) -> Committed | None:
        """What an earlier commit of this load did, if there was one."""
        found = self._execute(
            f"SELECT written, deduplicated, changed FROM {self._table} WHERE load_id = ? AND table_name = ?",
            (load_id, table),
        )
        if not found:
            return None
        written, deduplicated, changed = found[0]
        return Committed(written, deduplicated, json.loads(changed), replayed=True)

    def last(self, request: LoadRequest) -> Checkpoint | None:
        wanted = (request.stream, request.table)
        found = (item for item in self.checkpoints(request.pipeline) if (item.stream, item.table) == wanted)
        return next(found, None)

    def checkpoints(self, pipeline: str) -> tuple[Checkpoint, ...]:
        rows = self._execute(
            f"SELECT {_COLUMNS} FROM (SELECT *, row_number() OVER (PARTITION BY stream, table_name "
            f"ORDER BY position DESC) AS age FROM {self._table} WHERE pipeline = ?) WHERE age = 1 "
            "ORDER BY stream, table_name",
            (pipeline,),
        )
        return tuple(
            Checkpoint(json.loads(row[5]), row[0] or "", datetime.fromisoformat(row[4]), row[1], row[2], row[3])
            for row in rows
            if row[5] is not None
        )

    def record(
        self,
        place: tuple[str, str, str],
        checkpoint: Mapping[str, Json] | None,
        *,
        load_id: str | None,
        committed: Committed,
        now: datetime,
    ) -> None:
        """`place` is pipeline, stream, table."""
        text = None if checkpoint is None else json.dumps(checkpoint, ensure_ascii=False)
        counts = (committed.written, committed.deduplicated, json.dumps(dict(committed.changed)))
        self._execute(
            f"INSERT INTO {self._table} (position, {_COLUMNS}) "
            f"SELECT coalesce(max(position), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM {self._table}",
            (load_id, *place, now.isoformat(), text, *counts),
        )
        same = "pipeline = ? AND stream = ? AND table_name = ?"
        newest = f"SELECT position FROM {self._table} WHERE {same} ORDER BY position DESC LIMIT {REMEMBERED}"
        self._execute(
            f"DELETE FROM {self._table} WHERE {same} AND position < (SELECT min(position) FROM ({newest}))",
            (*place, *place),
        )
