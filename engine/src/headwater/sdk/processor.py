"""What a processor is: a pure description of steps over named streams, in one of two kinds.

*Relational*: `operations(schema)` answers with a few operations whose expressions are canonical, DuckDB-flavoured
SQL; every engine lowers them to its own SQL, many processors become one query. *Batch*: `process` maps a record batch
to a record batch; it is pure and keeps no state, so it may run anywhere, in any order.

A processor class is named by an entry point in the group `headwater.processors`. Rows that an operation drops are
never lost from the count: they are `filtered`, `rejected` (into quarantine, with reasons) or `deduplicated`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal, Protocol, runtime_checkable

import pyarrow as pa

from headwater.sdk.config import PluginConfig
from headwater.sdk.stream import Json, Predicate

Dialect = Literal["duckdb", "spark"]
Severity = Literal["warn", "reject", "fail"]
Bound = int | float | Decimal | datetime | None


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


@runtime_checkable
class Typed(Protocol):
    """Optional, of an expression: it knows its type without being bound."""

    @property
    def type(self) -> pa.DataType: ...


@runtime_checkable
class AmongRows(Expression, Protocol):
    """An expression that sees the other rows too (a window function). Blocks streaming; spills."""

    def sql_among(self, dialect: Dialect, condition: str) -> str:
        """Its text when only rows for which the SQL condition is true count as other rows."""
        ...


@runtime_checkable
class ReadsTwice(AmongRows, Protocol):
    """Optional, of an `AmongRows`: it can do without holding all rows where they can be read twice."""

    def sql_reading(self, dialect: Dialect, rows: str, condition: str | None) -> str | None:
        """Its text over a second read: `rows` is a query for the rows as they stand here, and those for which the SQL
        condition is true (None: all) count. None when it has to hold them.
        """
        ...


@runtime_checkable
class HidesValues(Protocol):
    """Optional, of an expression: its SQL reads bytes (keys) that must not stand in SQL text by names that the engine
    binds: a session variable in DuckDB, a named parameter in Spark.
    """

    @property
    def hidden(self) -> Mapping[str, bytes]:
        """Name → value."""
        ...


@dataclass(frozen=True, slots=True)
class Output:
    """One column of a projection. `type` None: the type that binding the expression finds.

    `protects`: the columns it reads must not be seen in clear. What leaves the chain before this point (quarantine,
    samples, messages) shows them as this output does, or not at all.
    """

    name: str
    expression: Expression
    type: pa.DataType | None = None
    protects: bool = False


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
    """A row breaks the rule when `broken` is true (NULL is not broken). `message` is plain language, without values.

    `warn` counts the row and lets it go on, `reject` sends it to quarantine, `fail` ends the load and names the row.
    More rows that break it than `limit_rows`, or than `limit_share` of the rows read, and nothing is published.
    """

    id: str
    column: str | None
    broken: Expression
    message: str
    severity: Severity = "reject"
    limit_rows: int | None = None
    limit_share: float | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """Rows that break any rejecting rule leave for quarantine, once, with all the rules they broke, as they stand here.

    Rejects, and lookups that only judge, are decided together where they follow each other in one processor.

    More rejected rows at this point than `limit_rows`, or than `limit_share` of the rows read, and nothing is
    published.
    """

    rules: tuple[Rule, ...]
    limit_rows: int | None = None
    limit_share: float | None = None


@dataclass(frozen=True, slots=True)
class Distinct:
    """One row per key goes on, the first by `order`; the others are counted as deduplicated. Blocks streaming;
    spills. `last`: of rows that `order` does not tell apart the last to come goes on; without it, any.
    """

    key: tuple[str, ...]
    order: tuple[tuple[Expression, Literal["asc", "desc"]], ...]
    last: bool = False


@dataclass(frozen=True, slots=True)
class SetRule:
    """A statement about all rows that pass this point together: the aggregate `value` lies in [lower, upper].

    `against` says what is compared: the value itself; its relative change since the previous committed run (0.1 = 10
    % more); or its age in seconds (for timestamps). A NULL value breaks the rule. Without a previous run a change is
    not judged.
    """

    id: str
    column: str | None
    value: Expression
    message: str
    lower: Bound = None
    upper: Bound = None
    against: Literal["value", "previous", "now"] = "value"
    severity: Literal["warn", "fail"] = "fail"
    absent: Literal["breaks", "passes"] = "breaks"


@dataclass(frozen=True, slots=True)
class Measure:
    """Set rules over the rows as they stand here; decided after the last row and before anything is published."""

    rules: tuple[SetRule, ...]


@dataclass(frozen=True, slots=True)
class Lookup:
    """Find each row's partner in another stream of the pipeline, as that stream stands at this step.

    `on` pairs (column here, column there); a NULL never matches. `outputs` adds (name here, column there), NULL
    without a partner. `unmatched` judges rows that have all their `on` values and no partner. The other stream's
    columns must be unique per row when `outputs` is not empty (DataError otherwise). Row count and order of the
    stream stay.
    """

    stream: str
    on: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...] = ()
    unmatched: Rule | None = None


@dataclass(frozen=True, slots=True)
class NewStream:
    """A stream made of others. `query` reads `inputs` by their names as tables; it may join, aggregate and unnest.

    `notes` are facts that a person should see before running.
    """

    name: str
    inputs: tuple[str, ...]
    query: Expression
    primary_key: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


Operation = Project | Keep | Reject | Distinct | Measure | Lookup


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
class Protector(Protocol):
    """Optional, of a batch processor: it hides values."""

    def protected_columns(self, schema: pa.Schema) -> frozenset[str]:
        """The columns whose values must not be seen in clear before `process` has replaced them."""
        ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a look at the rows says about one promise. One that failed publishes nothing.

    `rows` of those looked at do not keep the promise; `facts` are shown with it.
    """

    name: str
    column: str | None
    message: str
    rows: int
    facts: Mapping[str, Json] = field(default_factory=dict[str, Json])
    severity: Literal["warn", "fail"] = "fail"


@runtime_checkable
class Witness(Protocol):
    """Optional, of a processor: it says in the report what it did, and looks whether that can be seen in the rows."""

    def evidence(
        self, before: pa.Schema, delivered: pa.Table, set_aside: Sequence[Mapping[str, Json]]
    ) -> tuple[Evidence, ...]:
        """`delivered`: a sample of the rows on their way to the destinations; `set_aside`: of those in quarantine. Both
        have the columns that reached them as they stand after this step, by their names there.
        """
        ...


@runtime_checkable
class StreamMaker(Processor, Protocol):
    """Makes new streams of streams as they stand before this step.

    Those it reads go on unchanged, unless the processor is relational or batch too.
    """

    def new_streams(self, schemas: Mapping[str, pa.Schema]) -> tuple[NewStream, ...]:
        """`schemas` are the streams the step selects, as they stand here. Raises ConfigErrors; reads nothing."""
        ...


@runtime_checkable
class BatchProcessor(Processor, Protocol):
    """A processor that is relational too has its operations applied first, then `process`."""

    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        """The schema `process` gives for input of this schema. Raises ConfigError."""
        ...

    def process(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """n rows in, n rows out, in the same order, in `output_schema`. May raise DataError."""
        ...
