"""SQL of users, sign-ins, links and tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.auth.models import ApiToken, SignIn, SignInFailure, SignInLink, User
from headwater_server.auth.permissions import Role, lower

# A use is noted when the last note is older than this: a read must not become a write each time.
_NOTED = timedelta(minutes=5)


def role_of(word: str) -> Role:
    """The database's check constraint keeps it to the four."""
    return cast("Role", word)


@dataclass(frozen=True, slots=True)
class Known:
    """Whom a token or a cookie belongs to, with the role it gives."""

    id: UUID
    name: str
    email: str
    role: Role


# Every request asks one of these two: they are written out once, not put together each time.
_OF_TOKEN = text("""
    select users.id, users.name, users.email, users.role, api_tokens.role as most,
        (used_at is null or used_at < now() - cast(:noted as interval)) as due
    from api_tokens join users on users.id = api_tokens.user_id
    where token_hash = :token_hash and (expires_at is null or expires_at > now()) and users.enabled
""")
_OF_SIGN_IN = text("""
    select users.id, users.name, users.email, users.role, used_at < now() - cast(:noted as interval) as due
    from sign_ins join users on users.id = sign_ins.user_id
    where token_hash = :token_hash and expires_at > now() and users.enabled
""")


async def user_of_token(session: AsyncSession, token_hash: bytes) -> Known | None:
    """The user of a token that is good now."""
    row = (await session.execute(_OF_TOKEN, {"token_hash": token_hash, "noted": _NOTED})).first()
    if row is None:
        return None
    if row.due:
        await session.execute(update(ApiToken).where(ApiToken.token_hash == token_hash).values(used_at=func.now()))
    return Known(row.id, row.name, row.email, lower(role_of(row.most), role_of(row.role)))


async def user_of_sign_in(session: AsyncSession, token_hash: bytes) -> Known | None:
    """The user of a sign-in that is good now; its end moves on while it is used."""
    row = (await session.execute(_OF_SIGN_IN, {"token_hash": token_hash, "noted": _NOTED})).first()
    if row is None:
        return None
    if row.due:
        longer = SignIn.expires_at + (func.now() - SignIn.used_at)
        await session.execute(
            update(SignIn).where(SignIn.token_hash == token_hash).values(used_at=func.now(), expires_at=longer)
        )
    return Known(row.id, row.name, row.email, role_of(row.role))


async def add_sign_in(session: AsyncSession, user: User, token_hash: bytes, days: int) -> None:
    ends = func.now() + timedelta(days=days)
    session.add(SignIn(token_hash=token_hash, user_id=user.id, expires_at=ends))
    await session.flush()


async def end_sign_in(session: AsyncSession, token_hash: bytes) -> None:
    await session.execute(delete(SignIn).where(SignIn.token_hash == token_hash))


async def end_sign_ins_of(session: AsyncSession, user_id: UUID, *, but: bytes | None = None) -> None:
    """All of a user's sign-ins, except the one given."""
    await session.execute(delete(SignIn).where(SignIn.user_id == user_id, SignIn.token_hash != (but or b"")))


async def add_link(session: AsyncSession, user_id: UUID, token_hash: bytes, lasts: timedelta) -> None:
    session.add(SignInLink(token_hash=token_hash, user_id=user_id, expires_at=func.now() + lasts))
    await session.flush()


async def use_link(session: AsyncSession, token_hash: bytes) -> User | None:
    """The link's user; the link is gone then."""
    used = await session.execute(
        delete(SignInLink)
        .where(SignInLink.token_hash == token_hash, SignInLink.expires_at > func.now())
        .returning(SignInLink.user_id)
    )
    user_id = used.scalar_one_or_none()
    if user_id is None:
        return None
    return (await session.execute(select(User).where(User.id == user_id, User.enabled))).scalar_one_or_none()


async def count_failures(session: AsyncSession, subjects: Sequence[bytes], within: timedelta) -> int:
    """The failures of whichever subject has most."""
    counts = await session.execute(
        select(func.count())
        .where(SignInFailure.subject.in_(subjects), SignInFailure.at > func.now() - within)
        .group_by(SignInFailure.subject)
    )
    return max(counts.scalars().all(), default=0)


async def add_failures(session: AsyncSession, subjects: Sequence[bytes]) -> None:
    session.add_all([SignInFailure(subject=subject) for subject in subjects])
    await session.execute(delete(SignInFailure).where(SignInFailure.at < func.now() - timedelta(days=1)))


async def forget_failures(session: AsyncSession, subjects: Sequence[bytes]) -> None:
    await session.execute(delete(SignInFailure).where(SignInFailure.subject.in_(subjects)))


async def user_by_email(session: AsyncSession, email: str) -> User | None:
    return (await session.execute(select(User).where(func.lower(User.email) == email.lower()))).scalar_one_or_none()


async def user_by_id(session: AsyncSession, user_id: UUID) -> User | None:
    return (await session.execute(select(User).where(User.id == user_id))).scalar_one_or_none()


async def users(session: AsyncSession, limit: int, after: str | None) -> Sequence[User]:
    """In the order of their addresses."""
    wanted = select(User).order_by(func.lower(User.email)).limit(limit)
    if after is not None:
        wanted = wanted.where(func.lower(User.email) > after)
    return (await session.execute(wanted)).scalars().all()


async def count_users(session: AsyncSession) -> int:
    return (await session.execute(select(func.count()).select_from(User))).scalar_one()


async def lonely_admin(session: AsyncSession) -> User | None:
    """The first administrator, while no user at all has a password, and nobody is signed in."""
    signed_in = select(SignIn.token_hash).where(SignIn.expires_at > func.now())
    secured = select(User.id).where(User.password_hash.is_not(None))
    wanted = select(User).where(User.role == "admin", User.enabled, ~signed_in.exists(), ~secured.exists())
    return (await session.execute(wanted.order_by(User.id).limit(1))).scalar_one_or_none()


async def count_other_admins(session: AsyncSession, user_id: UUID) -> int:
    """Administrators who could still sign in without this one. Locks them, so that two do not leave together."""
    others = select(User.id).where(User.role == "admin", User.enabled).with_for_update()
    return len([found for found in (await session.execute(others)).scalars() if found != user_id])


async def delete_user(session: AsyncSession, user: User) -> None:
    await session.delete(user)
    await session.flush()


async def tokens(session: AsyncSession, user_id: UUID, limit: int, after: UUID | None) -> Sequence[ApiToken]:
    """A user's tokens, oldest first."""
    wanted = select(ApiToken).where(ApiToken.user_id == user_id).order_by(ApiToken.id).limit(limit)
    if after is not None:
        wanted = wanted.where(ApiToken.id > after)
    return (await session.execute(wanted)).scalars().all()


async def delete_token(session: AsyncSession, user_id: UUID, token_id: UUID) -> bool:
    gone = await session.execute(
        delete(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == user_id).returning(ApiToken.id)
    )
    return gone.first() is not None


async def forget_old(session: AsyncSession) -> None:
    """Sign-ins, links and failures that are over."""
    await session.execute(delete(SignIn).where(SignIn.expires_at < func.now()))
    await session.execute(delete(SignInLink).where(SignInLink.expires_at < func.now()))
