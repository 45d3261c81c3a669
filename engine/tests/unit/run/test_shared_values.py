"""A value that rules and the projection after them ask for is computed once, and means the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from unit.run.judged import Judge, quality

from headwater.plan.dialects.duckdb import DUCKDB
from headwater.plan.dialects.model import SqlDialect
from headwater.plan.dialects.spark import SPARK
from headwater.plan.lower import lower_step, start
from headwater.plan.model import Step
from headwater.processors.schema import SchemaConfig, SchemaValidation

RAW = pa.schema([("id", pa.string()), ("amount", pa.string())])
COLUMNS: dict[str, Any] = {
    "id": {"type": "int64", "nullable": False, "unique": True},
    "amount": {"type": "decimal(9,2)", "min": 0, "allowed": [1, 2.5]},
}


@pytest.mark.parametrize("dialect", [DUCKDB, SPARK], ids=lambda dialect: dialect.name)
@pytest.mark.parametrize("policy", ["reject", "drop"])
def test_a_cast_stands_in_the_query_once(dialect: SqlDialect, policy: str) -> None:
    processor = SchemaValidation(SchemaConfig.model_validate({"columns": COLUMNS, "on_violation": policy}))
    operations = processor.operations(RAW)
    after = pa.schema([("id", pa.int64()), ("amount", pa.decimal128(9, 2))])
    query = lower_step(start("t", RAW, dialect=dialect), Step(1, "s", "schema", RAW, after, operations=operations))
    assert query.sql.count("TRY_CAST(") == 2
    assert [name for name in query.hidden if name.startswith("__hw_value")] == []


def test_rows_that_left_before_are_not_computed_and_do_not_count(tmp_path: Path) -> None:
    table = pa.table({"id": ["1", "1", "2", "x"], "amount": ["1", "7", "2.5", None]})
    early = quality({"rule": "not_in", "column": "amount", "values": ["7"]})
    found = Judge(tmp_path, [early, {"type": "schema", "config": {"columns": COLUMNS}}]).run(orders=table)
    assert found.column("id") == [1, 2]
    assert found.broke() == {"1": {"not_in:amount"}, "x": {"schema:id:type"}}


def test_a_text_that_looks_like_the_sql_of_a_cast_stays_a_text(tmp_path: Path) -> None:
    processor = SchemaValidation(SchemaConfig.model_validate({"columns": {"id": "int64"}}))
    cast = processor.operations(RAW)[1].outputs[0].expression.sql("duckdb")  # pyright: ignore[reportAttributeAccessIssue]
    columns = {"id": "int64", "amount": {"allowed": [cast]}}
    table = pa.table({"id": ["1", "2"], "amount": [cast, "__hw_value_0"]})
    found = Judge(tmp_path, [{"type": "schema", "config": {"columns": columns}}]).run(orders=table)
    assert found.column("id") == [1]


def test_a_rule_about_a_column_that_an_earlier_step_removed_is_an_error(tmp_path: Path) -> None:
    steps = [
        {"type": "schema", "config": {"columns": {"id": "int64"}, "unknown": "drop"}},
        quality({"rule": "not_null", "column": "amount"}),
    ]
    with pytest.raises(Exception, match=r"quality\.rules\[0\] \(not_null\): there is no column named 'amount'"):
        Judge(tmp_path, steps).run(orders=pa.table({"id": ["1"], "amount": ["1"]}))
