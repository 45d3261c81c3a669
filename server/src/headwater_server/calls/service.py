"""Ask a worker: the API itself never connects to a user's system.

Promises: the request is durable before anyone waits; without a live worker the answer is an error at once; what the
engine says is wrong arrives as the same error, with its code, message and hint.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from headwater.sdk.errors import Cancelled, ConfigError, DataError, HeadwaterError, InternalError, TransientError
from headwater_server.calls import repository
from headwater_server.db.listen import Subscription, notify
from headwater_server.db.session import Database
from headwater_server.kit.problems import Unavailable

ANSWER, WORK = "answer", "work"
LEASE_S = 15.0
# How often to look when the connection that would tell is not there, and when it is.
LOOK_BLIND_S, LOOK_S = 0.2, 5.0

_BY_KIND: dict[str, type[HeadwaterError]] = {
    "config": ConfigError,
    "data": DataError,
    "transient": TransientError,
    "cancelled": Cancelled,
}


async def call(database: Database, kind: str, request: Mapping[str, Any], timeout_s: float) -> dict[str, Any]:
    """The worker's answer. Raises Unavailable without a worker, TransientError when it takes too long, and whatever
    the engine raised.
    """
    async with database.listener.subscribe(ANSWER) as answers:
        async with database.begin() as session:
            if not await repository.live_workers(session, LEASE_S):
                raise Unavailable(
                    "no worker is running, and this question goes to the systems themselves",
                    hint="start one: headwater worker",
                    code="calls.no_worker",
                )
            call_id = await repository.add(session, kind, request, timeout_s)
            await notify(session, WORK, "call")
        try:
            return await _answer(database, answers, call_id, timeout_s)
        finally:
            async with database.begin() as session:
                await repository.remove(session, call_id)


async def _answer(database: Database, answers: Subscription, call_id: UUID, timeout_s: float) -> dict[str, Any]:
    until = time.monotonic() + timeout_s
    while (left_s := until - time.monotonic()) > 0:
        pause_s = LOOK_S if database.listener.connected.is_set() else LOOK_BLIND_S
        notice = await answers.next(min(left_s, pause_s))
        if notice is not None and notice.payload not in (None, str(call_id)):
            continue
        async with database.begin() as session:
            answered = await repository.answer_of(session, call_id)
        if answered is not None:
            if answered.error is not None:
                raise error_of(answered.error)
            return answered.response or {}
    raise TransientError(
        f"no answer within {timeout_s:.0f} s",
        hint="the system is slow, or all workers are busy: try again, or start more workers",
        code="calls.timeout",
    )


def error_of(said: Mapping[str, Any]) -> HeadwaterError:
    """The engine's error, as it was raised there."""
    kind = _BY_KIND.get(said.get("kind") or "", InternalError)
    problems = said.get("problems")
    facts = {"problems": problems} if problems else {}
    return kind(said["message"], hint=said.get("hint"), code=said["code"], **facts)
