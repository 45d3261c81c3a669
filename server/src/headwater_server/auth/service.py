"""Users sign in, by link or password; administrators keep users, everyone their own tokens."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.auth import repository
from headwater_server.auth.models import ApiToken, User
from headwater_server.auth.needs import Actor
from headwater_server.auth.passwords import hash_password, is_password
from headwater_server.auth.permissions import Role, lower
from headwater_server.auth.schemas import (
    NewTokenOut,
    PasswordIn,
    TokenIn,
    TokenOut,
    UserChange,
    UserIn,
    UserOut,
)
from headwater_server.auth.tokens import API_PREFIX, new_token, token_hash, token_hint
from headwater_server.db.session import Database
from headwater_server.kit.problems import Conflict, NotFound, TooMany, Unauthorized

LINK_LASTS = timedelta(hours=24)
_WINDOW, _MOST_FAILURES = timedelta(minutes=15), 10
log = logging.getLogger(__name__)


def user_out(user: User) -> UserOut:
    return UserOut(
        id=user.id,
        email=user.email,
        name=user.name,
        role=repository.role_of(user.role),
        enabled=user.enabled,
        has_password=user.password_hash is not None,
        revision=user.revision,
        created_at=user.created_at,
    )


async def sign_in_by_link(database: Database, token: str, peer: str, days: int) -> tuple[UserOut, str]:
    """The user, and the text of the new session cookie. Raises Unauthorized, TooMany."""
    subjects = [_subject("from", peer)]
    await _not_too_often(database, subjects)
    async with database.begin() as session:
        user = await repository.use_link(session, token_hash(token))
        if user is not None:
            return user_out(user), await _begin_session(session, user, days)
    await _note_failure(database, subjects)
    raise Unauthorized(
        "this sign-in link was used before, or is too old",
        hint="a new one: `headwater users link EMAIL` on the server",
        code="auth.bad_link",
    )


async def sign_in_by_password(
    database: Database, email: str, password: str, peer: str, days: int
) -> tuple[UserOut, str]:
    """As by link. An unknown address and a wrong password are told apart by nobody."""
    subjects = [_subject("email", email.lower()), _subject("from", peer)]
    await _not_too_often(database, subjects)
    async with database.begin() as session:
        user = await repository.user_by_email(session, email)
    if await is_password(password, user.password_hash if user is not None and user.enabled else None):
        assert user is not None
        async with database.begin() as session:
            await repository.forget_failures(session, subjects[:1])
            return user_out(user), await _begin_session(session, user, days)
    await _note_failure(database, subjects)
    raise Unauthorized(
        "address or password is wrong",
        hint="a sign-in link instead: `headwater users link EMAIL` on the server",
        code="auth.wrong_password",
    )


async def _begin_session(session: AsyncSession, user: User, days: int) -> str:
    cookie = new_token()
    await repository.add_sign_in(session, user, token_hash(cookie), days)
    log.info("signed in", extra={"event": "auth.signed_in", "user_id": str(user.id)})
    return cookie


async def sign_out(session: AsyncSession, cookie: str | None) -> None:
    if cookie is not None:
        await repository.end_sign_in(session, token_hash(cookie))


def _subject(kind: str, value: str) -> bytes:
    return hashlib.sha256(f"{kind}:{value}".encode("utf-8", "replace")).digest()


async def _not_too_often(database: Database, subjects: Sequence[bytes]) -> None:
    async with database.begin() as session:
        failures = await repository.count_failures(session, subjects, _WINDOW)
    if failures >= _MOST_FAILURES:
        raise TooMany(
            "too many sign-ins have failed",
            retry_after_s=int(_WINDOW.total_seconds()),
            hint="wait a quarter of an hour; a link from `headwater users link EMAIL` does not help before that either",
            code="auth.too_many_failures",
        )


async def _note_failure(database: Database, subjects: Sequence[bytes]) -> None:
    """In a transaction of its own: the request's is rolled back."""
    async with database.begin() as session:
        await repository.add_failures(session, subjects)
    log.warning("a sign-in failed", extra={"event": "auth.sign_in_failed"})


