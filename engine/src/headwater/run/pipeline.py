"""One run of one pipeline: under its lock, with a report whatever happens to its streams."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from headwater.run.context import RunContext
from headwater.run.events import Event, Listener, RunFinished, RunStarted, ignore
from headwater.run.journal import Entry, Journal
from headwater.run.local.engine import LocalEngine
from headwater.run.prepare import Prepared
from headwater.run.quarantine import sweep
from headwater.run.quarantine_files import forget_old
from headwater.run.report import CANCELLED, FAILED, SUCCEEDED, LoadReport, RunReport
from headwater.run.stop import StopFlag

log = logging.getLogger(__name__)


def run_pipeline(
    prepared: Prepared,
    home: Path,
    listener: Listener,
    stop: StopFlag,
    *,
    full_refresh: bool = False,
    given: Entry | None = None,
) -> RunReport:
    """Raises Busy when the pipeline is running already. `given`: see `Journal`."""
    plan, emit = prepared.plan, _Careful(listener)
    engine = LocalEngine(plan.engine)
    with Journal(home, plan.pipeline, given) as journal:
        entry = journal.entry
        started, clock = datetime.now(UTC), time.monotonic()
        emit(RunStarted(entry.run_id, plan.pipeline, tuple(chain.name for chain in plan.chains)))
        connections = prepared.connections
        context = RunContext(
            entry.run_id, plan.pipeline, home, connections, stop, emit, full_refresh, entry.resumed, prepared.rejects
        )
        _tidy(lambda: sweep(context.quarantine_home, plan.pipeline))
        loads = engine.run(plan, context)
        if any(load.in_doubt for load in loads):
            journal.leave_open()
        kept = prepared.spec.quarantine
        _tidy(lambda: forget_old(context.quarantine_home, plan.pipeline, kept.retention, kept.max_size))
        took_s = time.monotonic() - clock
        status = _status(loads, stop)
        emit(RunFinished(entry.run_id, status, took_s))
        return RunReport(entry.run_id, plan.pipeline, status, engine.name, started, took_s, loads)


def _tidy(call: Callable[[], object]) -> None:
    """Old files that cannot be removed are no reason not to run, and none to lose the report of a run."""
    try:
        call()
    except OSError as error:
        log.warning("quarantine not tidied", exc_info=error, extra={"event": "quarantine_left"})


class _Careful:
    """Tells the listener; when it fails (a closed pipe, say), the run goes on without telling."""

    def __init__(self, listener: Listener) -> None:
        self._listener: Listener = listener

    def __call__(self, event: Event) -> None:
        try:
            self._listener(event)
        except Exception as error:
            self._listener = ignore
            log.warning("listener failed", exc_info=error, extra={"event": "listener_failed"})


def _status(loads: tuple[LoadReport, ...], stop: StopFlag) -> str:
    if all(load.status == SUCCEEDED for load in loads):
        return SUCCEEDED
    return CANCELLED if stop.is_set() and not any(load.status == FAILED for load in loads) else FAILED
