"""Schedules: kept, explained, paused; and their ticks, past and to come."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any
from uuid import UUID

from cronsim import CronSimError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from headwater.sdk.errors import nearest_hint
from headwater.spec.load import project_of
from headwater.spec.problems import ProjectInvalid
from headwater.spec.references import holds_reference
from headwater.spec.schedule import ScheduleSpec
from headwater_server.catalog.step_schemas import Named
from headwater_server.db.listen import notify
from headwater_server.kit import etags
from headwater_server.kit.pages import Cursor, Page
from headwater_server.kit.problems import Conflict, Invalid, NotFound
from headwater_server.runs import service as runs
from headwater_server.runs.service import Asked
from headwater_server.schedules import repository
from headwater_server.schedules.models import Schedule
from headwater_server.schedules.schemas import (
    BackfillIn,
    BackfillOut,
    ScheduleIn,
    ScheduleOut,
    SchedulePreview,
    TickOut,
)
from headwater_server.schedules.ticks import explanation, fires_at, ticks_after

CHANGED = "schedules"
MOST_BACKFILLED = 1_000
SHOWN_NEXT = 10
DEFAULT_RANGE = timedelta(days=7)
# Behind whatever else the pipeline has to do.
BACKFILL_PRIORITY = -10


async def found(session: AsyncSession, ref: str, *, lock: bool = False) -> tuple[Schedule, str]:
    """The schedule and its pipeline's name. Raises NotFound with the nearest name."""
    row = await repository.by_ref(session, ref, lock=lock)
    if row is None:
        hint = nearest_hint(ref, await repository.names(session))
        raise NotFound(f"there is no schedule {ref!r}", hint=hint, code="schedules.not_found")
    return row


def spec_of(document: dict[str, Any]) -> ScheduleSpec:
    """Of a document that was judged when it was saved."""
    return ScheduleSpec.model_validate(document)


@dataclass(frozen=True, slots=True)
class Described:
    """What lists say of a document."""

    explanation: str
    timezone: str


def described(document: dict[str, Any]) -> Described:
    """Of a document that was judged when it was saved."""
    return _described(json.dumps(document))


@lru_cache(4096)
def _described(document: str) -> Described:
    """Schedules are read far more often than they change."""
    spec = spec_of(json.loads(document))
    return Described(explanation(spec), spec.timezone)


async def judged(session: AsyncSession, name: str, document: dict[str, Any]) -> tuple[ScheduleSpec, UUID, list[UUID]]:
    """What it says, its pipeline, and those it follows. Raises Invalid with every problem."""
    if holds_reference(document):
        raise Invalid("a schedule on the server takes no ${…} references", code="config.bad_reference")
    named = _named_pipelines(document)
    known = await repository.ids_of_pipelines(session, named)
    nothing = {"sources": [{"type": "files"}], "destinations": [{"type": "files"}]}
    project: dict[str, Any] = {"version": 1, "pipelines": dict.fromkeys(known, nothing), "schedules": {name: document}}
    try:
        spec = project_of(project, "schedule").schedules[name]
    except ProjectInvalid as error:
        known_names = await repository.names_of_pipelines(session)
        problems = [_problem(problem.as_dict(), name, known_names) for problem in error.problems]
        said = "; ".join(str(item["message"]) for item in problems)
        raise Invalid(f"the schedule cannot be saved: {said}", code=error.public_code, problems=problems) from error
    try:
        next(ticks_after(spec, datetime.now(UTC)), None)
    except CronSimError as error:
        raise Invalid(
            f"cron {spec.cron!r} names no day that ever comes: {error}",
            hint='for example "0 2 * * *": every day at 02:00',
            code="config.wrong_value",
        ) from error
    return spec, known[spec.pipeline], [known[other] for other in spec.after]


def _named_pipelines(document: dict[str, Any]) -> list[str]:
    after = document.get("after")
    named = [document.get("pipeline"), *(after if isinstance(after, list) else [after])]
    return [name for name in named if isinstance(name, str)]