async def set_password(session: AsyncSession, actor: Actor, wanted: PasswordIn, cookie: str | None) -> None:
    """Every other session of the user ends. Raises Unauthorized when the current password is wrong."""
    user = await _user(session, actor.user_id)
    if user.password_hash is not None:
        current = "" if wanted.current is None else wanted.current.get_secret_value()
        if not await is_password(current, user.password_hash):
            raise Unauthorized("the current password is wrong", code="auth.wrong_password")
    user.password_hash = await hash_password(wanted.new.get_secret_value())
    user.revision += 1
    await repository.end_sign_ins_of(session, user.id, but=None if cookie is None else token_hash(cookie))


async def add_user(session: AsyncSession, wanted: UserIn) -> User:
    """Raises Conflict when the address is taken."""
    user = User(email=wanted.email, name=wanted.name, role=wanted.role)
    session.add(user)
    await _flush(session, wanted.email)
    await session.refresh(user)
    return user


async def change_user(session: AsyncSession, user_id: UUID, wanted: UserChange) -> User:
    user = await _user(session, user_id)
    if user.role == "admin" and (wanted.role != "admin" or not wanted.enabled):
        await _keep_an_admin(session, user_id)
    user.email, user.name, user.role, user.enabled = wanted.email, wanted.name, wanted.role, wanted.enabled
    user.revision += 1
    await _flush(session, wanted.email)
    if not wanted.enabled:
        await repository.end_sign_ins_of(session, user_id)
    await session.refresh(user)
    return user


async def remove_user(session: AsyncSession, user_id: UUID) -> None:
    user = await _user(session, user_id)
    if user.role == "admin":
        await _keep_an_admin(session, user_id)
    await repository.delete_user(session, user)


async def user(session: AsyncSession, user_id: UUID) -> User:
    return await _user(session, user_id)


async def _user(session: AsyncSession, user_id: UUID) -> User:
    found = await repository.user_by_id(session, user_id)
    if found is None:
        raise NotFound(f"there is no user {user_id}", code="users.not_found")
    return found


async def _keep_an_admin(session: AsyncSession, user_id: UUID) -> None:
    if await repository.count_other_admins(session, user_id) == 0:
        raise Conflict(
            "this is the last administrator", hint="make someone else administrator first", code="users.last_admin"
        )


async def _flush(session: AsyncSession, email: str) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict(f"there is a user {email} already", code="users.email_taken") from error


async def make_link(session: AsyncSession, user_id: UUID, address: str) -> tuple[str, datetime]:
    """An address that signs the user in once, and until when."""
    await _user(session, user_id)
    token = new_token()
    await repository.add_link(session, user_id, token_hash(token), LINK_LASTS)
    return f"{address}/sign-in?token={token}", datetime.now(UTC) + LINK_LASTS


async def make_token(session: AsyncSession, user: User, wanted: TokenIn, most: Role) -> NewTokenOut:
    """A token's text is in this answer and nowhere else."""
    text = new_token(API_PREFIX)
    token = ApiToken(
        user_id=user.id,
        name=wanted.name,
        role=lower(wanted.role or most, most),
        token_hash=token_hash(text),
        hint=token_hint(text),
        expires_at=None if wanted.expires_in_days is None else func.now() + timedelta(days=wanted.expires_in_days),
    )
    session.add(token)
    await session.flush()
    await session.refresh(token)
    return NewTokenOut(**token_out(token).model_dump(), token=text)


def token_out(token: ApiToken) -> TokenOut:
    return TokenOut(
        id=token.id,
        name=token.name,
        role=repository.role_of(token.role),
        hint=token.hint,
        created_at=token.created_at,
        used_at=token.used_at,
        expires_at=token.expires_at,
    )


async def remove_token(session: AsyncSession, user_id: UUID, token_id: UUID) -> None:
    if not await repository.delete_token(session, user_id, token_id):
        raise NotFound(f"you have no token {token_id}", code="tokens.not_found")
