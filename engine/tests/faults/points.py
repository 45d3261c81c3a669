"""The real destinations, which die at a named point: `kill -9` of their own process.

They are entry points of a package that the matrix makes (`killed_postgres`, …). The point is named by the environment
variable `HEADWATER_DIES_AT`, so that a project file stays the same from the run that dies to the one that lives.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from headwater.connectors.duckdb.destination import DuckdbDestination
from headwater.connectors.files.destination import FilesDestination
from headwater.connectors.postgres.destination import PostgresDestination
from headwater.connectors.sqlite.destination import SqliteDestination
from headwater.sdk.destination import Committed, FileTarget, LoadRequest, Receipt
from headwater.sdk.stream import Json

DESTINATIONS = {
    "killed_postgres": "faults.points:KilledPostgres",
    "killed_duckdb": "faults.points:KilledDuckdb",
    "killed_sqlite": "faults.points:KilledSqlite",
    "killed_files": "faults.points:KilledFiles",
}
POINTS = ("begin", "mid-write", "before-commit", "in-commit", "after-commit")
VARIABLE = "HEADWATER_DIES_AT"
# From the call of `commit` to the kill: some land before the transaction, some in it, some in its last statement.
IN_COMMIT_S = 0.004


def die_at(point: str) -> None:
    if os.environ.get(VARIABLE) == point:
        os.kill(os.getpid(), signal.SIGKILL)


def doomed(load: Any) -> Any:
    """The load itself, whose methods die where they are told to."""
    write, commit = load.write, load.commit

    def dying_write(partition_id: str, reader: pa.RecordBatchReader) -> Receipt:
        def batches() -> Iterator[pa.RecordBatch]:
            for batch in reader:
                half = batch.num_rows // 2
                yield batch.slice(0, half)
                die_at("mid-write")
                yield batch.slice(half)

        return write(partition_id, pa.RecordBatchReader.from_batches(reader.schema, batches()))

    def dying_commit(receipts: Sequence[Receipt], checkpoint: Mapping[str, Json] | None) -> Committed:
        die_at("before-commit")
        if os.environ.get(VARIABLE) == "in-commit":
            threading.Timer(IN_COMMIT_S, die_at, ["in-commit"]).start()
        committed = commit(receipts, checkpoint)
        die_at("after-commit")
        die_at("in-commit")
        return committed

    load.write, load.commit = dying_write, dying_commit
    if hasattr(load, "written"):
        written = load.written

        def dying_written(partition_id: str, target: FileTarget, rows: int) -> Receipt:
            die_at("mid-write")
            return written(partition_id, target, rows)

        load.written = dying_written
    return load


class KilledPostgres(PostgresDestination):
    def open(self, request: LoadRequest) -> Any:
        load = doomed(super().open(request))
        die_at("begin")
        return load


class KilledDuckdb(DuckdbDestination):
    def open(self, request: LoadRequest) -> Any:
        load = doomed(super().open(request))
        die_at("begin")
        return load


class KilledSqlite(SqliteDestination):
    def open(self, request: LoadRequest) -> Any:
        load = doomed(super().open(request))
        die_at("begin")
        return load


class KilledFiles(FilesDestination):
    def open(self, request: LoadRequest) -> Any:
        load = doomed(super().open(request))
        die_at("begin")
        return load
