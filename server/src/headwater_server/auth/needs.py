"""The one place where a route says what it needs: `actor: Annotated[Actor, Depends(needs("runs:cancel"))]`.

Promises: without a good cookie or token nothing is done (401); with one that may not do this, neither (403); a need
that does not exist stops the server at import.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from fastapi import Request

from headwater_server.auth import repository
from headwater_server.auth.origin import require_same_origin
from headwater_server.auth.permissions import Role, allows, role_for
from headwater_server.auth.tokens import token_hash
from headwater_server.db import idempotency
from headwater_server.db.session import Session
from headwater_server.kit.problems import Forbidden, Unauthorized

COOKIE = "headwater_session"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks."""

    user_id: UUID
    name: str
    email: str
    role: Role
    kind: Literal["session", "token"]

    def may(self, need: str) -> bool:
        return allows(self.role, role_for(need))


def needs(need: str) -> Callable[[Request, Session], Awaitable[Actor]]:
    """A dependency that answers the Actor. Raises Unauthorized, Forbidden; ValueError at import for a slip."""
    role = role_for(need)

    async def check(request: Request, session: Session) -> Actor:
        actor = await signed_in(request, session)
        if not allows(actor.role, role):
            raise Forbidden(
                f"this needs the role {role}, and {actor.name} has the role {actor.role}",
                hint="ask an administrator",
            )
        await idempotency.begin(request, session, str(actor.user_id))
        return actor

    return check


async def signed_in(request: Request, session: Session) -> Actor:
    """Whoever the cookie or the token belongs to. Raises Unauthorized."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return await _by_token(session, token.strip())
    cookie = request.cookies.get(COOKIE)
    if cookie is None:
        raise Unauthorized(
            "nobody is signed in",
            hint="sign in at the web page, or send an API token: Authorization: Bearer …",
        )
    actor = await _by_cookie(session, cookie)
    require_same_origin(request)
    return actor


async def _by_token(session: Session, token: str) -> Actor:
    user = await repository.user_of_token(session, token_hash(token))
    if user is None:
        raise Unauthorized(
            "this API token is unknown, revoked or expired",
            hint="make a new one: headwater tokens create, or the page Settings",
            code="auth.bad_token",
        )
    return Actor(user.id, user.name, user.email, user.role, "token")


async def _by_cookie(session: Session, cookie: str) -> Actor:
    user = await repository.user_of_sign_in(session, token_hash(cookie))
    if user is None:
        raise Unauthorized("this sign-in has ended", hint="sign in again", code="auth.session_ended")
    return Actor(user.id, user.name, user.email, user.role, "session")
