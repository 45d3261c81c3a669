"""Spark, classic or Connect, by the API that both have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from parity.case import Case
from parity.duckdb_engine import numbered
from parity.engine_run import ROW
from parity.planned import processor_of
from parity.spark_types import carried
from parity.tables import TABLES
from pyspark.sql import SparkSession
from pyspark.sql.connect.session import SparkSession as ConnectSession

from headwater.plan.dialects.model import SqlDialect
from headwater.plan.dialects.spark import SPARK
from headwater.plan.model import Step
from headwater.sdk.errors import InternalError
from headwater.sdk.processor import BatchProcessor
from headwater.toolkit.arrow_types import conform
from headwater.toolkit.expressions.sql_text import quote_name, sql_type

Process = Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]


class SparkEngine:
    dialect: SqlDialect = SPARK

    def __init__(self, session: SparkSession | ConnectSession, folder: Path) -> None:
        """`folder` holds the tables, as `write_tables` wrote them."""
        self._session = session
        self.case: Case | None = None
        for name in TABLES:
            session.read.parquet(str(folder / f"{name}.parquet")).createOrReplaceTempView(quote_name(name, "spark"))

    def collect(self, sql: str, hidden: Mapping[str, bytes]) -> pa.Table:
        return self._frame(sql, hidden).toArrow()

    def name(self, name: str, sql: str) -> None:
        self._frame(sql, {}).createOrReplaceTempView(quote_name(name, "spark"))

    def process(self, name: str, sql: str, hidden: Mapping[str, bytes], step: Step) -> None:
        assert self.case is not None
        after = step.after.append(pa.field(ROW, pa.int64()))
        columns = ", ".join(f"{quote_name(field.name, 'spark')} {sql_type(field.type, 'spark')}" for field in after)
        made = self._frame(sql, hidden).mapInArrow(_by_batches(self.case, step.before), columns)
        made.createOrReplaceTempView(quote_name(name, "spark"))

    def _frame(self, sql: str, hidden: Mapping[str, bytes]):
        if not hidden:
            return self._session.sql(sql)
        return self._session.sql(sql, args={name: bytearray(value) for name, value in hidden.items()})


def write_tables(folder: Path) -> None:
    for name, make in TABLES.items():
        pq.write_table(numbered(make()), folder / f"{name}.parquet")


def _by_batches(case: Case, before: pa.Schema) -> Process:
    """The processor is made anew in Spark's worker, of its configuration."""

    def process(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        processor = processor_of(case.processor, case.config)
        if not isinstance(processor, BatchProcessor):
            raise InternalError(f"{case.processor} does not work on batches")
        for batch in batches:
            columns = [conform(batch.column(field.name), field) for field in before]
            made = processor.process(pa.RecordBatch.from_arrays(columns, schema=before))
            cells = [column.cast(carried(column.type)) for column in made.columns]
            yield pa.RecordBatch.from_arrays([*cells, batch.column(ROW)], [*made.schema.names, ROW])

    return process
