"""The first administrator: made when there is no user, and let in by a link that works once."""

from __future__ import annotations

from headwater_server.auth import repository, service
from headwater_server.auth.schemas import UserIn
from headwater_server.db.session import Database

EMAIL, NAME = "admin@localhost", "Administrator"


async def first_link(url: str, address: str) -> str | None:
    """A sign-in link for the administrator while nobody has a password or an open session; else None."""
    database = Database(url, pool_size=1, application="headwater start")
    try:
        async with database.begin() as session:
            if await repository.count_users(session) == 0:
                await service.add_user(session, UserIn(email=EMAIL, name=NAME, role="admin"))
            user = await repository.lonely_admin(session)
            if user is None:
                return None
            link, _ = await service.make_link(session, user.id, address)
            return link
    finally:
        await database.dispose()
