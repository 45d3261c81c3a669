"""Open, deliver and report the loads of a replay: like any other, but the stream's checkpoint stays where it is."""

from __future__ import annotations

import time

from headwater.plan.model import Chain, EngineOptions, LoadPlan
from headwater.run.context import RunContext
from headwater.run.local.database import Database
from headwater.run.local.deliver import deliver
from headwater.run.local.engine import load_report
from headwater.run.local.errors import load_failure, read_failure
from headwater.run.local.flow import Given
from headwater.run.local.notes import Notes
from headwater.run.local.open_load import OpenLoad, Outcome
from headwater.run.local.release import release
from headwater.run.report import LoadReport
from headwater.sdk.destination import LoadRequest
from headwater.sdk.stream import Json


def deliver_replay(
    chain: Chain, context: RunContext, database: Database, options: EngineOptions, given: Given
) -> list[LoadReport]:
    """One report per load."""
    started = time.monotonic()
    opened: list[OpenLoad] = []
    outcomes: dict[int, Outcome] = {}
    try:
        for plan in chain.loads:
            try:
                opened.append(_open(chain, plan, context))
            except BaseException as error:
                failure = load_failure(error, destination=plan.destination, table=plan.table)
                outcomes[id(plan)] = Outcome(plan, error=failure)
        if opened:
            for outcome in _deliver(chain, opened, context, database, options, given):
                outcomes[id(outcome.plan)] = outcome
    finally:
        for load in opened:
            release(load, context.stop)
    took_s = time.monotonic() - started
    return [
        load_report(chain, plan, outcomes[id(plan)].ended(took_s, context.connections.secrets), 1)
        for plan in chain.loads
    ]


def _deliver(
    chain: Chain, opened: list[OpenLoad], context: RunContext, database: Database, options: EngineOptions, given: Given
) -> list[Outcome]:
    try:
        notes: Notes = deliver(chain, opened, context, database, options, 1, given)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        failure = read_failure(error, chain.scan)
        return [Outcome(load.plan, error=failure) for load in opened]
    return [load.outcome(notes) for load in opened]


def _open(chain: Chain, plan: LoadPlan, context: RunContext) -> OpenLoad:
    request = LoadRequest(
        load_id=f"{context.run_id}-{plan.destination}",
        pipeline=context.pipeline,
        stream=chain.name,
        table=plan.table,
        schema=chain.schema,
        write=plan.write,
        key=plan.key,
        evolution=plan.evolution,
        full=False,
    )
    destination = context.connections.destination(plan.destination)
    try:
        load = destination.open(request)
    except BaseException:
        destination.close()
        raise
    stored = load.last_checkpoint()
    kept: dict[str, Json] = dict(stored.value) if stored is not None else {"mode": "full"}
    return OpenLoad(plan, request, destination, load, stored, kept_checkpoint=kept)
