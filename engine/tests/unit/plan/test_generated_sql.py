"""The SQL that every processor becomes on DuckDB and on Spark.

Set HEADWATER_UPDATE_SNAPSHOTS=1 to write generated_sql.json anew; then read its diff: it is a change of results.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from parity.case import Case
from parity.cases import CASES
from parity.engine_run import derived_sql, first_query, measure_sql
from parity.planned import chains_of

from headwater.plan.dialects.duckdb import DUCKDB
from headwater.plan.dialects.model import SqlDialect
from headwater.plan.dialects.spark import SPARK
from headwater.plan.lower import lower_step
from headwater.plan.model import Chain

SNAPSHOT = Path(__file__).with_name("generated_sql.json")
# The sweep over all casts is snapshot-tested with the expressions.
CHOSEN = [case for case in CASES if case.processor != "cast" or " date," in case.name or "unsigned" in case.name]
# The names of hidden bytes are new in each process.
HIDDEN = re.compile(r"hw_hidden_[0-9a-f]+")


def generated(case: Case) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for chain in chains_of(case):
        found[chain.name] = {dialect.name: queries(chain, dialect) for dialect in (DUCKDB, SPARK)}
    return found


def queries(chain: Chain, dialect: SqlDialect) -> list[str]:
    if chain.derived is not None:
        return [derived_sql(chain, dialect)]
    made: list[str] = []
    query = first_query(chain, dialect)
    for step in chain.steps:
        if step.batch is None:
            query = lower_step(query, step)
            made.append(query.sql)
            if step.measures:
                made.append(measure_sql(query, step.measures))
    return [HIDDEN.sub("hw_hidden", sql) for sql in made]


def test_the_generated_sql_is_what_was_agreed() -> None:
    found = {str(case): generated(case) for case in CHOSEN}
    if os.environ.get("HEADWATER_UPDATE_SNAPSHOTS") == "1":
        SNAPSHOT.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    agreed = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    assert list(found) == list(agreed)
    for name, chains in found.items():
        assert chains == agreed[name], name
