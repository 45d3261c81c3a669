"""Every processor gives the same rows, fates, reasons and measures on DuckDB and on Spark, classic and Connect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from parity.case import Case
from parity.cases import CASES
from parity.compare import differences
from parity.duckdb_engine import DuckdbEngine
from parity.engine_run import run
from parity.planned import chains_of

if TYPE_CHECKING:
    from parity.spark_engine import SparkEngine


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("session", ["classic", "connect"])
def test_rows_fates_and_reasons_are_the_same_on_spark(
    case: Case, session: str, local_engine: DuckdbEngine, spark_engines: dict[str, SparkEngine]
) -> None:
    spark = spark_engines[session]
    spark.case = case
    chains = chains_of(case)
    assert chains
    for chain in chains:
        found = differences(run(chain, local_engine), run(chain, spark))
        assert not found, f"{chain.name}: {len(found)} differences\n" + "\n".join(found[:20])
