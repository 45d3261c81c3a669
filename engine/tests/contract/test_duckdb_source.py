from pathlib import Path

import duckdb
import pyarrow as pa

from headwater.connectors.duckdb.config import DuckdbConfig
from headwater.connectors.duckdb.source import DuckdbSource
from headwater.connectors.duckdb.types import made_type
from headwater.testing.source_contract import SourceContract
from headwater.toolkit.identifiers import quote_identifier
from headwater.toolkit.table_sql import names


class TestDuckdbSource(SourceContract):
    def make_source(self, place: Path) -> DuckdbSource:
        return DuckdbSource(DuckdbConfig(path=str(place / "shop.duckdb")))

    def seed(self, place: Path, name: str, table: pa.Table, primary_key: tuple[str, ...] = ()) -> None:
        columns = [f"{quote_identifier(field.name)} {made_type(field)}" for field in table.schema]
        key = [f"PRIMARY KEY ({names(primary_key)})"] if primary_key else []
        with duckdb.connect(str(place / "shop.duckdb")) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(f"CREATE TABLE {quote_identifier(name)} ({', '.join([*columns, *key])})")
            connection.register("seeds", table.rename_columns([f"c{at}" for at in range(table.num_columns)]))
            connection.execute(f"INSERT INTO {quote_identifier(name)} SELECT * FROM seeds")

    def unreachable_source(self, place: Path) -> tuple[DuckdbSource, str]:
        return DuckdbSource(DuckdbConfig(path=str(place / "nowhere.duckdb"))), ""
