"""A load in the hands of the engine: the plan, the destination's object, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from headwater.plan.model import LoadPlan
from headwater.run.local.errors import load_failure
from headwater.run.local.notes import Notes
from headwater.run.position import Position
from headwater.run.report import Rows
from headwater.sdk.destination import Committed, Destination, Load, LoadRequest, Receipt, SchemaChange
from headwater.sdk.errors import DataError, HeadwaterError
from headwater.sdk.stream import Json


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attempt brought for one load: rows and checkpoint, or an error."""

    plan: LoadPlan
    rows: Rows = field(default_factory=Rows)
    balanced: bool = False
    checkpoint: dict[str, Json] | None = None
    schema_changes: tuple[SchemaChange, ...] = ()
    changed: dict[str, int] = field(default_factory=dict[str, int])
    checks: tuple[dict[str, Json], ...] = ()
    warnings: tuple[str, ...] = ()
    quarantine: str | None = None
    took_s: float = 0.0
    error: HeadwaterError | None = None

    def timed(self, took_s: float) -> Outcome:
        return replace(self, took_s=took_s)


@dataclass(slots=True)
class OpenLoad:
    """`done`: an earlier process committed this very load; only its report is missing. `kept_checkpoint` is committed
    again as it stands, by loads that do not move the stream forward.
    """

    plan: LoadPlan
    request: LoadRequest
    destination: Destination
    load: Load
    position: Position
    done: bool = False
    checkpoint: dict[str, Json] | None = None
    kept_checkpoint: dict[str, Json] | None = None
    receipts: list[Receipt] = field(default_factory=list[Receipt])
    failure: BaseException | None = None
    committed: Committed | None = None
    checks: list[dict[str, Json]] = field(default_factory=list[dict[str, Json]])

    @property
    def writers(self) -> int:
        return max(1, self.destination.capabilities().parallel_writers)

    @property
    def staged_rows(self) -> int:
        return sum(receipt.rows for receipt in self.receipts)

    def replayed(self) -> Outcome:
        """The report of a load that was committed by a process which died before it could say so."""
        stored = self.load.last_checkpoint()
        value = dict(stored.value) if stored else None
        return Outcome(
            self.plan,
            balanced=True,
            checkpoint=value,
            warnings=("this load was committed by a run that died before it could report; it was not repeated",),
        )

    def outcome(self, notes: Notes) -> Outcome:
        """Rows by every side's own count, and whether they add up."""
        tally, warnings = notes.tally, _warnings(notes)
        quarantine = str(notes.quarantine.path) if notes.quarantine.rows else None
        if self.committed is None or self.failure is not None:
            error = self.failure or DataError("the load was not committed", code="internal.not_committed")
            failure = load_failure(error, destination=self.plan.destination, table=self.plan.table)
            rows = Rows(tally.read, tally.filtered, tally.rejected, tally.deduplicated, 0)
            return Outcome(self.plan, rows, error=failure, checks=tuple(self.checks), warnings=warnings)
        deduplicated = tally.deduplicated + self.committed.deduplicated
        rows = Rows(tally.read, tally.filtered, tally.rejected, deduplicated, self.committed.written)
        return Outcome(
            self.plan,
            rows,
            balanced=rows.balanced,
            checkpoint=self.checkpoint,
            schema_changes=self.load.schema_changes,
            changed=dict(self.committed.changed),
            checks=tuple(self.checks),
            warnings=warnings,
            quarantine=quarantine,
            error=None if rows.balanced else _unbalanced(rows, self.plan),
        )


def _warnings(notes: Notes) -> tuple[str, ...]:
    if not notes.observed.without_value:
        return ()
    count = notes.observed.without_value
    return (f"{count:,} rows have no cursor value: an appending load reads them in its first run only",)


def _unbalanced(rows: Rows, plan: LoadPlan) -> HeadwaterError:
    return DataError(
        f"table {plan.table!r}: {rows.read:,} rows were read, but {rows.filtered:,} filtered + "
        f"{rows.rejected:,} rejected + {rows.deduplicated:,} deduplicated + {rows.written:,} written are not that many",
        hint="the rows are committed as counted by the destination; compare source and table before you trust them",
        code="data.unbalanced",
    )
