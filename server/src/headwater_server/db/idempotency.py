"""Idempotency-Key on POST: the answer is kept in the transaction of the request itself, and given again to whoever
sends the same key with the same request.

Promises: a request that failed is not kept, and may be tried again; two that come at the same time are done once; a
key belongs to one user; keys are kept for a day.
Source: IETF draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import LargeBinary, Text, delete, func, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from headwater_server.db.base import Base, Created
from headwater_server.kit.problems import Conflict, Invalid

HEADER = "Idempotency-Key"
MAX_KEY_CHARS = 200
KEPT = timedelta(days=1)
ABANDONED = timedelta(minutes=10)
_ANSWER_HEADERS = ("content-type", "location", "etag")


class IdempotencyKey(Base):
    """One key of one user, with the answer once there is one."""

    __tablename__ = "idempotency_keys"

    owner: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[Created] = mapped_column(index=True)


class Replayed(Exception):
    """The request was answered before; `response` is that answer."""

    def __init__(self, response: Response) -> None:
        super().__init__("answered before")
        self.response = response


async def begin(request: Request, session: AsyncSession, owner: str) -> None:
    """Take the key of a POST for this user. Raises Replayed, Conflict or Invalid."""
    key = request.headers.get(HEADER)
    if request.method != "POST" or key is None:
        return
    if not 1 <= len(key) <= MAX_KEY_CHARS:
        raise Invalid(f"{HEADER} has 1 to {MAX_KEY_CHARS} characters", code="request.bad_idempotency_key")
    wanted = await _hash(request)
    stale = (IdempotencyKey.status.is_(None)) & (IdempotencyKey.created_at < func.now() - ABANDONED)
    mine = (IdempotencyKey.owner == owner) & (IdempotencyKey.key == key)
    await session.execute(delete(IdempotencyKey).where(mine, stale))
    taken = await session.execute(
        insert(IdempotencyKey)
        .values(owner=owner, key=key, request_hash=wanted)
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.key)
    )
    if taken.first() is not None:
        request.state.idempotency = (owner, key)
        return
    earlier = (await session.execute(select(IdempotencyKey).where(mine))).scalar_one()
    if earlier.request_hash != wanted:
        raise Invalid(
            f"this {HEADER} was used for another request",
            hint="take a new key for a new request",
            code="request.idempotency_key_reused",
        )
    if earlier.status is None:
        raise Conflict(
            f"a request with this {HEADER} is being worked on",
            hint="ask again in a moment",
            code="request.in_progress",
        )
    raise Replayed(_response(earlier))


def _response(earlier: IdempotencyKey) -> Response:
    headers = {**(earlier.headers or {}), "Idempotency-Replayed": "true"}
    return Response(earlier.body, earlier.status or 200, headers)


async def _hash(request: Request) -> bytes:
    digest = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    digest.update(await request.body())
    return digest.digest()


async def _keep(request: Request, response: Response) -> None:
    taken: tuple[str, str] | None = getattr(request.state, "idempotency", None)
    if taken is None:
        return
    session: AsyncSession = request.state.session
    headers = {name: response.headers[name] for name in _ANSWER_HEADERS if name in response.headers}
    owner, key = taken
    await session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.owner == owner, IdempotencyKey.key == key)
        .values(status=response.status_code, headers=headers, body=bytes(response.body))
    )


async def forget_old(session: AsyncSession) -> None:
    """Delete what is older than a day."""
    await session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < func.now() - KEPT))


class _Route(APIRoute):
    """Keeps the answer before the request's transaction is committed."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        original = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                response = await original(request)
            except Replayed as earlier:
                return earlier.response
            await _keep(request, response)
            return response

        return handle


class Router(APIRouter):
    """The router of a noun: its POSTs understand Idempotency-Key."""

    def __init__(self, prefix: str, *, tag: str) -> None:
        super().__init__(prefix=prefix, tags=[tag], route_class=_Route)
