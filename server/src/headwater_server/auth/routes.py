"""Sign-in, users, tokens."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated
from uuid import UUID

from fastapi import Cookie, Depends, Request, Response

from headwater_server.auth import repository, service
from headwater_server.auth.needs import COOKIE, Actor, needs, signed_in
from headwater_server.auth.origin import require_same_origin
from headwater_server.auth.schemas import (
    LinkIn,
    NewTokenOut,
    PasswordIn,
    SessionOut,
    SignInIn,
    SignInLinkOut,
    TokenIn,
    TokenOut,
    UserChange,
    UserIn,
    UserOut,
)
from headwater_server.db.idempotency import Router
from headwater_server.db.session import Session, UsedDatabase
from headwater_server.kit import etags
from headwater_server.kit.etags import IfMatch
from headwater_server.kit.pages import Cursor, Page, PageQuery, page_of
from headwater_server.settings import Settings

router = Router("", tag="users")
Who = Annotated[Actor, Depends(signed_in)]
SessionCookie = Annotated[str | None, Cookie(alias=COOKIE, include_in_schema=False)]


@router.get("/session")
async def get_session(session: Session, actor: Who) -> SessionOut:
    """Who is signed in."""
    user = await service.user(session, actor.user_id)
    return SessionOut(user=service.user_out(user), via=actor.kind, version=version("headwater-server"))


@router.post("/session/link", status_code=201)
async def sign_in_by_link(database: UsedDatabase, request: Request, response: Response, body: LinkIn) -> SessionOut:
    """Use a one-time link: sets the session cookie."""
    require_same_origin(request)
    settings: Settings = request.app.state.settings
    token = body.token.get_secret_value()
    user, cookie = await service.sign_in_by_link(database, token, _peer(request), settings.session_days)
    return _signed_in(response, settings, user, cookie)


@router.post("/session", status_code=201)
async def sign_in(database: UsedDatabase, request: Request, response: Response, body: SignInIn) -> SessionOut:
    """Sign in with address and password: sets the session cookie."""
    require_same_origin(request)
    settings: Settings = request.app.state.settings
    password, days = body.password.get_secret_value(), settings.session_days
    user, cookie = await service.sign_in_by_password(database, body.email, password, _peer(request), days)
    return _signed_in(response, settings, user, cookie)


def _peer(request: Request) -> str:
    return request.client.host if request.client is not None else ""


def _signed_in(response: Response, settings: Settings, user: UserOut, cookie: str) -> SessionOut:
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=settings.session_days * 86_400,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.secure_cookies,
    )
    response.headers["Location"] = "/api/session"
    return SessionOut(user=user, via="session", version=version("headwater-server"))


@router.delete("/session", status_code=204)
async def sign_out(session: Session, request: Request, response: Response, cookie: SessionCookie = None) -> None:
    """End the session of the cookie."""
    require_same_origin(request)
    await service.sign_out(session, cookie)
    response.delete_cookie(COOKIE, path="/")


@router.put("/users/me/password", status_code=204)
async def set_password(session: Session, actor: Who, body: PasswordIn, cookie: SessionCookie = None) -> None:
    """Set your password; every other session of yours ends."""
    await service.set_password(session, actor, body, cookie)


@router.get("/users")
async def list_users(
    session: Session, actor: Annotated[Actor, Depends(needs("users:read"))], page: PageQuery
) -> Page[UserOut]:
    """All users, by address."""
    after = None if page.after is None else Cursor.decode(page.after, str)[0]
    rows = await repository.users(session, page.limit + 1, after)
    return page_of(rows, page.limit, service.user_out, lambda user: Cursor.encode(user.email.lower()))


@router.post("/users", status_code=201)
async def create_user(
    session: Session, actor: Annotated[Actor, Depends(needs("users:write"))], body: UserIn, response: Response
) -> UserOut:
    """A new user, who signs in first with a link."""
    user = await service.add_user(session, body)
    response.headers["Location"] = f"/api/users/{user.id}"
    response.headers["ETag"] = etags.etag(user.revision)
    return service.user_out(user)


@router.get("/users/{user_id}")
async def get_user(
    session: Session, actor: Annotated[Actor, Depends(needs("users:read"))], user_id: UUID, response: Response
) -> UserOut:
    """One user."""
    user = await service.user(session, user_id)
    response.headers["ETag"] = etags.etag(user.revision)
    return service.user_out(user)


@router.put("/users/{user_id}")
async def update_user(
    session: Session,
    actor: Annotated[Actor, Depends(needs("users:write"))],
    user_id: UUID,
    body: UserChange,
    if_match: IfMatch,
    response: Response,
) -> UserOut:
    """Change name, role, or whether the user may sign in."""
    etags.check(if_match, (await service.user(session, user_id)).revision)
    user = await service.change_user(session, user_id, body)
    response.headers["ETag"] = etags.etag(user.revision)
    return service.user_out(user)


@router.delete("/users/{user_id}", status_code=204)
async def delete_user(session: Session, actor: Annotated[Actor, Depends(needs("users:write"))], user_id: UUID) -> None:
    """Remove a user with all their sessions and tokens."""
    await service.remove_user(session, user_id)


@router.post("/users/{user_id}/link", status_code=201)
async def create_sign_in_link(
    session: Session, actor: Annotated[Actor, Depends(needs("users:write"))], user_id: UUID, request: Request
) -> SignInLinkOut:
    """An address that signs the user in once, for the next 24 hours."""
    settings: Settings = request.app.state.settings
    url, until = await service.make_link(session, user_id, settings.address)
    return SignInLinkOut(url=url, expires_at=until)


@router.get("/tokens")
async def list_tokens(
    session: Session, actor: Annotated[Actor, Depends(needs("tokens:read"))], page: PageQuery
) -> Page[TokenOut]:
    """Your API tokens."""
    after = None if page.after is None else _uuid(page.after)
    rows = await repository.tokens(session, actor.user_id, page.limit + 1, after)
    return page_of(rows, page.limit, service.token_out, lambda token: Cursor.encode(str(token.id)))


def _uuid(after: str) -> UUID:
    try:
        return UUID(Cursor.decode(after, str)[0])
    except ValueError:
        return UUID(int=0)


@router.post("/tokens", status_code=201)
async def create_token(
    session: Session, actor: Annotated[Actor, Depends(needs("tokens:write"))], body: TokenIn, response: Response
) -> NewTokenOut:
    """A new API token of yours; its text is in this answer only."""
    token = await service.make_token(session, await service.user(session, actor.user_id), body, actor.role)
    response.headers["Location"] = f"/api/tokens/{token.id}"
    return token


@router.delete("/tokens/{token_id}", status_code=204)
async def delete_token(
    session: Session, actor: Annotated[Actor, Depends(needs("tokens:write"))], token_id: UUID
) -> None:
    """Revoke a token of yours."""
    await service.remove_token(session, actor.user_id, token_id)
