"""What a destination's suite is told by its subclass, and how the tests load and look."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Literal

import pyarrow as pa

from headwater.sdk.destination import Committed, Destination, LoadRequest, Write
from headwater.sdk.stream import Json
from headwater.testing.values import FAMILIES, HOSTILE_COLUMNS, HOSTILE_TABLES, difference, family

CrashPoint = Literal["open", "mid-write", "before-commit", "during-commit", "after-commit"]

STARTED = pa.table({"id": [1, 2], "amount": [10, 20], "note": ["one", None]})
LATER = pa.table({"id": [2, 3], "amount": [21, 30], "note": ["two", "three"]})


class DestinationCase:
    """Subclass `DestinationContract` and say how to make a destination and how to look into its system.

    `place` is an empty folder of the test; a subclass that needs a server sets itself up in an autouse
    fixture and keeps what another process needs to connect in attributes that are text (see `crash_at`).
    `stored` names the Arrow type in which a family comes back where it is another one.
    """

    types: ClassVar[frozenset[str]] = FAMILIES
    stored: ClassVar[Mapping[str, pa.DataType]] = {}
    hostile_columns: ClassVar[tuple[str, ...]] = HOSTILE_COLUMNS
    hostile_tables: ClassVar[tuple[str, ...]] = HOSTILE_TABLES

    # Any: a type checker takes a class with a narrower `config_type` for no Destination; the first test looks.
    def make_destination(self, place: Path) -> Any:
        raise TypeError(f"{type(self).__name__} must say how to make one: make_destination(place)")

    def read_table(self, place: Path, table: str) -> pa.Table | None:
        """The committed rows, by another connection and without Headwater; None when there is no table."""
        raise TypeError(f"{type(self).__name__} must say how to look: read_table(place, table)")

    def leftovers(self, place: Path) -> Iterable[str]:
        """Names of whatever lies about that is neither a table nor Headwater's own record of loads."""
        return ()

    def unreachable_destination(self, place: Path) -> tuple[Any, str] | None:
        """One whose system is not there, and a secret of its config (or ""); None where this cannot be."""
        return None

    def expected(self, table: pa.Table) -> pa.Table:
        """The loaded table as `read_table` must give it back."""
        columns = [
            column.cast(self.stored[family(field)]) if family(field) in self.stored else column
            for field, column in zip(table.schema, table.columns, strict=True)
        ]
        return pa.Table.from_arrays(columns, names=table.schema.names)

    def crash_at(self, place: Path, request: LoadRequest, rows: pa.Table, point: CrashPoint) -> None:
        """Load in another process that kills itself (SIGKILL) at this point."""
        sent = pa.BufferOutputStream()
        with pa.ipc.new_stream(sent, rows.schema) as stream:
            stream.write_table(rows)
        order = {
            "file": inspect.getfile(type(self)),
            "class": type(self).__qualname__,
            "state": {name: value for name, value in vars(self).items() if isinstance(value, str)},
            "place": str(place),
            "point": point,
            "request": describe_request(request),
        }
        done = subprocess.run(
            [sys.executable, "-m", "headwater.testing.crash", json.dumps(order)],
            input=sent.getvalue().to_pybytes(),
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == -9, f"it did not die as planned: {done.stdout.decode()}{done.stderr.decode()}"

    @contextmanager
    def opened(self, place: Path) -> Iterator[Destination]:
        destination: Destination = self.make_destination(place)
        try:
            yield destination
        finally:
            destination.close()

    def some_write(self, destination: Destination) -> Write:
        """The simplest strategy it has."""
        writes = destination.capabilities().writes
        return next(write for write in (Write.APPEND, Write.REPLACE, *Write) if write in writes)

    def load(
        self,
        place: Path,
        request: LoadRequest,
        table: pa.Table,
        checkpoint: Mapping[str, Json] | None = None,
    ) -> Committed:
        """One whole load through a destination of its own."""
        with self.opened(place) as destination:
            load = destination.open(request)
            receipt = load.write("part-0", table.to_reader(max_chunksize=1_000))
            assert receipt.rows == table.num_rows
            committed = load.commit([receipt], checkpoint)
        counted = committed.written + committed.deduplicated
        assert counted == table.num_rows, f"{committed} of {table.num_rows} rows"
        return committed

    def assert_table(self, place: Path, table: str, expected: pa.Table) -> None:
        found = self.read_table(place, table)
        assert found is not None, f"there is no table {table}"
        found = found.select([name for name in found.schema.names if not name.startswith("_hw_")])
        assert not (problem := difference(found, self.expected(expected))), problem

    def assert_clean(self, place: Path) -> None:
        assert not (rest := list(self.leftovers(place))), f"left behind: {rest}"


def request_for(rows: pa.Table, write: Write, /, **changes: Any) -> LoadRequest:
    """A load of these rows' schema into `orders`, by `id` where the strategy needs a key."""
    base = LoadRequest("load-1", "shop", "public.orders", "orders", rows.schema, write)
    if write in (Write.MERGE, Write.SCD2):
        base = replace(base, key=("id",))
    return replace(base, **changes)


def describe_request(request: LoadRequest) -> dict[str, Json]:
    """The request as JSON, without its schema, which travels with the rows."""
    return {
        "load_id": request.load_id,
        "pipeline": request.pipeline,
        "stream": request.stream,
        "table": request.table,
        "write": request.write.value,
        "key": list(request.key),
        "cursor": request.cursor,
        "evolution": request.evolution.value,
        "full": request.full,
    }
