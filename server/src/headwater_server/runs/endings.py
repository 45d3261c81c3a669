"""SQL of how attempts end. Every write names the attempt it speaks for, and does nothing when that is not the newest:
a worker that was thought dead and comes back changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.runs.told import tell_status

ROWS = ("read", "filtered", "rejected", "deduplicated", "written")


@dataclass(frozen=True, slots=True)
class Ending:
    """`status` is that of the attempt; `retry_s` not None: the run waits for so long and is tried again. `progressed`:
    rows got through, so the counts of tries and lost workers begin anew. `worker_lost`: the attempt counts as one of
    these and not as a try. `unsettled`: nobody knows what was committed.
    """

    status: str
    unsettled: bool
    retry_s: float | None = None
    progressed: bool = False
    worker_lost: bool = False
    error: dict[str, Any] | None = None
    report: dict[str, Any] | None = None
    usage: Mapping[str, float] = field(default_factory=dict[str, float])


_END = text("""
    update runs set
        status = case
            when status = 'cancelling' then case when :status = 'succeeded' then 'succeeded' else 'cancelled' end
            when cast(:retry_s as float) is null then :status
            else 'retrying' end,
        not_before = now() + make_interval(secs => coalesce(cast(:retry_s as float), 0)),
        finished_at = case when cast(:retry_s as float) is null or status = 'cancelling' then now() end,
        tries = case when :progressed then 0 else tries - cast(:refund as int) end,
        worker_losses = case when :progressed then 0 else worker_losses + cast(:lost as int) end,
        unsettled = :unsettled, worker_id = null, error = :error, report = coalesce(:report, report),
        rows_read = :read, rows_filtered = :filtered, rows_rejected = :rejected,
        rows_deduplicated = :deduplicated, rows_written = :written, size_bytes = :size_bytes
    where id = :id and attempt = :attempt and status in ('running', 'cancelling')
    returning status
""").bindparams(bindparam("error", type_=JSONB(none_as_null=True)), bindparam("report", type_=JSONB(none_as_null=True)))

_END_ATTEMPT = text("""
    update run_attempts set
        status = :status, finished_at = now(), error = :error, cpu_s = :cpu_s, peak_memory_bytes = :memory
    where run_id = :id and attempt = :attempt and finished_at is null
""").bindparams(bindparam("error", type_=JSONB(none_as_null=True)))


async def end(session: AsyncSession, run_id: UUID, attempt: int, ending: Ending, *, refund: bool = False) -> str | None:
    """The run's status now; None when this attempt is no longer the newest, and has no say. `refund`: the attempt does
    not count as a try.
    """
    values = {
        "id": run_id,
        "attempt": attempt,
        "status": ending.status,
        "retry_s": ending.retry_s,
        "progressed": ending.progressed,
        "refund": int(refund or ending.worker_lost),
        "lost": int(ending.worker_lost),
        "unsettled": ending.unsettled,
        "error": ending.error,
        "report": ending.report,
        **rows_of(ending.report),
        "size_bytes": size_of(ending.report),
    }
    status = (await session.execute(_END, values)).scalar_one_or_none()
    if status is None:
        return None
    memory = ending.usage.get("peak_memory_bytes")
    attempt_values = {
        "id": run_id,
        "attempt": attempt,
        "status": "cancelled" if status == "cancelled" else ending.status,
        "error": ending.error,
        "cpu_s": ending.usage.get("cpu_s"),
        "memory": None if not memory else int(memory),
    }
    await session.execute(_END_ATTEMPT, attempt_values)
    await tell_status(session, run_id, attempt, status, ending.error)
    return status


def rows_of(report: Mapping[str, Any] | None) -> dict[str, int]:
    """Sums over the loads of a report."""
    loads = (report or {}).get("loads") or []
    return {name: sum(int(load["rows"].get(name) or 0) for load in loads) for name in ROWS}


def size_of(report: Mapping[str, Any] | None) -> int | None:
    """Bytes that went to destinations; None when no load counted them."""
    loads = (report or {}).get("loads") or []
    counted = [int(load["size_bytes"]) for load in loads if load.get("size_bytes") is not None]
    return sum(counted) if counted else None


_CANCEL_WAITING = text("""
    update runs set status = 'cancelled', finished_at = now(), cancelled_by = :by
    where id = :id and status in ('queued', 'retrying')
    returning attempt
""")
_CANCEL_RUNNING = text("""
    update runs set status = 'cancelling', cancelled_by = :by where id = :id and status = 'running' returning attempt
""")


async def cancel(session: AsyncSession, run_id: UUID, by: str) -> str | None:
    """`cancelled` at once when it waits, `cancelling` when it runs, None when there was nothing to cancel."""
    for statement, status in ((_CANCEL_WAITING, "cancelled"), (_CANCEL_RUNNING, "cancelling")):
        attempt = (await session.execute(statement, {"id": run_id, "by": by})).scalar_one_or_none()
        if attempt is not None:
            await tell_status(session, run_id, attempt, status, None)
            return status
    return None
