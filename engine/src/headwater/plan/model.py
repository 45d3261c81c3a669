"""The plan: per stream one chain (scan → steps → loads), with every schema known before anything runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pyarrow as pa

from headwater.sdk.destination import Evolution, Write
from headwater.sdk.processor import (
    BatchProcessor,
    Expression,
    Measure,
    NewStream,
    Operation,
    Rule,
    SetRule,
    Witness,
)
from headwater.sdk.stream import Predicate, Stream

Mode = Literal["full", "incremental"]
Verify = Literal["count", "checksum"]
Guard = dict[str, Expression | None]
Level = Literal["exactly once", "at least once"]


@dataclass(frozen=True, slots=True)
class Scan:
    """How a stream enters its chain. `lag` widens an incremental read backwards, in the cursor's unit (seconds for
    times).
    """

    source: str
    stream: Stream
    place: str
    mode: Mode = "full"
    cursor: str | None = None
    lag: float | None = None
    inclusive: bool = True
    parallelism: int | None = None
    start: pa.Scalar | None = None
    primary_key: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    predicates: tuple[Predicate, ...] = ()

    @property
    def schema(self) -> pa.Schema:
        """The columns read, in order."""
        return pa.schema([self.stream.schema.field(name) for name in self.columns])


@dataclass(frozen=True, slots=True)
class Step:
    """One processor, or its relational or batch half, applied to one stream: `operations` or `batch` is set."""

    number: int
    name: str
    type: str
    before: pa.Schema
    after: pa.Schema
    operations: tuple[Operation, ...] = ()
    batch: BatchProcessor | None = None
    guards: tuple[Guard, ...] = ()
    witness: Witness | None = None

    def guard(self, position: int) -> Guard:
        """How a row may be shown before the operation at this position; see `plan.protect`."""
        return self.guards[position] if self.guards else {}

    @property
    def measures(self) -> tuple[SetRule, ...]:
        return tuple(
            rule for operation in self.operations if isinstance(operation, Measure) for rule in operation.rules
        )


@dataclass(frozen=True, slots=True)
class Delivery:
    """What this pair of source and destination truly gives, and why; never more."""

    level: Level
    because: str


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """One stream into one table of one destination."""

    destination: str
    table: str
    write: Write
    place: str
    key: tuple[str, ...] = ()
    evolution: Evolution = Evolution.EVOLVE
    verify: Verify = "count"
    delivery: Delivery = Delivery("at least once", "not yet decided")


@dataclass(frozen=True, slots=True)
class RuleRef:
    """A rule with the step it belongs to; its position in the chain's rule list is what rejected rows carry."""

    step: int
    step_name: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Side:
    """Another stream that a chain reads besides its own: materialised as `table` before the chain runs.

    `use` says which of the chain's lookups reads it (see `side_tables.use_of`); for a query it is the stream's name.

    `columns` are kept; none means all. `unique` asks that rows of the same key columns are refused. `counted` says
    that the stream has a chain of its own, which reports its rejected rows.
    """

    use: str
    chain: Chain
    columns: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    counted: bool = True
    table: str = ""


@dataclass(frozen=True, slots=True)
class Chain:
    """One stream from its scan to its loads. `notes` are facts a person should see before running.

    `guard` is how a row may be shown as read. A `derived` chain reads no source: its rows come of a query over its
    `sides`.
    """

    name: str
    scan: Scan
    steps: tuple[Step, ...] = ()
    loads: tuple[LoadPlan, ...] = ()
    notes: tuple[str, ...] = ()
    guard: Guard = field(default_factory=dict[str, "Expression | None"])
    sides: tuple[Side, ...] = ()
    derived: NewStream | None = None

    @property
    def schema(self) -> pa.Schema:
        """What reaches the destinations."""
        return self.steps[-1].after if self.steps else self.scan.schema


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How the local engine may use the machine. `streams` are moved at once; `memory_mb` is what DuckDB may take
    before it spills.
    """

    threads: int | None = None
    memory_mb: int = 256
    streams: int = 2
    spill: Path | None = None
    stall_timeout_s: float = 900.0
    attempts: int = 3
    backoff_s: float = 1.0
    longest_backoff_s: float = 60.0
    jitter: float = 0.5
    rejected_rows: int | None = None
    rejected_share: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    pipeline: str
    chains: tuple[Chain, ...]
    engine: EngineOptions = field(default_factory=EngineOptions)
