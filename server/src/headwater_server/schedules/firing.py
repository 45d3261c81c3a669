"""One schedule whose time has come, under its row's lock: each tick is decided once, and its run is in the same
transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from headwater.spec.schedule import ScheduleSpec
from headwater_server.runs import repository as run_repository
from headwater_server.runs import service as runs
from headwater_server.runs.service import Asked
from headwater_server.runs.told import tell_tick
from headwater_server.schedules import repository
from headwater_server.schedules.decide import Decision, decide
from headwater_server.schedules.models import Schedule, ScheduleTick
from headwater_server.schedules.service import set_next, spec_of
from headwater_server.schedules.ticks import fires_at, newest_until, ticks_after

# Of ticks that were missed, so many are decided one by one; older ones are past recall.
MOST_MADE_UP = 500


async def fire(session: AsyncSession, schedule: Schedule, now: datetime, late_s: float) -> int:
    """Decide all ticks that are due, and set the next; how many runs were asked for."""
    spec, key = spec_of(schedule.document), str(schedule.id)
    assert schedule.next_due_at is not None
    dues, all_of_them = newest_until(spec, schedule.next_due_at, now, MOST_MADE_UP)
    dues = [due for due in dues if fires_at(spec, key, due) <= now]
    if not all_of_them and dues:
        await _note(session, schedule, schedule.next_due_at, "missed", "and all up to the ticks that follow")
    fired = 0
    for decision in decide(spec, key, dues, now, late_s):
        fired += await _decided(session, schedule, spec, decision)
    following = next((due for due in ticks_after(spec, dues[-1])), None) if dues else schedule.next_due_at
    set_next(schedule, spec, following)
    return fired


async def _decided(session: AsyncSession, schedule: Schedule, spec: ScheduleSpec, decision: Decision) -> bool:
    if decision.state == "missed":
        await _note(session, schedule, decision.due, "missed", decision.reason, late_s=decision.late_s)
        return False
    await _give_up_waiting(session, schedule, decision.due)
    after = await repository.after_of(session, schedule.id)
    if after:
        since = await repository.last_tick(session, schedule.id, decision.due) or schedule.created_at
        lacking = await _lacking(session, after, since)
        if lacking:
            facts = {"since": since.isoformat()}
            reason = f"waits for {len(lacking)} of {len(after)} pipelines to succeed"
            await _note(session, schedule, decision.due, "waiting", reason, late_s=decision.late_s, facts=facts)
            return False
    return await _start(session, schedule, spec, decision)


async def _start(session: AsyncSession, schedule: Schedule, spec: ScheduleSpec, decision: Decision) -> bool:
    """Ask for the run, unless one of the pipeline goes on and the schedule then skips."""
    live = await run_repository.live_of(session, schedule.pipeline_id)
    if live and spec.overlap == "skip" and not (decision.made_up and spec.missed == "all"):
        reason = f"run {live[0].id} of the pipeline is {live[0].status}"
        await _note(session, schedule, decision.due, "skipped", reason, late_s=decision.late_s)
        return False
    if not await _note(session, schedule, decision.due, "fired", decision.reason, late_s=decision.late_s):
        return False
    if live and spec.overlap == "cancel_running":
        await runs.cancel_all_of(session, schedule.pipeline_id, f"schedule {schedule.name}")
    await _ask(session, schedule, decision.due, "schedule")
    return True


async def _ask(session: AsyncSession, schedule: Schedule, due: datetime, trigger: str) -> None:
    pipeline = await repository.pipeline(session, schedule.pipeline_id)
    wish = Asked(trigger, f"schedule {schedule.name}", schedule_id=schedule.id, due_at=due)
    run = await runs.ask(session, pipeline, wish)
    await repository.change_tick(session, schedule.id, due, run_id=run.id)
    await _tell(session, schedule, due, "fired", run.id)


async def _note(
    session: AsyncSession,
    schedule: Schedule,
    due: datetime,
    state: str,
    reason: str | None,
    *,
    late_s: float | None = None,
    facts: dict[str, Any] | None = None,
) -> bool:
    """False when the tick was decided before."""
    late = None if late_s is None else round(late_s, 3)
    row = {"schedule_id": schedule.id, "due_at": due, "state": state, "reason": reason, "late_s": late, "facts": facts}
    added = await repository.add_tick(session, row)
    if added and state != "fired":
        await _tell(session, schedule, due, state, None)
    return added


async def _tell(session: AsyncSession, schedule: Schedule, due: datetime, state: str, run_id: UUID | None) -> None:
    facts = {
        "schedule_id": str(schedule.id),
        "pipeline_id": str(schedule.pipeline_id),
        "due_at": due.isoformat(),
        "state": state,
        "run_id": None if run_id is None else str(run_id),
    }
    await tell_tick(session, facts)


async def _lacking(session: AsyncSession, after: Sequence[UUID], since: datetime) -> list[UUID]:
    """Pipelines that have not succeeded since."""
    successes = await run_repository.last_successes(session, after)
    return [pipeline_id for pipeline_id in after if pipeline_id not in successes or successes[pipeline_id] <= since]


async def _give_up_waiting(session: AsyncSession, schedule: Schedule, due: datetime) -> None:
    for tick in await repository.waiting_ticks(session, schedule.id):
        if tick.due_at < due:
            reason = "what it waited for had not succeeded by the next tick"
            await repository.change_tick(session, schedule.id, tick.due_at, state="skipped", reason=reason)
            await _tell(session, schedule, tick.due_at, "skipped", None)


async def look_again(session: AsyncSession, schedule: Schedule, tick: ScheduleTick, now: datetime) -> bool:
    """A tick that waits: whether it fired now."""
    spec = spec_of(schedule.document)
    since = datetime.fromisoformat((tick.facts or {})["since"])
    if await _lacking(session, await repository.after_of(session, schedule.id), since):
        return False
    live = await run_repository.live_of(session, schedule.pipeline_id)
    if live and spec.overlap == "skip":
        reason = f"run {live[0].id} of the pipeline is {live[0].status}"
        await repository.change_tick(session, schedule.id, tick.due_at, state="skipped", reason=reason)
        await _tell(session, schedule, tick.due_at, "skipped", None)
        return False
    if live and spec.overlap == "cancel_running":
        await runs.cancel_all_of(session, schedule.pipeline_id, f"schedule {schedule.name}")
    late_s = round((now - tick.due_at).total_seconds(), 3)
    await repository.change_tick(session, schedule.id, tick.due_at, state="fired", late_s=late_s)
    await _ask(session, schedule, tick.due_at, "schedule")
    return True


async def follow(session: AsyncSession, schedule: Schedule, now: datetime) -> bool:
    """A schedule that only follows others: whether all of them have succeeded since it last looked."""
    after = await repository.after_of(session, schedule.id)
    if schedule.seen_until is None or not after or await _lacking(session, after, schedule.seen_until):
        return False
    due = max((await run_repository.last_successes(session, after)).values())
    schedule.seen_until = due
    spec = spec_of(schedule.document)
    live = await run_repository.live_of(session, schedule.pipeline_id)
    late_s = (now - due).total_seconds()
    if live and spec.overlap == "skip":
        reason = f"run {live[0].id} of the pipeline is {live[0].status}"
        await _note(session, schedule, due, "skipped", reason, late_s=late_s)
        return False
    if not await _note(session, schedule, due, "fired", None, late_s=late_s):
        return False
    if live and spec.overlap == "cancel_running":
        await runs.cancel_all_of(session, schedule.pipeline_id, f"schedule {schedule.name}")
    await _ask(session, schedule, due, "after")
    return True
