"""SQL of what runs tell: lines, progress, changes of status; each is announced to whoever listens, at the commit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.db.listen import notify
from headwater_server.runs.models import RunEvent

RUN, PROGRESS, LOG, STOP, WORK, TICK = "run", "progress", "log", "stop", "work", "tick"

_STATUS = text("""
    insert into run_events (run_id, attempt, kind, level, event, message, facts)
    values (:run, :attempt, 'status', :level, :status, :message, :facts) returning id
""").bindparams(bindparam("facts", type_=JSONB(none_as_null=True)))


async def tell_status(
    session: AsyncSession, run_id: UUID, attempt: int, status: str, error: Mapping[str, Any] | None
) -> None:
    level = "error" if status == "failed" else "warning" if error else "info"
    message = f"the run is {status}" if error is None else f"the run is {status}: {error['message']}"
    facts = None if error is None else {"error": dict(error)}
    values = {"run": run_id, "attempt": attempt, "level": level, "status": status, "message": message, "facts": facts}
    event_id = (await session.execute(_STATUS, values)).scalar_one()
    await notify(session, RUN, json.dumps({"run": str(run_id), "id": event_id, "status": status}))
    if status in ("queued", "retrying", "succeeded", "failed", "cancelled"):
        await notify(session, WORK, "run")
    if status == "cancelling":
        await notify(session, STOP, str(run_id))


async def tell_lines(session: AsyncSession, run_id: UUID, attempt: int, lines: Sequence[Mapping[str, Any]]) -> None:
    """`lines` have at, kind, level, stream, event, message, facts."""
    if not lines:
        return
    rows = [{**line, "run_id": run_id, "attempt": attempt} for line in lines]
    await session.execute(insert(RunEvent), rows)
    await notify(session, LOG, str(run_id))


_PROGRESS = text("""
    insert into run_progress
        (run_id, stream, attempt, read, filtered, rejected, deduplicated, passed, row_estimate, rows_per_s, at)
    select :run, :stream, :attempt, :read, :filtered, :rejected, :deduplicated, :passed, :row_estimate, :rows_per_s,
        now()
    where exists (select from runs where id = :run and attempt = :attempt)
    on conflict (run_id, stream) do update set
        attempt = excluded.attempt, read = excluded.read, filtered = excluded.filtered,
        rejected = excluded.rejected, deduplicated = excluded.deduplicated, passed = excluded.passed,
        row_estimate = excluded.row_estimate, rows_per_s = excluded.rows_per_s, at = excluded.at
""")


async def tell_progress(
    session: AsyncSession, run_id: UUID, attempt: int, streams: Sequence[Mapping[str, Any]]
) -> None:
    if not streams:
        return
    await session.execute(_PROGRESS, [{**stream, "run": run_id, "attempt": attempt} for stream in streams])
    await notify(session, PROGRESS, str(run_id))


async def engine_began(session: AsyncSession, run_id: UUID, attempt: int) -> None:
    began = text("update run_attempts set engine_at = clock_timestamp() where run_id = :run and attempt = :attempt")
    await session.execute(began, {"run": run_id, "attempt": attempt})


async def tell_tick(session: AsyncSession, facts: Mapping[str, Any]) -> None:
    """`facts` are JSON: schedule, pipeline, due_at, state, run_id."""
    tick = insert(RunEvent).values(kind="tick", level="info", event=facts["state"], message="", facts=dict(facts))
    event_id = (await session.execute(tick.returning(RunEvent.id))).scalar_one()
    await notify(session, TICK, json.dumps({**facts, "id": event_id}))
