from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

import psycopg
import pyarrow as pa
import pytest
from psycopg import sql
from psycopg.types.json import set_json_loads

from headwater.connectors.postgres.config import PostgresConfig
from headwater.connectors.postgres.destination import PostgresDestination
from headwater.testing.destination_contract import DestinationContract
from headwater.testing.values import family

if TYPE_CHECKING:
    from real.conftest import PostgresDatabase

TYPES: dict[str, pa.DataType] = {
    "bool": pa.bool_(),
    "int2": pa.int16(),
    "int4": pa.int32(),
    "int8": pa.int64(),
    "float4": pa.float32(),
    "float8": pa.float64(),
    "text": pa.string(),
    "uuid": pa.string(),
    "jsonb": pa.string(),
    "bytea": pa.binary(),
    "date": pa.date32(),
    "time": pa.time64("us"),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", "UTC"),
    "interval": pa.month_day_nano_interval(),
}
_INTERVAL = (
    "ARRAY[extract(year FROM {0}) * 12 + extract(month FROM {0}), extract(day FROM {0}),"
    " extract(hour FROM {0}) * 3600000000 + extract(minute FROM {0}) * 60000000 + extract(microseconds FROM {0})]"
)


def canonical_json(text: str | None) -> str | None:
    return None if text is None else json.dumps(json.loads(text, parse_float=Decimal), sort_keys=True, default=float)


def read_postgres(dsn: str, table: str) -> pa.Table | None:
    """All rows of a table of the schema public, in the Arrow types of its columns."""
    with psycopg.connect(dsn) as connection:
        set_json_loads(lambda text: canonical_json(text if isinstance(text, str) else text.decode()), connection)
        connection.execute("SET timezone = 'UTC'")
        target = sql.Identifier("public", table)
        try:
            described = connection.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(target)).description or []
        except psycopg.errors.UndefinedTable:
            return None
        chosen = [
            sql.SQL(_INTERVAL if column.type_display == "interval" else "{0}").format(sql.Identifier(column.name))
            for column in described
        ]
        rows = connection.execute(sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(chosen), target)).fetchall()
    fields = [pa.field(column.name, _arrow_type(column)) for column in described]
    arrays = [pa.array([_plain(row[at], field.type) for row in rows], field.type) for at, field in enumerate(fields)]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _arrow_type(column: psycopg.Column) -> pa.DataType:
    name = column.type_display
    if name.endswith("[]"):
        return pa.list_(TYPES[name.removesuffix("[]")])
    if name.startswith("numeric"):
        return pa.decimal128(column.precision or 38, column.scale or 0)
    return TYPES[name]


def _plain(value: Any, data_type: pa.DataType) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if pa.types.is_interval(data_type):
        if value[0] is None:
            return None
        months, days, micros = (int(part) for part in value)
        return (months, days, micros * 1000)
    return value


class TestPostgresDestination(DestinationContract):
    stored: ClassVar[Mapping[str, pa.DataType]] = {
        "int8": pa.int16(),
        "uint8": pa.int16(),
        "uint16": pa.int32(),
        "uint32": pa.int64(),
        "uint64": pa.decimal128(20, 0),
    }

    @pytest.fixture(autouse=True)
    def _database(self, postgres: PostgresDatabase) -> None:
        self.dsn = postgres.dsn

    def make_destination(self, place: Path) -> PostgresDestination:
        return PostgresDestination(PostgresConfig.model_validate({"dsn": self.dsn}))

    def read_table(self, place: Path, table: str) -> pa.Table | None:
        return read_postgres(self.dsn, table)

    def leftovers(self, place: Path) -> list[str]:
        with psycopg.connect(self.dsn) as connection:
            rows = connection.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname ~ '^_hw_'"
            ).fetchall()
        return [str(row[0]) for row in rows]

    def unreachable_destination(self, place: Path) -> tuple[PostgresDestination, str]:
        config = {"host": "127.0.0.1", "port": 1, "database": "shop", "user": "u", "password": "hidden-word"}
        return PostgresDestination(PostgresConfig.model_validate(config)), "hidden-word"

    def expected(self, table: pa.Table) -> pa.Table:
        """Nested values and JSON come back as jsonb, which keeps neither spaces nor the order of keys."""
        for at, field in enumerate(table.schema):
            if pa.types.is_struct(field.type):
                texts = [None if item is None else json.dumps(item) for item in table.column(at).to_pylist()]
                table = table.set_column(
                    at, field.name, pa.array([canonical_json(text) for text in texts], pa.string())
                )
            elif family(field) == "json":
                texts = [canonical_json(text) for text in table.column(at).to_pylist()]
                table = table.set_column(at, pa.field(field.name, pa.string()), pa.array(texts, pa.string()))
        return super().expected(table)
