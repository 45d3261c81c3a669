"""What a processor is: a pure description of steps over named streams, in one of two kinds.

*Relational*: `operations(schema)` answers with a few operations whose expressions are canonical, DuckDB-flavoured
SQL; every engine lowers them to its own SQL, many processors become one query. *Batch*: `process` maps a record batch
to a record batch; it is pure and keeps no state, so it may run anywhere, in any order.

A processor class is named by an entry point in the group `headwater.processors`. Rows that an operation drops are
never lost from the count: they are `filtered`, `rejected` (into quarantine, with reasons) or `deduplicated`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol, runtime_checkable

import pyarrow as pa

from headwater.sdk.config import PluginConfig
from headwater.sdk.stream import Predicate

Dialect = Literal["duckdb", "spark"]


class Expression(Protocol):
    """A checked scalar expression over the columns of its input (see `toolkit.expressions`)."""

    @property
    def columns(self) -> frozenset[str]:
        """The input columns it reads."""
        ...

    def sql(self, dialect: Dialect) -> str:
        """Its text for an engine; `hw_*` macros are expanded."""
        ...

    def predicates(self, schema: pa.Schema) -> tuple[Predicate, ...]:
        """The conjuncts a source could evaluate; each is implied by the whole, so applying them first changes
        nothing.
        """
        ...


@dataclass(frozen=True, slots=True)
class Output:
    """One column of a projection. `type` None: the type that binding the expression finds."""

    name: str
    expression: Expression
    type: pa.DataType | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """The columns from here on: exactly these, in this order."""

    outputs: tuple[Output, ...]


@dataclass(frozen=True, slots=True)
class Keep:
    """Rows for which the condition is true go on; the others (false or NULL) are counted as filtered."""

    condition: Expression


@dataclass(frozen=True, slots=True)
class Rule:
    """A row is rejected when `broken` is true (NULL is not broken). `message` is plain language, without values."""

    id: str
    column: str | None
    broken: Expression
    message: str


@dataclass(frozen=True, slots=True)
class Reject:
    """Rows that break any rule leave for quarantine, once, with all the rules they broke, as they stand here."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Distinct:
    """One row per key goes on, the first by `order`; the others are counted as deduplicated. Blocks streaming;
    spills.
    """

    key: tuple[str, ...]
    order: tuple[tuple[Expression, Literal["asc", "desc"]], ...]


Operation = Project | Keep | Reject | Distinct


@runtime_checkable
class Processor(Protocol):
    """Common to both kinds. The constructor takes the validated config and does no I/O."""

    config_type: ClassVar[type[PluginConfig]]


@runtime_checkable
class RelationalProcessor(Processor, Protocol):
    def operations(self, schema: pa.Schema) -> tuple[Operation, ...]:
        """What to do to a stream of this schema. Raises UnknownColumn and other ConfigErrors; reads nothing."""
        ...


@runtime_checkable
class BatchProcessor(Processor, Protocol):
    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        """The schema `process` gives for input of this schema. Raises ConfigError."""
        ...

    def process(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """n rows in, n rows out, in the same order, in `output_schema`. May raise DataError."""
        ...
