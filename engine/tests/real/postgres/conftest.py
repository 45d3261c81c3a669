"""What the tests of this folder share: connectors to the test's database, and short ways to load and read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pytest
from real.conftest import PostgresDatabase

from headwater.connectors.postgres.config import PostgresConfig
from headwater.connectors.postgres.destination import PostgresDestination
from headwater.connectors.postgres.source import PostgresSource
from headwater.sdk.destination import Committed, LoadRequest, Write
from headwater.sdk.stream import CursorRange, Partitions, Predicate, ReadRequest

MakeSource = Callable[..., PostgresSource]


def config_of(database: PostgresDatabase, /, **settings: Any) -> PostgresConfig:
    return PostgresConfig.model_validate({**database.config, **settings})


@pytest.fixture
def make_source(postgres: PostgresDatabase) -> Iterator[MakeSource]:
    """A source of the test's database, with settings of its own; closed after the test."""
    made: list[PostgresSource] = []

    def make(**settings: Any) -> PostgresSource:
        made.append(PostgresSource(config_of(postgres, **settings)))
        return made[-1]

    yield make
    for source in made:
        source.close()


@pytest.fixture
def source(make_source: MakeSource) -> PostgresSource:
    return make_source()


@pytest.fixture
def destination(postgres: PostgresDatabase) -> Iterator[PostgresDestination]:
    made = PostgresDestination(config_of(postgres))
    yield made
    made.close()


def plan(
    source: PostgresSource,
    stream: str,
    columns: Sequence[str] | None = None,
    *,
    predicates: tuple[Predicate, ...] = (),
    cursor: CursorRange | None = None,
    parallelism: int = 1,
) -> Partitions:
    described = source.describe(stream)
    chosen = tuple(columns or described.schema.names)
    return source.plan(ReadRequest(described, chosen, predicates, cursor, parallelism))


def read(source: PostgresSource, stream: str, columns: Sequence[str] | None = None, **options: Any) -> pa.Table:
    partitions = plan(source, stream, columns, **options)
    return pa.concat_tables([source.read(partition).read_all() for partition in partitions.items])


def column(source: PostgresSource, stream: str, name: str) -> list[Any]:
    return read(source, stream, [name]).column(name).to_pylist()


def load(
    destination: PostgresDestination, table: pa.Table, write: Write, name: str = "orders", **changes: Any
) -> Committed:
    """One whole load."""
    key = ("id",) if write in (Write.MERGE, Write.SCD2) else ()
    settings: dict[str, Any] = {"load_id": "load-1", "key": key, **changes}
    request = LoadRequest(
        pipeline="shop", stream="public.orders", table=name, schema=table.schema, write=write, **settings
    )
    opened = destination.open(request)
    try:
        return opened.commit([opened.write("0", table.to_reader())], None)
    finally:
        opened.abort()
