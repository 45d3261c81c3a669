"""One run of one pipeline: under its lock, with a report whatever happens to its streams."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from headwater.run.context import RunContext
from headwater.run.events import Listener, RunFinished, RunStarted
from headwater.run.journal import Journal
from headwater.run.local.engine import LocalEngine
from headwater.run.prepare import Prepared
from headwater.run.report import CANCELLED, FAILED, SUCCEEDED, LoadReport, RunReport
from headwater.run.stop import StopFlag


def run_pipeline(
    prepared: Prepared, home: Path, listener: Listener, stop: StopFlag, *, full_refresh: bool = False
) -> RunReport:
    """Raises Busy when the pipeline is running already."""
    plan = prepared.plan
    engine = LocalEngine(plan.engine)
    with Journal(home, plan.pipeline) as journal:
        entry = journal.entry
        started, clock = datetime.now(UTC), time.monotonic()
        listener(RunStarted(entry.run_id, plan.pipeline, tuple(chain.name for chain in plan.chains)))
        context = RunContext(
            entry.run_id,
            plan.pipeline,
            home,
            prepared.connections,
            stop,
            listener,
            full_refresh,
            entry.resumed,
        )
        loads = engine.run(plan, context)
        took_s = time.monotonic() - clock
        status = _status(loads, stop)
        listener(RunFinished(entry.run_id, status, took_s))
        return RunReport(entry.run_id, plan.pipeline, status, engine.name, started, took_s, loads)


def _status(loads: tuple[LoadReport, ...], stop: StopFlag) -> str:
    if all(load.status == SUCCEEDED for load in loads):
        return SUCCEEDED
    return CANCELLED if stop.is_set() and not any(load.status == FAILED for load in loads) else FAILED
