"""One call: a question of the API, carried to an engine and its answer back."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from headwater.sdk.errors import HeadwaterError
from headwater_server.calls import repository
from headwater_server.calls.service import ANSWER
from headwater_server.db.listen import notify
from headwater_server.db.session import Database
from headwater_server.worker.patience import surely
from headwater_server.worker.process import Outcome
from headwater_server.worker.rejected_files import fetched
from headwater_server.worker.requests import Deaf, Engines
from headwater_server.worker.spares import Spares

log = logging.getLogger(__name__)


async def answer_call(
    call_id: UUID,
    kind: str,
    given: Mapping[str, Any],
    timeout_s: float,
    *,
    database: Database,
    engines: Engines,
    spares: Spares,
) -> None:
    """Always leaves an answer, if only an error."""
    response, error = await _asked(kind, given, timeout_s, database, engines, spares)

    async def write(session: AsyncSession) -> None:
        await repository.finish(session, call_id, response=response, error=error)
        await notify(session, ANSWER, str(call_id))

    await surely(database, write, what="answer")


async def _asked(
    kind: str, given: Mapping[str, Any], timeout_s: float, database: Database, engines: Engines, spares: Spares
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    try:
        async with fetched(database, engines.settings, given) as with_file:
            request = engines.request(kind, with_file)
            engine, heard = await spares.take(), Deaf()
            outcome = await engine.carry_out(request, heard, timeout_s=timeout_s)
    except HeadwaterError as error:
        return None, {**error.as_dict(), "kind": "config"}
    except Exception as error:
        log.exception("a call failed in the worker", extra={"event": "worker.bug", "kind": kind})
        return None, {"code": "internal.bug", "message": f"the worker failed: {type(error).__name__}", "hint": None}
    return _said(outcome, timeout_s)


def _said(outcome: Outcome, timeout_s: float) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    match outcome.answer:
        case {"result": dict(result)}:
            return result, None
        case {"error": dict(error)}:
            return None, error
        case _:
            pass
    if outcome.timed_out:
        message, code = f"no answer within {timeout_s:.0f} s", "calls.timeout"
        return None, {"code": code, "message": message, "hint": "the system is slow: try again", "kind": "transient"}
    if outcome.memory:
        message, code = "the answer would take more memory than it may", "run.memory_limit"
        return None, {"code": code, "message": message, "hint": "ask for fewer rows", "kind": "config"}
    return None, {"code": "run.engine_died", "message": outcome.died, "hint": "try again", "kind": "transient"}
