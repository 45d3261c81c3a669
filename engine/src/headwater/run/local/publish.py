"""Commit what was staged, load by load: only a load whose rows all arrived, and with its next checkpoint."""

from __future__ import annotations

from headwater.plan.model import Chain
from headwater.run.local.judge import remembered
from headwater.run.local.notes import Notes
from headwater.run.local.open_load import OpenLoad
from headwater.run.local.segments import Watch
from headwater.run.position import next_checkpoint
from headwater.run.stop import StopFlag
from headwater.run.watched import LeftBehind, watched
from headwater.sdk.destination import KeepsAbsent, Write
from headwater.sdk.errors import Cancelled, ConfigError, DataError, HeadwaterError


def publish(chain: Chain, loads: list[OpenLoad], notes: Notes, watch: Watch | None, stop: StopFlag) -> None:
    """Every load ends committed or with its failure set; one that fails does not keep the others from committing."""
    for load in loads:
        if load.failure is not None:
            continue
        if load.staged_rows != notes.tally.passed:
            load.failure = _rows_missing(load, notes.tally.passed)
            continue
        marked_by = watch.marked_by if watch and load.plan.write is Write.APPEND else ()
        try:
            stop.check()
            checkpoint = next_checkpoint(chain.scan, load.position, notes.observed, marked_by=marked_by)
            load.checkpoint = load.kept_checkpoint or {**checkpoint, **remembered(chain, notes)}
        except HeadwaterError as error:
            load.failure = error
            continue
        _commit(load, stop)


def keep_absent(loads: list[OpenLoad]) -> None:
    """A row that was set aside is absent from the load, not from the source: scd2 must not take it for gone."""
    for load in loads:
        if load.request.write is not Write.SCD2 or not load.request.full or load.failure is not None:
            continue
        if isinstance(load.load, KeepsAbsent):
            load.load.keep_absent()
            load.absent_stay = True
        else:
            load.failure = DataError(
                f"table {load.plan.table!r}: rows were rejected, and destination {load.plan.destination!r} would close "
                "their versions as if they were gone from the source",
                hint="correct the rows, or let the rules warn; the plugin's load should have `keep_absent`",
                code="data.rejected_would_close",
            )


def _commit(load: OpenLoad, stop: StopFlag) -> None:
    """An error that may come from the way back of the answer leaves the commit in doubt: the next opening tells."""
    try:
        commit = load.load.commit
        load.committed = watched(lambda: commit(load.receipts, load.checkpoint), stop, what=f"commit {load.plan.table}")
    except LeftBehind:
        load.in_doubt = load.committing = True
        load.failure = Cancelled(
            f"{stop.reason} while destination {load.plan.destination!r} was committing table {load.plan.table!r}",
            hint="the rows are there in whole or not at all; the next run finds out which, and goes on from there",
        )
    except (ConfigError, DataError, Cancelled) as error:
        load.failure = error
    except BaseException as error:
        load.failure = error
        load.in_doubt = True


def _rows_missing(load: OpenLoad, passed: int) -> DataError:
    return DataError(
        f"{passed:,} rows were sent to table {load.plan.table!r}, the destination counted {load.staged_rows:,}",
        hint="nothing was published; run again, and report it if it happens again",
        code="data.rows_missing",
    )
