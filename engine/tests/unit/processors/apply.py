"""Run a processor's operations over a small table, with DuckDB, the plainest way."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from headwater.sdk.processor import HidesValues, Keep, Operation, Project, Reject, RelationalProcessor
from headwater.toolkit.arrow_types import normalise_schema
from headwater.toolkit.duckdb_sql import duckdb_type
from headwater.toolkit.identifiers import quote_identifier


@dataclass
class Outcome:
    """`rejected` holds, for each rejected row, the ids of the rules it broke."""

    table: pa.Table
    rejected: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])

    @property
    def rows(self) -> list[dict[str, object]]:
        return self.table.to_pylist()


def apply(processor: RelationalProcessor, table: pa.Table) -> Outcome:
    outcome = Outcome(table)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for operation in processor.operations(table.schema):
            _step(connection, operation, outcome)
    return outcome


def _step(connection: duckdb.DuckDBPyConnection, operation: Operation, outcome: Outcome) -> None:
    connection.register("input", outcome.table)
    if isinstance(operation, Project):
        columns: list[str] = []
        for output in operation.outputs:
            if isinstance(output.expression, HidesValues):
                for name, value in output.expression.hidden.items():
                    connection.execute(f"SET VARIABLE {name} = $1::BLOB", [value])
            sql = output.expression.sql("duckdb")
            cast = f"CAST({sql} AS {duckdb_type(output.type)})" if output.type is not None else sql
            columns.append(f"{cast} AS {quote_identifier(output.name)}")
        found = connection.sql(f"SELECT {', '.join(columns)} FROM input").to_arrow_table()
        outcome.table = found.cast(normalise_schema(found.schema))
    elif isinstance(operation, Keep):
        keep = operation.condition.sql("duckdb")
        outcome.table = connection.sql(f"SELECT * FROM input WHERE {keep}").to_arrow_table()
    elif isinstance(operation, Reject):
        broken = ", ".join(f"coalesce({rule.broken.sql('duckdb')}, FALSE)" for rule in operation.rules)
        marks = [row for (row,) in connection.sql(f"SELECT [{broken}] FROM input").fetchall()]
        outcome.rejected += [
            tuple(rule.id for rule, hit in zip(operation.rules, mark, strict=True) if hit)
            for mark in marks
            if any(mark)
        ]
        outcome.table = outcome.table.filter(pa.array([not any(mark) for mark in marks]))
    connection.unregister("input")
