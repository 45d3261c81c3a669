"""What a source's suite is told by its subclass, and how the tests read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from headwater.sdk.source import Source
from headwater.sdk.stream import CursorRange, Json, Partition, Partitions, Predicate, ReadRequest, Stream
from headwater.testing.values import FAMILIES, HOSTILE_COLUMNS, HOSTILE_TABLES, family


class SourceCase:
    """Subclass `SourceContract` and say how to make a source and how to fill its system.

    `place` is an empty folder of the test; a subclass that needs a server sets itself up in an autouse
    fixture. `types` are the families of values the system can hold; `stored` names the Arrow type that comes
    back for a family where it is another one. `bulk_rows` is enough for more than one batch.
    """

    types: ClassVar[frozenset[str]] = FAMILIES
    stored: ClassVar[Mapping[str, pa.DataType]] = {}
    hostile_columns: ClassVar[tuple[str, ...]] = HOSTILE_COLUMNS
    hostile_tables: ClassVar[tuple[str, ...]] = HOSTILE_TABLES
    bulk_rows: ClassVar[int] = 200_000
    keeps_primary_keys: ClassVar[bool] = True
    widest_table: ClassVar[int] = 2_000

    # Any: a type checker takes a class with a narrower `config_type` for no Source; the first test looks.
    def make_source(self, place: Path) -> Any:
        raise TypeError(f"{type(self).__name__} must say how to make a source: make_source(place)")

    def seed(self, place: Path, name: str, table: pa.Table, primary_key: tuple[str, ...] = ()) -> None:
        """Put a table into the system, without Headwater; no source is open at that time."""
        raise TypeError(f"{type(self).__name__} must say how to fill the system: seed(place, name, table, primary_key)")

    def stream_name(self, name: str) -> str:
        """The stream that a seeded table is."""
        return name

    def unreachable_source(self, place: Path) -> tuple[Any, str] | None:
        """One whose system is not there, and a secret of its config (or ""); None where this cannot be."""
        return None

    def expected(self, table: pa.Table) -> pa.Table:
        """The seeded table as the source must give it back."""
        columns = [
            column.cast(self.stored[family(field)]) if family(field) in self.stored else column
            for field, column in zip(table.schema, table.columns, strict=True)
        ]
        return pa.Table.from_arrays(columns, names=table.schema.names)

    @contextmanager
    def opened(self, place: Path) -> Iterator[Source]:
        source: Source = self.make_source(place)
        try:
            yield source
        finally:
            source.close()


def request(
    stream: Stream,
    columns: Sequence[str] | None = None,
    *,
    predicates: tuple[Predicate, ...] = (),
    cursor: CursorRange | None = None,
    parallelism: int = 1,
) -> ReadRequest:
    chosen = tuple(stream.schema.names if columns is None else columns)
    return ReadRequest(stream, chosen, predicates, cursor, parallelism)


def carried(partition: Partition) -> Partition:
    """The partition after a trip through JSON, as Spark's executors get it."""
    detail: dict[str, Json] = json.loads(json.dumps(dict(partition.detail), allow_nan=False))
    assert detail == dict(partition.detail), f"partition {partition.id} is not plain JSON"
    return Partition(partition.id, partition.stream, detail)


def read_all(source: Source, partitions: Partitions) -> pa.Table:
    """All rows of all partitions, read in parallel, each held to the promised schema."""

    def one(partition: Partition) -> pa.Table:
        reader = source.read(carried(partition))
        assert reader.schema.equals(partitions.schema, check_metadata=True), (
            f"read gives {reader.schema}, plan promised {partitions.schema}"
        )
        return reader.read_all()

    with ThreadPoolExecutor(max_workers=max(1, len(partitions.items))) as pool:
        tables = list(pool.map(one, partitions.items))
    return pa.concat_tables(tables) if tables else partitions.schema.empty_table()
