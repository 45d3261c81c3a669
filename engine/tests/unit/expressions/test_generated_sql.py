"""The SQL that every expression of cases.txt becomes, and that DuckDB takes it over the edge rows.

Set HEADWATER_UPDATE_SNAPSHOTS=1 to write generated.json anew; then read its diff: it is a change of results.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from unit.expressions.edge_rows import SCHEMA, edge_rows

from headwater.toolkit.arrow_types import normalise_field, type_name
from headwater.toolkit.expressions.catalogue import FUNCTIONS
from headwater.toolkit.expressions.checked import CheckedExpression
from headwater.toolkit.expressions.parse import parse
from headwater.toolkit.expressions.sql_text import sql_type

HERE = Path(__file__).parent
SNAPSHOT = HERE / "generated.json"
CASES = [
    line for line in (HERE / "cases.txt").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
]


def parsed(text: str) -> CheckedExpression:
    return parse(text, columns=SCHEMA, place="test")


def generated(text: str) -> dict[str, str | None]:
    expression = parsed(text)
    failure = expression.failure()
    return {
        "type": type_name(expression.type),
        "duckdb": expression.sql("duckdb"),
        "spark": expression.sql("spark"),
        "fails when": failure.sql("duckdb") if failure else None,
    }


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.register("edge", edge_rows())
    return connection


def test_the_generated_sql_is_what_was_agreed() -> None:
    found = {text: generated(text) for text in CASES}
    if os.environ.get("HEADWATER_UPDATE_SNAPSHOTS") == "1":
        SNAPSHOT.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert found == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", CASES)
def test_no_edge_value_stops_the_query(text: str, connection: duckdb.DuckDBPyConnection) -> None:
    expression = parsed(text)
    data_type = expression.type if expression.type != pa.null() else pa.int64()
    bound = connection.sql(f"SELECT {expression.sql('duckdb')} AS v FROM edge").to_arrow_table()
    narrow = connection.sql(
        f"SELECT CAST({expression.sql('duckdb')} AS {sql_type(data_type, 'duckdb')}) AS v FROM edge"
    )
    assert narrow.to_arrow_table()["v"].null_count == bound["v"].null_count
    assert normalise_field(narrow.to_arrow_table().schema.field("v")).type == data_type


@pytest.mark.parametrize("text", CASES)
def test_whether_a_row_is_at_fault_is_never_unknown(text: str, connection: duckdb.DuckDBPyConnection) -> None:
    failure = parsed(text).failure()
    if failure is not None:
        found = connection.sql(f"SELECT {failure.sql('duckdb')} AS v FROM edge").to_arrow_table()["v"]
        assert found.null_count == 0


def test_every_function_has_a_case() -> None:
    together = "\n".join(CASES)
    functions = {item.names[0]: item for item in FUNCTIONS.values()}
    assert [name for name, item in functions.items() if not any(f"{one}(" in together for one in item.names)] == []
