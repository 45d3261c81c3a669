"""One way through a chain for every engine: the real lowering, then what the rows became, each known by its number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import pyarrow as pa

from headwater.plan.dialects.model import SqlDialect
from headwater.plan.lower import FATE, Lowered, lower_step, start
from headwater.plan.model import Chain, Side, Step
from headwater.run.local.hidden_values import _hidden
from headwater.sdk.processor import SetRule

ROW = "__row"


class Engine(Protocol):
    """An engine in which the tables of the suite stand under their names, each with its rows numbered."""

    dialect: SqlDialect

    def collect(self, sql: str, hidden: Mapping[str, bytes]) -> pa.Table: ...

    def name(self, name: str, sql: str) -> None:
        """Make the query a table of this name."""
        ...

    def process(self, name: str, sql: str, hidden: Mapping[str, bytes], step: Step) -> None:
        """Put the rows of the query, but for their numbers, through a batch processor; make the result a table."""
        ...


@dataclass(slots=True)
class Outcome:
    """`rows` after each query, `measures` as one row."""

    rows: list[pa.Table] = field(default_factory=list[pa.Table])
    measures: list[pa.Table] = field(default_factory=list[pa.Table])
    made: pa.Table | None = None


def run(chain: Chain, engine: Engine) -> Outcome:
    outcome, hidden = Outcome(), _hidden(chain)
    for side in chain.sides:
        engine.name(side.table, side_sql(side, engine.dialect))
    if chain.derived is not None:
        outcome.made = engine.collect(derived_sql(chain, engine.dialect), hidden)
        return outcome
    query = first_query(chain, engine.dialect)
    for step in chain.steps:
        if step.batch is None:
            query = lower_step(query, step)
            outcome.rows.append(engine.collect(query.sql, hidden))
            if step.measures:
                outcome.measures.append(engine.collect(measure_sql(query, step.measures), hidden))
        else:
            engine.process("__hw_batches", passed_sql(query), hidden, step)
            query = _over("__hw_batches", step.after, query)
    if chain.steps and chain.steps[-1].batch is not None:
        outcome.rows.append(engine.collect(query.sql, hidden))
    return outcome


def first_query(chain: Chain, dialect: SqlDialect) -> Lowered:
    query = start(dialect.quote(chain.name), chain.scan.schema, [(ROW, dialect.quote(ROW))], dialect)
    return replace(query, sides=tuple((side.use, dialect.quote(side.table)) for side in chain.sides))


def _over(relation: str, schema: pa.Schema, before: Lowered) -> Lowered:
    quote = before.dialect.quote
    return replace(start(quote(relation), schema, [(ROW, quote(ROW))], before.dialect), sides=before.sides)


def passed_sql(query: Lowered) -> str:
    columns = ", ".join([*query.columns, query.dialect.quote(ROW)])
    return f"SELECT {columns} FROM ({query.sql})" + (f" WHERE {FATE} IS NULL" if query.has_fate else "")


def measure_sql(query: Lowered, rules: tuple[SetRule, ...]) -> str:
    values = ", ".join(f"{rule.value.sql(query.dialect.name)} AS v{at}" for at, rule in enumerate(rules))
    return f"SELECT {values} FROM ({passed_sql(query)})"


def side_sql(side: Side, dialect: SqlDialect) -> str:
    """As the engine materialises another stream: whole, or the columns that a lookup needs, each row once."""
    source = dialect.quote(side.chain.name)
    if not side.key:
        return f"SELECT {', '.join(dialect.quote(name) for name in side.chain.schema.names)} FROM {source}"
    kept = ", ".join(map(dialect.quote, side.columns))
    if dialect.name == "duckdb":
        return f"SELECT DISTINCT {kept}, true AS __hw_found FROM {source}"
    # Spark's DISTINCT makes 0.0 of -0.0.
    first = f"SELECT {kept}, row_number() OVER (PARTITION BY {kept} ORDER BY NULL) AS n FROM {source}"
    return f"SELECT {kept}, true AS __hw_found FROM ({first}) WHERE n = 1"


def derived_sql(chain: Chain, dialect: SqlDialect) -> str:
    assert chain.derived is not None
    named = [f"{dialect.quote(side.chain.name)} AS (SELECT * FROM {dialect.quote(side.table)})" for side in chain.sides]
    # DuckDB gives the declared types by itself: they were found by binding the query there.
    columns = [
        dialect.quote(field.name)
        if dialect.name == "duckdb"
        else f"{dialect.cast(dialect.quote(field.name), field.type)} AS {dialect.quote(field.name)}"
        for field in chain.scan.schema
    ]
    return f"WITH {', '.join(named)} SELECT {', '.join(columns)} FROM ({chain.derived.query.sql(dialect.name)})"