def _problem(problem: dict[str, Any], name: str, pipelines: list[str]) -> dict[str, Any]:
    path = str(problem["path"]).removeprefix(f"schedules.{name}").lstrip(".")
    hint = problem["hint"]
    if problem["code"] == "config.unknown_pipeline":
        said = str(problem["message"]).split("'")
        hint = nearest_hint(said[1], sorted(pipelines)) if len(said) > 1 else hint
    return {**problem, "path": path, "hint": hint}


async def create(session: AsyncSession, given: ScheduleIn) -> tuple[Schedule, str]:
    """Raises Invalid, and Conflict when the name is taken."""
    spec, pipeline_id, after = await judged(session, given.name, given.document)
    schedule = Schedule(name=given.name, pipeline_id=pipeline_id, document=given.document, enabled=spec.enabled)
    await _save(session, schedule, spec, after)
    return schedule, spec.pipeline


async def change(
    session: AsyncSession, ref: str, given: ScheduleIn, if_match: frozenset[str] | None
) -> tuple[Schedule, str]:
    """Raises NotFound, Invalid, Conflict, PreconditionFailed. Its ticks begin anew, from now."""
    schedule, _ = await found(session, ref, lock=True)
    etags.check(if_match, schedule.revision)
    spec, pipeline_id, after = await judged(session, given.name, given.document)
    if (schedule.name, schedule.document) != (given.name, given.document):
        schedule.name, schedule.document, schedule.pipeline_id = given.name, given.document, pipeline_id
        schedule.enabled = spec.enabled
        schedule.revision += 1
        await _save(session, schedule, spec, after)
    return schedule, spec.pipeline


async def set_enabled(session: AsyncSession, ref: str, *, enabled: bool) -> tuple[Schedule, str]:
    """Pausing forgets the ticks to come; resuming makes up for none of those between."""
    schedule, pipeline = await found(session, ref, lock=True)
    if schedule.enabled != enabled:
        schedule.document = {**schedule.document, "enabled": enabled}
        schedule.enabled = enabled
        schedule.revision += 1
        spec = spec_of(schedule.document)
        await _save(session, schedule, spec, await repository.after_of(session, schedule.id))
    return schedule, pipeline


async def remove(session: AsyncSession, ref: str, if_match: frozenset[str] | None) -> None:
    schedule, _ = await found(session, ref, lock=True)
    etags.check(if_match, schedule.revision)
    await repository.remove(session, schedule)


async def _save(session: AsyncSession, schedule: Schedule, spec: ScheduleSpec, after: Sequence[UUID]) -> None:
    now = await repository.now(session)
    try:
        async with session.begin_nested():
            await repository.save(session, schedule, after)
    except IntegrityError as error:
        raise Conflict(
            f"there is a schedule named {schedule.name!r} already",
            hint="take another name",
            code="schedules.name_taken",
        ) from error
    for tick in await repository.waiting_ticks(session, schedule.id):
        await repository.change_tick(
            session, schedule.id, tick.due_at, state="skipped", reason="the schedule was changed while it waited"
        )
    begin(schedule, spec, now)
    await session.flush()
    await session.refresh(schedule)
    await notify(session, CHANGED, str(schedule.id))


def begin(schedule: Schedule, spec: ScheduleSpec, now: datetime) -> None:
    """Set the next tick, counting from now."""
    follows_only = spec.cron is None and spec.every is None
    schedule.seen_until = now if schedule.enabled and follows_only else None
    set_next(schedule, spec, next(ticks_after(spec, now), None) if schedule.enabled else None)


def set_next(schedule: Schedule, spec: ScheduleSpec, due: datetime | None) -> None:
    schedule.next_due_at = due
    schedule.next_at = None if due is None else fires_at(spec, str(schedule.id), due)


