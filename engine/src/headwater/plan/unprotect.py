"""For rows that come back from quarantine: a column that is kept there in its protected form must not be protected
again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from headwater.plan.model import Step
from headwater.sdk.processor import Dialect, Operation, Output, Project
from headwater.sdk.stream import Predicate
from headwater.toolkit.identifiers import quote_identifier


@dataclass(frozen=True, slots=True)
class _Column:
    """The column as it is."""

    name: str

    @property
    def columns(self) -> frozenset[str]:
        return frozenset((self.name,))

    def sql(self, dialect: Dialect) -> str:
        return quote_identifier(self.name) if dialect == "duckdb" else f"`{self.name.replace('`', '``')}`"

    def predicates(self, schema: pa.Schema) -> tuple[Predicate, ...]:
        return ()


def already_protected(steps: Sequence[Step], columns: frozenset[str]) -> tuple[Step, ...]:
    """The steps, with outputs that protect these columns replaced by the columns themselves."""
    return tuple(
        replace(step, operations=tuple(_kept(operation, columns) for operation in step.operations)) for step in steps
    )


def _kept(operation: Operation, columns: frozenset[str]) -> Operation:
    if not isinstance(operation, Project):
        return operation
    outputs = [
        replace(output, expression=_Column(output.name)) if _shields(output, columns) else output
        for output in operation.outputs
    ]
    return Project(tuple(outputs))


def _shields(output: Output, columns: frozenset[str]) -> bool:
    return output.protects and output.name in columns and output.expression.columns == frozenset((output.name,))
