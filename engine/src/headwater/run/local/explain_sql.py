"""The SQL that an engine would run for a chain, for people to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import pyarrow as pa

from headwater.plan.dialects.duckdb import DUCKDB
from headwater.plan.dialects.model import SqlDialect
from headwater.plan.dialects.spark import SPARK
from headwater.plan.lower import lower_step, start
from headwater.plan.model import Chain
from headwater.run.local.segments import Segment, cut
from headwater.sdk.processor import Dialect

DIALECTS: Mapping[Dialect, SqlDialect] = {"duckdb": DUCKDB, "spark": SPARK}


def chain_sql(chain: Chain, dialect: Dialect = "duckdb") -> tuple[str, ...]:
    """One query per segment; none for a plain copy. The scan stands in by the stream's name."""
    if not chain.steps:
        return ()
    segments, written = cut(chain.steps), DIALECTS[dialect]
    queries = [_query(chain, chain.scan.stream.name, chain.scan.schema, segments[0], written)]
    for before, segment in pairwise(segments):
        last = before.batch or before.audited
        if last is not None and segment.steps:
            queries.append(_query(chain, last.name, last.after, segment, written))
    return tuple(queries)


def _query(chain: Chain, relation: str, schema: pa.Schema, segment: Segment, dialect: SqlDialect) -> str:
    sides = tuple((side.use, dialect.quote(side.table)) for side in chain.sides)
    query = replace(start(dialect.quote(relation), schema, dialect=dialect), sides=sides)
    for step in segment.steps:
        query = lower_step(query, step)
    return query.sql
