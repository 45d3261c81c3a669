"""Every expression of the reference gives the same value on DuckDB and on Spark, over the rows that hurt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from parity.compare import differences
from parity.duckdb_engine import DuckdbEngine
from parity.engine_run import ROW, Engine, Outcome
from unit.expressions.edge_rows import SCHEMA

from headwater.toolkit.expressions.checked import CheckedExpression
from headwater.toolkit.expressions.parse import parse

if TYPE_CHECKING:
    from parity.spark_engine import SparkEngine

FILE = Path(__file__).parents[1] / "unit" / "expressions" / "cases.txt"
TEXTS = [line for line in FILE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
# Their last digit is the machine's: no standard says how they are rounded.
ROUNDED = ("power(", "exp(", "ln(", "log10(")
EXACT = [text for text in TEXTS if not text.startswith(ROUNDED)]
GROUPS = [EXACT[at : at + 16] for at in range(0, len(EXACT), 16)]


@pytest.mark.parametrize("session", ["classic", "connect"])
@pytest.mark.parametrize("texts", GROUPS, ids=lambda texts: texts[0])
def test_expressions_have_the_same_values_on_spark(
    texts: Sequence[str], session: str, local_engine: DuckdbEngine, spark_engines: dict[str, SparkEngine]
) -> None:
    found = differences(Outcome([_values(texts, local_engine)]), Outcome([_values(texts, spark_engines[session])]))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("text", [text for text in TEXTS if text.startswith(ROUNDED)])
def test_powers_and_logarithms_agree_but_for_the_last_digit(
    text: str, local_engine: DuckdbEngine, spark_engines: dict[str, SparkEngine]
) -> None:
    local, spark = (_values([text], engine)[text].to_pylist() for engine in (local_engine, spark_engines["classic"]))
    for one, other in zip(local, spark, strict=True):
        assert one == other or math.isclose(one, other, rel_tol=1e-15) or (math.isnan(one) and math.isnan(other))


def _values(texts: Sequence[str], engine: Engine) -> pa.Table:
    """The values of the expressions, and for each that can fail whether it does, in order of rows."""
    columns = [f"{engine.dialect.quote(ROW)}"]
    for text in texts:
        expression = parse(text, columns=SCHEMA, place="test")
        columns.append(_typed(expression, text, engine))
        if (failure := expression.failure()) is not None:
            columns.append(f"{failure.sql(engine.dialect.name)} AS {engine.dialect.quote(f'fails: {text}')}")
    return engine.collect(f"SELECT {', '.join(columns)} FROM edge ORDER BY {columns[0]}", {})


def _typed(expression: CheckedExpression, name: str, engine: Engine) -> str:
    data_type = pa.int64() if pa.types.is_null(expression.type) else expression.type
    value = engine.dialect.cast(expression.sql(engine.dialect.name), data_type)
    return f"{value} AS {engine.dialect.quote(name)}"
