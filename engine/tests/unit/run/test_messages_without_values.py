"""What DuckDB says about a value that it failed on, without the value."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

import headwater
from headwater.run.local.errors import without_values

SECRET = "ann'o@example.org 4711"


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("SELECT CAST(x AS BIGINT)", "ann o@example.org"),
        ("SELECT CAST(x AS BIGINT)", "it's 'quoted' twice"),
        ("SELECT CAST(x AS DATE)", "2024-13-45"),
        ("SELECT CAST(x AS TIMESTAMPTZ)", "yesterday 12:30"),
        ("SELECT CAST(x AS UUID)", "0815-4711"),
        ("SELECT CAST(x AS DECIMAL(4,1))", "987654.3"),
        ("SELECT CAST(CAST(x AS BIGINT) AS TINYINT)", "4711"),
        ("SELECT CAST(CAST(x AS DOUBLE) AS INTEGER)", "1e300"),
        ("SELECT CAST(x AS BIGINT) * 9223372036854775807", "4711"),
        ("SELECT CAST(x AS BOOLEAN)", "maybe"),
        ("SELECT CAST(x AS INTEGER[])", "[4711, nine]"),
    ],
)
def test_a_value_is_struck_out_of_what_duckdb_says(sql: str, value: str) -> None:
    with duckdb.connect() as connection, pytest.raises(duckdb.Error) as caught:
        connection.execute(f"{sql} FROM (SELECT ? AS x)", [value]).fetchall()
    said = without_values(str(caught.value).split("\n", 1)[0])
    assert not [word for word in (value, "4711", "ann", "0815", "987654", "1e300", "maybe", "nine") if word in said], (
        said
    )
    assert "Error" in said


def test_names_of_columns_and_types_stay() -> None:
    assert without_values("no \"amount\" as DECIMAL(12,2) of '4711'", ["amount"]) == 'no "amount" as DECIMAL(12,2) of …'
    own = "column 'amount' holds a value that is no int64: 12: n/a"
    assert without_values(own, ["amount"]) == "column 'amount' holds a value that is no int64"


def test_a_query_that_fails_on_a_value_names_the_stream_and_the_way_out_and_not_the_value(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(f"id,n\n1,{SECRET}\n")
    (tmp_path / "headwater.yaml").write_text("""\
version: 1
pipelines:
  p:
    sources: [{type: files, config: {url: orders.csv}, streams: [{name: "*"}]}]
    processors: [{type: sql, config: {stream: sums, query: SELECT sum(CAST(n AS BIGINT)) AS total FROM orders}}]
    destinations: [{type: files, config: {url: out}}]
""")
    report = headwater.load(tmp_path).run("p")
    failed = [load for load in report.loads if load.error is not None]
    assert [load.stream for load in failed] == ["sums"]
    error = failed[0].error
    assert error is not None
    assert error.public_code == "data.invalid_value"
    assert "TRY_CAST" in str(error.hint)
    assert not [word for word in ("ann", "4711", "example") if word in f"{error.message}{error.hint}"]
