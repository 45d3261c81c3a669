"""The suite every processor passes. Subclass it in a test module:

    class TestShout(ProcessorContract):
        processor = Shout(ShoutConfig(columns=("name",)))
        batch = pa.record_batch({"id": [1, 2], "name": ["ann", None]})
        misnamed = Shout(ShoutConfig(columns=("nmae",)))

That every engine gives the same rows for a relational processor is the parity suite's business.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pyarrow as pa
import pytest

from headwater.sdk.errors import UnknownColumn
from headwater.sdk.processor import (
    BatchProcessor,
    Distinct,
    Expression,
    Keep,
    Lookup,
    Measure,
    Operation,
    Processor,
    Project,
    Reject,
    RelationalProcessor,
    StreamMaker,
)
from headwater.testing.config_contract import check_config
from headwater.testing.no_io import no_io
from headwater.toolkit.arrow_types import normalise_schema


class ProcessorContract:
    """`batch` is an input the processor takes; `misnamed` names a column that `batch` does not have.

    A processor that is relational and works on batches too names in `between` what its operations make of `batch`.
    """

    # Any: a type checker takes a class with a narrower `config_type` for no Processor; the first test looks.
    processor: ClassVar[Any]
    batch: ClassVar[pa.RecordBatch]
    misnamed: ClassVar[Any] = None
    between: ClassVar[pa.RecordBatch | None] = None

    def test_it_is_a_processor_of_a_known_kind_and_its_config_explains_itself(self) -> None:
        assert isinstance(self.processor, Processor)
        assert isinstance(self.processor, (RelationalProcessor, BatchProcessor, StreamMaker)), "it does nothing"
        check_config(self.processor.config_type)

    def test_an_unknown_column_is_an_error_that_says_what_exists(self) -> None:
        if self.misnamed is None:
            pytest.skip("this processor names no columns")
        with pytest.raises(UnknownColumn) as caught:
            _describe(self.misnamed, self.batch.schema)
        assert any(name in (caught.value.hint or "") for name in self.batch.schema.names)

    def test_describing_the_output_reads_nothing_and_is_the_same_each_time(self) -> None:
        _describe(self.processor, self.batch.schema)
        with no_io():
            one, other = (_describe(self.processor, self.batch.schema) for _ in range(2))
        assert one == other

    def test_operations_hang_together(self) -> None:
        columns = set(self.batch.schema.names)
        for operation in self._operations():
            columns = _check(operation, columns)

    def test_every_expression_has_sql_for_both_dialects(self) -> None:
        for expression in _expressions(self._operations()):
            for dialect in ("duckdb", "spark"):
                assert expression.sql(dialect).strip()

    def test_predicates_name_input_columns(self) -> None:
        schema = self.batch.schema
        for operation in self._operations():
            if not isinstance(operation, Keep) or not operation.condition.columns <= set(schema.names):
                break
            for predicate in operation.condition.predicates(schema):
                assert predicate.column in schema.names
                assert all(value.type == schema.field(predicate.column).type for value in predicate.values)

    def test_process_gives_the_declared_schema_and_as_many_rows(self) -> None:
        processor = self._batch_processor()
        declared = processor.output_schema(self._input.schema)
        assert normalise_schema(declared).equals(declared, check_metadata=True)
        found = processor.process(self._input)
        found.validate(full=True)
        assert found.schema.equals(declared, check_metadata=True)
        assert found.num_rows == self._input.num_rows

    def test_an_empty_batch_gives_an_empty_batch(self) -> None:
        processor = self._batch_processor()
        found = processor.process(self._input.slice(0, 0))
        assert found.num_rows == 0
        assert found.schema.equals(processor.output_schema(self._input.schema), check_metadata=True)

    def test_a_batch_of_nulls_is_taken(self) -> None:
        processor = self._batch_processor()
        schema = self._input.schema
        nulls = pa.RecordBatch.from_arrays([pa.nulls(3, field.type) for field in schema], schema=schema)
        assert processor.process(nulls).num_rows == 3

    def test_process_is_pure(self) -> None:
        processor = self._batch_processor()
        before = pa.RecordBatch.from_pylist(self._input.to_pylist(), schema=self._input.schema)
        with no_io():
            one, other = processor.process(self._input), processor.process(self._input)
        assert one.equals(other)
        assert self._input.equals(before), "the input was changed"

    def test_rows_do_not_depend_on_how_they_are_cut_into_batches(self) -> None:
        processor = self._batch_processor()
        whole = pa.Table.from_batches([processor.process(self._input)])
        rows = [processor.process(self._input.slice(at, 1)) for at in reversed(range(self._input.num_rows))]
        assert pa.Table.from_batches(rows[::-1], whole.schema).equals(whole.combine_chunks())

    def _operations(self) -> tuple[Operation, ...]:
        if not isinstance(self.processor, RelationalProcessor):
            pytest.skip("it is not relational")
        return self.processor.operations(self.batch.schema)

    @property
    def _input(self) -> pa.RecordBatch:
        """What `process` gets."""
        return self.batch if self.between is None else self.between

    def _batch_processor(self) -> BatchProcessor:
        if not isinstance(self.processor, BatchProcessor):
            pytest.skip("it does not work on batches")
        return self.processor


def _describe(processor: Processor, schema: pa.Schema) -> str:
    """What the processor says about its output, as text."""
    said: list[str] = []
    if isinstance(processor, RelationalProcessor):
        operations = processor.operations(schema)
        said += [type(operation).__name__ for operation in operations]
        said += [expression.sql("duckdb") for expression in _expressions(operations)]
    elif isinstance(processor, BatchProcessor):
        said.append(str(processor.output_schema(schema)))
    if isinstance(processor, StreamMaker):
        made = processor.new_streams({"orders": schema})
        said += [f"{stream.name} {stream.inputs} {stream.query.sql('duckdb')}" for stream in made]
    return "\n".join(said)


def _check(operation: Operation, columns: set[str]) -> set[str]:
    """Check one operation against the columns that reach it; the columns that leave it."""
    for expression in _expressions((operation,)):
        assert expression.columns <= columns, f"{operation} reads {expression.columns - columns}"
    if isinstance(operation, Project):
        names = [output.name for output in operation.outputs]
        assert names, "a projection without columns"
        assert len(set(names)) == len(names), f"column names repeat: {names}"
        return set(names)
    if isinstance(operation, (Reject, Measure)):
        ids = [rule.id for rule in operation.rules]
        assert len(set(ids)) == len(ids), f"rule ids repeat: {ids}"
        assert all(rule.message.strip() for rule in operation.rules)
        assert {rule.column for rule in operation.rules if rule.column is not None} <= columns
    if isinstance(operation, Lookup):
        assert {here for here, _ in operation.on} <= columns
        added = [here for here, _ in operation.outputs]
        assert not columns & set(added), "a lookup overwrites a column"
        return columns | set(added)
    if isinstance(operation, Distinct):
        assert operation.key
        assert set(operation.key) <= columns
    return columns


def _expressions(operations: tuple[Operation, ...]) -> list[Expression]:
    found: list[Expression] = []
    for operation in operations:
        if isinstance(operation, Project):
            found += [output.expression for output in operation.outputs]
        elif isinstance(operation, Keep):
            found.append(operation.condition)
        elif isinstance(operation, Reject):
            found += [rule.broken for rule in operation.rules]
        elif isinstance(operation, Measure):
            found += [rule.value for rule in operation.rules]
        elif isinstance(operation, Distinct):
            found += [expression for expression, _ in operation.order]
        elif operation.unmatched is not None:
            found.append(operation.unmatched.broken)
    return found
