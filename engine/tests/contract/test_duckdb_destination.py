from pathlib import Path

import duckdb
import pyarrow as pa

from headwater.connectors.duckdb.catalog import columns, relations
from headwater.connectors.duckdb.config import DuckdbConfig
from headwater.connectors.duckdb.destination import DuckdbDestination
from headwater.testing.destination_contract import DestinationContract
from headwater.toolkit.arrow_types import normalise_schema
from headwater.toolkit.identifiers import quote_identifier


class TestDuckdbDestination(DestinationContract):
    def make_destination(self, place: Path) -> DuckdbDestination:
        return DuckdbDestination(DuckdbConfig(path=str(place / "warehouse.duckdb")))

    def read_table(self, place: Path, table: str) -> pa.Table | None:
        if not (place / "warehouse.duckdb").exists():
            return None
        with duckdb.connect(str(place / "warehouse.duckdb")) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            if table not in relations(connection, "main"):
                return None
            found = connection.sql(f"SELECT * FROM {quote_identifier(table)}").to_arrow_table()
            return found.cast(normalise_schema(found.schema))

    def leftovers(self, place: Path) -> list[str]:
        if not (place / "warehouse.duckdb").exists():
            return []
        with duckdb.connect(str(place / "warehouse.duckdb")) as connection:
            found = relations(connection, "main")
            made = [name for name in found if "hw" in name or "stag" in name]
            return made + [name for name, item in found.items() if not columns(connection, item)]

    def unreachable_destination(self, place: Path) -> tuple[DuckdbDestination, str]:
        return DuckdbDestination(DuckdbConfig(path=str(place))), ""