def out(row: tuple[Schedule, str]) -> ScheduleOut:
    schedule, pipeline = row
    said = described(schedule.document)
    return ScheduleOut(
        id=schedule.id,
        name=schedule.name,
        pipeline=Named(id=schedule.pipeline_id, name=pipeline),
        document=schedule.document,
        explanation=said.explanation,
        timezone=said.timezone,
        enabled=schedule.enabled,
        next_at=schedule.next_at if schedule.enabled else None,
        revision=schedule.revision,
        created_at=schedule.created_at,
        updated_at=schedule.updated_at,
    )


async def preview(session: AsyncSession, document: dict[str, Any]) -> SchedulePreview:
    """Raises Invalid."""
    spec, _, _ = await judged(session, "preview", document)
    now = await repository.now(session)
    return SchedulePreview(explanation=explanation(spec), next=list(islice(ticks_after(spec, now), SHOWN_NEXT)))


async def ticks(
    session: AsyncSession,
    schedule: Schedule,
    since: datetime | None,
    until: datetime | None,
    after: str | None,
    limit: int,
) -> Page[TickOut]:
    """Decided ones and those to come, in order."""
    now = await repository.now(session)
    first, last = since or now - DEFAULT_RANGE, until or now + DEFAULT_RANGE
    seen = None if after is None else _moment(Cursor.decode(after, str)[0])
    rows = await repository.ticks(session, schedule.id, since=first, until=last, after=seen, limit=limit + 1)
    found = [
        TickOut(
            due_at=row.due_at,
            state=row.state,  # pyright: ignore[reportArgumentType]  the table knows no other
            reason=row.reason,
            run_id=row.run_id,
            late_s=row.late_s,
        )
        for row in rows
    ]
    if len(found) <= limit and schedule.next_due_at is not None:
        found += _to_come(schedule, max(first, schedule.next_due_at), last, seen, limit + 1 - len(found))
    following = Cursor.encode(found[limit - 1].due_at.isoformat()) if len(found) > limit else None
    return Page(items=found[:limit], next=following)


def _to_come(schedule: Schedule, first: datetime, last: datetime, seen: datetime | None, most: int) -> list[TickOut]:
    spec = spec_of(schedule.document)
    begin_at = first - timedelta(microseconds=1)
    dues = ticks_after(spec, begin_at if seen is None else max(begin_at, seen))
    return [
        TickOut(due_at=due, state="next", reason=None, run_id=None, late_s=None)
        for due in islice(dues, most)
        if due <= last
    ]


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise Invalid("'after' is no cursor of this list", code="request.bad_cursor") from error


async def backfill(session: AsyncSession, schedule: Schedule, asked: BackfillIn, by: str) -> BackfillOut:
    """A run for each tick of the range. Raises Invalid."""
    spec = spec_of(schedule.document)
    if spec.cron is None and spec.every is None:
        raise Invalid("the schedule has no ticks of its own: it follows other pipelines", code="schedules.no_ticks")
    if asked.to < asked.from_:
        raise Invalid("'to' lies before 'from'", code="schedules.bad_range")
    wanted = ticks_after(spec, asked.from_ - timedelta(microseconds=1))
    dues = [due for due in islice(wanted, MOST_BACKFILLED + 1) if due <= asked.to]
    if len(dues) > MOST_BACKFILLED:
        raise Invalid(
            f"the range holds more than {MOST_BACKFILLED} ticks",
            hint="ask for a shorter one",
            code="schedules.bad_range",
        )
    if asked.dry_run:
        return BackfillOut(ticks=dues, runs=[])
    pipeline = await repository.pipeline(session, schedule.pipeline_id)
    made: list[UUID] = []
    for due in dues:
        wish = Asked("backfill", by, priority=BACKFILL_PRIORITY, schedule_id=schedule.id, due_at=due)
        made.append((await runs.ask(session, pipeline, wish)).id)
    return BackfillOut(ticks=dues, runs=made)
