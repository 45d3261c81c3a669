from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, LiteralString, cast

import psycopg
import pyarrow as pa
import pytest
from psycopg import sql

from headwater.connectors.postgres.config import PostgresConfig
from headwater.connectors.postgres.source import PostgresSource
from headwater.testing.source_contract import SourceContract
from headwater.testing.values import FAMILIES, family

if TYPE_CHECKING:
    from real.conftest import PostgresDatabase

TYPES: dict[pa.DataType, str] = {
    pa.bool_(): "bool",
    pa.int8(): "int2",
    pa.int16(): "int2",
    pa.int32(): "int4",
    pa.int64(): "int8",
    pa.uint8(): "int2",
    pa.uint16(): "int4",
    pa.uint32(): "int8",
    pa.uint64(): "numeric(20,0)",
    pa.float32(): "float4",
    pa.float64(): "float8",
    pa.string(): "text",
    pa.binary(): "bytea",
    pa.date32(): "date",
    pa.time64("us"): "time",
    pa.timestamp("us"): "timestamp",
    pa.timestamp("us", "UTC"): "timestamptz",
    pa.month_day_nano_interval(): "interval",
}


def postgres_type(field: pa.Field) -> str:
    if family(field) in ("json", "uuid"):
        return family(field)
    if pa.types.is_decimal(field.type):
        return f"numeric({field.type.precision},{field.type.scale})"
    if pa.types.is_list(field.type):
        return f"{TYPES[field.type.value_type]}[]"
    return TYPES[field.type]


def seed_postgres(dsn: str, name: str, table: pa.Table, primary_key: tuple[str, ...] = ()) -> None:
    columns = [
        sql.Identifier(field.name) + sql.SQL(" ") + sql.SQL(cast(LiteralString, postgres_type(field)))
        for field in table.schema
    ]
    if primary_key:
        columns.append(sql.SQL("PRIMARY KEY ({})").format(sql.SQL(", ").join(map(sql.Identifier, primary_key))))
    target = sql.Identifier("public", name)
    with psycopg.connect(dsn) as connection:
        connection.execute(sql.SQL("CREATE TABLE {} ({})").format(target, sql.SQL(", ").join(columns)))
        with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(target)) as copy:
            for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
                copy.write_row([_plain(value) for value in row])


def _plain(value: Any) -> Any:
    if isinstance(value, pa.MonthDayNano):
        return f"{value.months} mons {value.days} days {value.nanoseconds // 1000} microseconds"
    return value


class TestPostgresSource(SourceContract):
    types: ClassVar[frozenset[str]] = FAMILIES - {"struct"}
    stored: ClassVar[Mapping[str, pa.DataType]] = {
        "int8": pa.int16(),
        "uint8": pa.int16(),
        "uint16": pa.int32(),
        "uint32": pa.int64(),
        "uint64": pa.decimal128(20, 0),
    }
    widest_table: ClassVar[int] = 900  # a row must fit into a page

    @pytest.fixture(autouse=True)
    def _database(self, postgres: PostgresDatabase) -> None:
        self.dsn = postgres.dsn

    def make_source(self, place: Path) -> PostgresSource:
        return PostgresSource(PostgresConfig.model_validate({"dsn": self.dsn}))

    def seed(self, place: Path, name: str, table: pa.Table, primary_key: tuple[str, ...] = ()) -> None:
        seed_postgres(self.dsn, name, table, primary_key)

    def stream_name(self, name: str) -> str:
        return f"public.{name}"

    def unreachable_source(self, place: Path) -> tuple[PostgresSource, str]:
        config = {"host": "127.0.0.1", "port": 1, "database": "shop", "user": "u", "password": "hidden-word"}
        return PostgresSource(PostgresConfig.model_validate(config)), "hidden-word"
