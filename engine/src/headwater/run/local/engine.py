"""The local engine: all streams of a plan, a few at once, each tried again when it failed for a passing reason."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

from headwater.plan.model import Chain, EngineOptions, LoadPlan, Plan
from headwater.run.context import RunContext
from headwater.run.events import LoadFinished, Retrying
from headwater.run.local.attempt import Attempt
from headwater.run.local.database import Database
from headwater.run.local.errors import read_failure
from headwater.run.local.open_load import Outcome
from headwater.run.naming import file_name
from headwater.run.report import CANCELLED, FAILED, SUCCEEDED, LoadReport
from headwater.run.retry import Backoff, Judge, attempts
from headwater.sdk.errors import Cancelled, TransientError

# How long an interrupt of the caller's thread may go unheard.
HEARD_WITHIN_S = 0.1


class LocalEngine:
    """Runs plans in this process. One object per run."""

    name = "local"

    def __init__(self, options: EngineOptions) -> None:
        self._options = options

    def run(self, plan: Plan, context: RunContext) -> tuple[LoadReport, ...]:
        """One report per load, in the plan's order. One failed stream does not stop the others."""
        spill = self._options.spill or _swept(context.home / "tmp" / file_name(context.pipeline))
        database = Database(threads=self._options.threads, memory_mb=self._options.memory_mb, spill=spill)
        try:
            # The pool waits for its streams when it is left, so they are told to stop before that.
            with (
                ThreadPoolExecutor(self._options.streams, thread_name_prefix="stream") as pool,
                _stopped_by_interrupt(context),
            ):
                streams = [pool.submit(self._stream, chain, context, database) for chain in plan.chains]
                _wait_for(streams)
        finally:
            database.close()
        return tuple(report for stream in streams for report in stream.result())

    def _stream(self, chain: Chain, context: RunContext, database: Database) -> list[LoadReport]:
        done: dict[int, tuple[Outcome, int]] = {}

        def attempt(number: int) -> list[Outcome]:
            wanted = tuple(load for load in chain.loads if id(load) not in done or _may_pass(done[id(load)][0]))
            earlier = {key: outcome for key, (outcome, _) in done.items()}
            for outcome in Attempt(chain, context, database, self._options).run(number, wanted, earlier):
                done[id(outcome.plan)] = (outcome, number)
            return [outcome for outcome, _ in done.values()]

        def announce(number: int, wait_s: float, outcomes: list[Outcome]) -> None:
            error = next(outcome.error for outcome in outcomes if _may_pass(outcome))
            if error is not None:
                context.emit(Retrying(chain.name, number, wait_s, error))

        options = self._options
        backoff = Backoff(options.attempts, options.backoff_s, options.longest_backoff_s, options.jitter)
        try:
            attempts(attempt, backoff, Judge(_any_may_pass, _asked_wait_s, announce), context.stop)
        except Exception as error:
            failure = context.connections.secrets.cleaned(read_failure(error, chain.scan))
            done = {id(load): done.get(id(load), (Outcome(load, error=failure), 1)) for load in chain.loads}
        reports = [load_report(chain, load, *done[id(load)]) for load in chain.loads]
        for report in reports:
            finished = LoadFinished(
                report.stream,
                report.destination,
                report.table,
                report.status,
                report.rows.written,
                report.size_bytes,
                report.error,
            )
            context.emit(finished)
        return reports


def _wait_for(streams: list[Future[list[LoadReport]]]) -> None:
    """Until all have ended. Raises what one raised.

    It wakes a few times a second, because a signal that comes just before a thread blocks on a lock wakes nobody: the
    lock's wait then goes on, and Python's handler is not called before it ends.
    """
    while True:
        done, going = wait(streams, HEARD_WITHIN_S, FIRST_EXCEPTION)
        if not going or any(stream.exception() for stream in done):
            break
    for stream in done:
        stream.result()


@contextmanager
def _stopped_by_interrupt(context: RunContext) -> Iterator[None]:
    """An interrupt of the caller's thread, which only starts streams and waits for them, stops them all."""
    try:
        yield
    except BaseException:
        context.stop.set("the run was interrupted")
        raise


def _swept(folder: Path) -> Path:
    """Without what a dead run spilled: the pipeline's lock is held, so nobody else uses its folder."""
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def _may_pass(outcome: Outcome) -> bool:
    return isinstance(outcome.error, TransientError)


def _any_may_pass(outcomes: list[Outcome]) -> bool:
    return any(_may_pass(outcome) for outcome in outcomes)


def _asked_wait_s(outcomes: list[Outcome]) -> float:
    """The longest wait that an error asked for."""
    errors = (outcome.error for outcome in outcomes)
    return max((error.retry_after_s or 0.0 for error in errors if isinstance(error, TransientError)), default=0.0)


def load_report(chain: Chain, load: LoadPlan, outcome: Outcome, tries: int) -> LoadReport:
    status = SUCCEEDED if outcome.error is None else CANCELLED if isinstance(outcome.error, Cancelled) else FAILED
    return LoadReport(
        stream=chain.name,
        destination=load.destination,
        table=load.table,
        write=load.write.value,
        delivery=load.delivery.level,
        status=status,
        rows=outcome.rows,
        size_bytes=outcome.size_bytes,
        balanced=outcome.balanced,
        checkpoint=outcome.checkpoint,
        checks=outcome.checks,
        schema_changes=outcome.schema_changes,
        changed=outcome.changed,
        warnings=outcome.warnings,
        attempts=tries,
        took_s=outcome.took_s,
        quarantine=outcome.quarantine,
        error=outcome.error,
        in_doubt=outcome.in_doubt,
    )
