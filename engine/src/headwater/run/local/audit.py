"""Set rules: one aggregate query that the rows pass by on their way, beside the chain.

The batches of a stream go through unchanged; a second DuckDB cursor reads the same batches and aggregates them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import duckdb
import pyarrow as pa

from headwater.run.local.queue import BatchQueue
from headwater.sdk.processor import Bound, SetRule

QUEUE_BYTES = 8 * 1024 * 1024


class Audit:
    """Measures the set rules of one step; `values` are there once `pass_by` is exhausted."""

    def __init__(self, rules: Sequence[SetRule], schema: pa.Schema, cursor: duckdb.DuckDBPyConnection) -> None:
        self.rules = tuple(rules)
        self.values: dict[str, Bound] = {}
        self._cursor = cursor
        self._queue = BatchQueue(schema, QUEUE_BYTES)
        self._failure: BaseException | None = None

    def pass_by(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        thread = threading.Thread(target=self._measure, name="audit", daemon=True)
        thread.start()
        try:
            for batch in batches:
                self._queue.put(batch)
                yield batch
            self._queue.finish()
            thread.join()
            if self._failure is not None:
                raise self._failure
        finally:
            self._queue.close()

    def _measure(self) -> None:
        try:
            self._cursor.register("__hw_audit", self._queue.reader())
            aggregates = ", ".join(f"{rule.value.sql('duckdb')} AS v{at}" for at, rule in enumerate(self.rules))
            # Through Arrow: DuckDB's own Python values of a moment with a zone need a package that is not ours.
            (row,) = self._cursor.sql(f"SELECT {aggregates} FROM __hw_audit").to_arrow_table().to_pylist()
            self.values = {rule.id: value for rule, value in zip(self.rules, row.values(), strict=True)}
        except Exception as error:
            self._failure = error
            self._queue.close()
