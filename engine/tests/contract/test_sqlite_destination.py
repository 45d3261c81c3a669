import sqlite3
from pathlib import Path

import pyarrow as pa

from headwater.connectors.sqlite.config import SqliteConfig
from headwater.connectors.sqlite.destination import SqliteDestination
from headwater.connectors.sqlite.source import SqliteSource
from headwater.connectors.sqlite.types import storable
from headwater.testing.destination_contract import DestinationContract
from headwater.testing.source_case import read_all, request
from headwater.toolkit.json_text import encode as json_text


class TestSqliteDestination(DestinationContract):
    def make_destination(self, place: Path) -> SqliteDestination:
        return SqliteDestination(SqliteConfig(path=str(place / "warehouse.sqlite")))

    def read_table(self, place: Path, table: str) -> pa.Table | None:
        """By the source, whose own suite says that it reads what is stored."""
        file = place / "warehouse.sqlite"
        if not file.exists() or table not in self._names(file):
            return None
        source = SqliteSource(SqliteConfig(path=str(file)))
        found = read_all(source, source.plan(request(source.describe(table))))
        source.close()
        return found

    def leftovers(self, place: Path) -> list[str]:
        locks = [path.name for path in place.iterdir() if "headwater" in path.name]
        file = place / "warehouse.sqlite"
        return locks + [name for name in (self._names(file) if file.exists() else ()) if "_hw_" in name]

    def expected(self, table: pa.Table) -> pa.Table:
        columns = [
            pa.array([json_text(value) for value in column.to_pylist()], pa.string())
            if pa.types.is_nested(column.type)
            else column.cast(storable(field).type)
            for field, column in zip(table.schema, table.columns, strict=True)
        ]
        return pa.Table.from_arrays(columns, names=table.schema.names)

    def unreachable_destination(self, place: Path) -> tuple[SqliteDestination, str]:
        (place / "file").write_text("no folder")
        return SqliteDestination(SqliteConfig(path=str(place / "file" / "warehouse.sqlite"))), ""

    def _names(self, file: Path) -> list[str]:
        connection = sqlite3.connect(file)
        found = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        connection.close()
        return found
