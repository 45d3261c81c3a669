"""SQL and shapes of a run's log: pages from the tail, the first error, all of it as text, and the timeline."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.db.search import contains
from headwater_server.runs.models import RunEvent
from headwater_server.runs.schemas import LogLine, LogPage, Span

LEVELS = ("debug", "info", "warning", "error")
TEXT_PAGE = 2_000


_LINE = tuple(getattr(RunEvent, name) for name in LogLine.model_fields)


def _lines_of(run_id: UUID) -> Select[*tuple[Any, ...]]:
    return select(*_LINE).where(RunEvent.run_id == run_id)


def _wanted(run_id: UUID, level: str | None, q: str | None) -> Select[*tuple[Any, ...]]:
    wanted = _lines_of(run_id)
    if level is not None:
        wanted = wanted.where(RunEvent.level.in_(LEVELS[LEVELS.index(level) :]))
    if q:
        wanted = wanted.where(contains(q, RunEvent.message, RunEvent.stream, RunEvent.event))
    return wanted


async def page(
    session: AsyncSession,
    run_id: UUID,
    *,
    level: str | None,
    q: str | None,
    before: int | None,
    after: int | None,
    limit: int,
) -> LogPage:
    """The last lines; those `before` an id, or `after` one."""
    wanted = _wanted(run_id, level, q)
    if after is not None:
        found = await _lines(session, wanted.where(RunEvent.id > after).order_by(RunEvent.id).limit(limit + 1))
        return LogPage(items=found[:limit], more_before=True, more_after=len(found) > limit)
    if before is not None:
        wanted = wanted.where(RunEvent.id < before)
    found = await _lines(session, wanted.order_by(RunEvent.id.desc()).limit(limit + 1))
    return LogPage(items=found[:limit][::-1], more_before=len(found) > limit, more_after=before is not None)


async def _lines(session: AsyncSession, wanted: Select[*tuple[Any, ...]]) -> list[LogLine]:
    return [LogLine(**row) for row in (await session.execute(wanted)).mappings()]


async def first_error(session: AsyncSession, run_id: UUID) -> int | None:
    wanted = select(RunEvent.id).where(RunEvent.run_id == run_id, RunEvent.level == "error")
    return (await session.execute(wanted.order_by(RunEvent.id).limit(1))).scalar_one_or_none()


async def since(session: AsyncSession, run_id: UUID, after: int, limit: int) -> list[LogLine]:
    wanted = _lines_of(run_id).where(RunEvent.id > after)
    return await _lines(session, wanted.order_by(RunEvent.id).limit(limit))


async def as_text(session: AsyncSession, run_id: UUID) -> AsyncIterator[str]:
    """All lines, oldest first."""
    after = 0
    while lines := await since(session, run_id, after, TEXT_PAGE):
        after = lines[-1].id
        yield "".join(_text(item) for item in lines)


def _text(item: LogLine) -> str:
    at = item.at.isoformat(timespec="milliseconds")
    stream = f" [{item.stream}]" if item.stream else ""
    return f"{at} {item.level:<7}{stream} {item.message}\n"


async def timeline(session: AsyncSession, run_id: UUID) -> list[Span]:
    """When each stream was read and loaded, by attempt, made of the engine's events."""
    names = ("StreamStarted", "Retrying", "LoadFinished", "RunFinished")
    wanted = select(RunEvent).where(RunEvent.run_id == run_id, RunEvent.event.in_(names), RunEvent.kind == "event")
    events = (await session.execute(wanted.order_by(RunEvent.id))).scalars().all()
    spans: list[Span] = []
    reading: dict[tuple[int, str], Span] = {}
    for event in events:
        key = (event.attempt, event.stream or "")
        if event.event == "StreamStarted":
            reading[key] = _span(event, "read", event.at, None, "running", None)
            spans.append(reading[key])
        elif event.event == "Retrying" and key in reading:
            _close(reading.pop(key), event.at, "failed")
        elif event.event == "LoadFinished":
            began = reading[key].started_at if key in reading else event.at
            facts: dict[str, Any] = event.facts or {}
            status = str(facts.get("status"))
            spans.append(
                _span(event, "load", began, event.at, status, f"{facts.get('destination')}.{facts.get('table')}")
            )
            if key in reading and reading[key].finished_at is None:
                _close(reading[key], event.at, status)
    return _ended_with_their_attempt(spans, events)


def _span(
    event: RunEvent, step: Any, started_at: datetime, finished_at: datetime | None, status: str, destination: str | None
) -> Span:
    return Span(
        stream=event.stream or "",
        step=step,
        destination=destination,
        attempt=event.attempt,
        started_at=started_at,
        finished_at=finished_at,
        status=status,
    )


def _close(span: Span, at: datetime, status: str) -> None:
    span.finished_at, span.status = at, status


def _ended_with_their_attempt(spans: list[Span], events: Sequence[RunEvent]) -> list[Span]:
    """What an engine that died was reading ended when the next attempt began."""
    began = {event.attempt: event.at for event in reversed(events)}
    for span in spans:
        later = [at for attempt, at in began.items() if attempt > span.attempt]
        if span.finished_at is None and later:
            _close(span, min(later), "failed")
    return sorted(spans, key=lambda span: span.started_at)
