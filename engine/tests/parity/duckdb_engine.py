"""The local engine's DuckDB, with its session settings."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa
from parity.engine_run import ROW
from parity.tables import TABLES

from headwater.plan.dialects.duckdb import DUCKDB
from headwater.plan.dialects.model import SqlDialect
from headwater.plan.model import Step
from headwater.toolkit.arrow_types import normalise_batch, normalise_schema
from headwater.toolkit.duckdb_sql import session_settings


class DuckdbEngine:
    dialect: SqlDialect = DUCKDB

    def __init__(self) -> None:
        self._connection = duckdb.connect()
        for statement in session_settings(threads=1):
            self._connection.execute(statement).fetchall()
        for name, make in TABLES.items():
            self._connection.register(name, numbered(make()))

    def collect(self, sql: str, hidden: Mapping[str, bytes]) -> pa.Table:
        for name, value in hidden.items():
            self._connection.execute(f"SET VARIABLE {name} = $1::BLOB", [value]).fetchall()
        found = self._connection.sql(sql).to_arrow_table()
        schema = normalise_schema(found.schema)
        return pa.Table.from_batches([normalise_batch(batch, schema) for batch in found.to_batches()], schema)

    def name(self, name: str, sql: str) -> None:
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {DUCKDB.quote(name)} AS {sql}").fetchall()

    def process(self, name: str, sql: str, hidden: Mapping[str, bytes], step: Step) -> None:
        assert step.batch is not None
        rows = self.collect(sql, hidden).combine_chunks()
        batch = normalise_batch(rows.select(step.before.names).to_batches()[0], step.before)
        made = pa.Table.from_batches([step.batch.process(batch)], step.after)
        self._connection.register(name, made.append_column(ROW, rows.column(ROW)))

    def close(self) -> None:
        self._connection.close()


def numbered(table: pa.Table) -> pa.Table:
    return table.append_column(ROW, pa.array(range(table.num_rows), pa.int64()))
