"""A load in the hands of the engine: the plan, the destination's object, and what came of it."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field, replace

from headwater.plan.model import LoadPlan
from headwater.run.local.errors import load_failure
from headwater.run.local.notes import Notes
from headwater.run.position import Position
from headwater.run.report import Rows
from headwater.run.secrets import Secrets
from headwater.sdk.destination import (
    Checkpoint,
    Committed,
    Destination,
    Load,
    LoadRequest,
    Receipt,
    SchemaChange,
    Write,
)
from headwater.sdk.errors import DataError, HeadwaterError
from headwater.sdk.stream import Json


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attempt brought for one load: rows and checkpoint, or an error. `in_doubt`: whether its commit went
    through is not known.
    """

    plan: LoadPlan
    rows: Rows = field(default_factory=Rows)
    size_bytes: int | None = None
    balanced: bool = False
    checkpoint: dict[str, Json] | None = None
    schema_changes: tuple[SchemaChange, ...] = ()
    changed: dict[str, int] = field(default_factory=dict[str, int])
    checks: tuple[dict[str, Json], ...] = ()
    warnings: tuple[str, ...] = ()
    quarantine: str | None = None
    took_s: float = 0.0
    error: HeadwaterError | None = None
    in_doubt: bool = False

    def ended(self, took_s: float, secrets: Secrets) -> Outcome:
        """As it goes into the report: without secrets, and without the batches and cursors that its traceback holds."""
        if self.error is not None:
            secrets.cleaned(self.error)
            _let_go(self.error)
        return replace(self, took_s=took_s)


@dataclass(slots=True)
class OpenLoad:
    """`stored` is the last checkpoint, as the destination told it at the opening. `kept_checkpoint` is committed again
    as it stands, by loads that do not move the stream forward. `committing`: the commit was still running when the time
    to stop was over. `absent_stay`: rows were set aside, so scd2 closes nothing for being absent.
    """

    plan: LoadPlan
    request: LoadRequest
    destination: Destination
    load: Load
    stored: Checkpoint | None = None
    position: Position = field(default_factory=Position)
    in_doubt: bool = False
    committing: bool = False
    checkpoint: dict[str, Json] | None = None
    kept_checkpoint: dict[str, Json] | None = None
    receipts: list[Receipt] = field(default_factory=list[Receipt])
    failure: BaseException | None = None
    committed: Committed | None = None
    checks: list[dict[str, Json]] = field(default_factory=list[dict[str, Json]])
    absent_stay: bool = False

    @property
    def writers(self) -> int:
        return max(1, self.destination.capabilities().parallel_writers)

    @property
    def staged_rows(self) -> int:
        return sum(receipt.rows for receipt in self.receipts)

    @property
    def staged_bytes(self) -> int | None:
        """None unless every write told its own."""
        sizes = [receipt.size_bytes for receipt in self.receipts]
        known = [size for size in sizes if size is not None]
        return sum(known) if known and len(known) == len(sizes) else None

    @property
    def done(self) -> bool:
        """This very load was committed before, by a process that died or an attempt that never heard of it."""
        return self.stored is not None and self.stored.load_id == self.request.load_id

    def answer_again(self) -> Committed:
        """A commit is idempotent by load id: this one changes nothing, and answers what the first one did."""
        return self.load.commit((), self.stored.value if self.stored else None)

    def replayed(self, committed: Committed, earlier: Outcome | None, quarantine: str | None) -> Outcome:
        """The report of a load that is committed already; the count of what was set aside died with the process, unless
        it was `earlier` in this one.
        """
        before = earlier.rows if earlier is not None else Rows()
        aside = before.filtered + before.rejected + before.deduplicated
        rows = Rows(
            committed.written + committed.deduplicated + aside,
            before.filtered,
            before.rejected,
            before.deduplicated + committed.deduplicated,
            committed.written,
        )
        return Outcome(
            self.plan,
            rows,
            balanced=earlier is None or rows.read == before.read,
            checkpoint=dict(self.stored.value) if self.stored else None,
            changed=dict(committed.changed),
            checks=earlier.checks if earlier is not None else (),
            warnings=("this load was committed before, but its report was lost; it was not repeated",),
            quarantine=quarantine,
        )

    def outcome(self, notes: Notes) -> Outcome:
        """Rows by every side's own count, and whether they add up."""
        tally, warnings = notes.tally, _warnings(notes, self)
        quarantine = str(notes.quarantine.path) if notes.quarantine.rows else None
        if self.committed is None or self.failure is not None:
            error = self.failure or DataError("the load was not committed", code="internal.not_committed")
            failure = load_failure(error, destination=self.plan.destination, table=self.plan.table)
            rows = Rows(tally.read, tally.filtered, tally.rejected, tally.deduplicated, 0)
            checks = tuple(self.checks)
            return Outcome(self.plan, rows, error=failure, checks=checks, warnings=warnings, in_doubt=self.in_doubt)
        deduplicated = tally.deduplicated + self.committed.deduplicated
        rows = Rows(tally.read, tally.filtered, tally.rejected, deduplicated, self.committed.written)
        return Outcome(
            self.plan,
            rows,
            size_bytes=self.staged_bytes,
            balanced=rows.balanced,
            checkpoint=self.checkpoint,
            schema_changes=self.load.schema_changes,
            changed=dict(self.committed.changed),
            checks=tuple(self.checks),
            warnings=warnings,
            quarantine=quarantine,
            error=None if rows.balanced else _unbalanced(rows, self.plan),
        )


def _let_go(error: BaseException) -> None:
    seen: set[int] = set()
    links: list[BaseException | None] = [error]
    while links:
        link = links.pop()
        if link is not None and id(link) not in seen:
            seen.add(id(link))
            traceback.clear_frames(link.__traceback__)
            links += [link.__cause__, link.__context__]


def _warnings(notes: Notes, load: OpenLoad) -> tuple[str, ...]:
    found: list[str] = []
    if (count := notes.observed.without_value) and load.plan.write is Write.APPEND:
        found.append(f"{count:,} rows have no cursor value: an appending load reads them in its first run only")
    if load.absent_stay:
        found.append("rows were rejected, so scd2 closed no version for being absent from this run")
    return tuple(found)


def _unbalanced(rows: Rows, plan: LoadPlan) -> HeadwaterError:
    return DataError(
        f"table {plan.table!r}: {rows.read:,} rows were read, but {rows.filtered:,} filtered + "
        f"{rows.rejected:,} rejected + {rows.deduplicated:,} deduplicated + {rows.written:,} written are not that many",
        hint="the rows are committed as counted by the destination; compare source and table before you trust them",
        code="data.unbalanced",
    )
