import sqlite3
from pathlib import Path

import pyarrow as pa

from headwater.connectors.sqlite import encode
from headwater.connectors.sqlite.config import SqliteConfig
from headwater.connectors.sqlite.source import SqliteSource
from headwater.connectors.sqlite.types import made_type, storable
from headwater.testing.source_contract import SourceContract
from headwater.toolkit.identifiers import quote_identifier
from headwater.toolkit.json_text import encode as json_text
from headwater.toolkit.table_sql import names


def stored(table: pa.Table) -> pa.Table:
    """What SQLite has no type for comes back as text or as a wider number."""
    columns = [
        pa.array([json_text(value) for value in column.to_pylist()], pa.string())
        if pa.types.is_nested(column.type)
        else column.cast(storable(field).type)
        for field, column in zip(table.schema, table.columns, strict=True)
    ]
    return pa.Table.from_arrays(columns, names=table.schema.names)


class TestSqliteSource(SourceContract):
    def make_source(self, place: Path) -> SqliteSource:
        return SqliteSource(SqliteConfig(path=str(place / "shop.sqlite")))

    def seed(self, place: Path, name: str, table: pa.Table, primary_key: tuple[str, ...] = ()) -> None:
        schema = pa.schema([storable(field) for field in table.schema])
        columns = [f"{quote_identifier(field.name)} {made_type(field)}" for field in schema]
        key = [f"PRIMARY KEY ({names(primary_key)})"] if primary_key else []
        connection = sqlite3.connect(place / "shop.sqlite")
        connection.execute(f"CREATE TABLE {quote_identifier(name)} ({', '.join([*columns, *key])})")
        marks = ", ".join("?" * len(columns))
        for batch in table.to_batches():
            rows = encode.rows(batch, schema.names, schema)
            connection.executemany(f"INSERT INTO {quote_identifier(name)} VALUES ({marks})", rows)
        connection.commit()
        connection.close()

    def expected(self, table: pa.Table) -> pa.Table:
        return stored(table)

    def unreachable_source(self, place: Path) -> tuple[SqliteSource, str]:
        return SqliteSource(SqliteConfig(path=str(place / "nowhere.sqlite"))), ""
