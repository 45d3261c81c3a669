"""SQL of the secret store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.secrets.models import StoredSecret


async def page(session: AsyncSession, *, after: str | None, limit: int) -> Sequence[StoredSecret]:
    """In the order of names."""
    wanted = select(StoredSecret).order_by(StoredSecret.name).limit(limit)
    if after is not None:
        wanted = wanted.where(StoredSecret.name > after)
    return (await session.execute(wanted)).scalars().all()


async def all_of_them(session: AsyncSession) -> Sequence[StoredSecret]:
    return (await session.execute(select(StoredSecret).order_by(StoredSecret.name))).scalars().all()


async def sealed_by_name(session: AsyncSession, names: Iterable[str]) -> dict[str, str]:
    wanted = select(StoredSecret.name, StoredSecret.sealed).where(StoredSecret.name.in_(list(names)))
    return {row.name: row.sealed for row in await session.execute(wanted)}


async def put(session: AsyncSession, name: str, sealed: str) -> StoredSecret:
    """New or in place of the old."""
    row = insert(StoredSecret).values(name=name, sealed=sealed)
    changed = {"sealed": sealed, "updated_at": func.now()}
    stored = await session.execute(
        row.on_conflict_do_update(index_elements=[StoredSecret.name], set_=changed).returning(StoredSecret)
    )
    return stored.scalar_one()


async def remove(session: AsyncSession, name: str) -> bool:
    gone = await session.execute(delete(StoredSecret).where(StoredSecret.name == name).returning(StoredSecret.name))
    return gone.first() is not None
