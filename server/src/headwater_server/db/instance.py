"""The one row that says what this database belongs to: which secret key seals its values."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Integer, Text, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from headwater_server.db.base import Base, Created
from headwater_server.kit.encryption import Sealer, WrongKey

_CHECK, _CONTEXT = "headwater", "instance:key-check"


class Instance(Base):
    """Always one row."""

    __tablename__ = "instance"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key_check: Mapped[str] = mapped_column(Text)
    created_at: Mapped[Created]


async def check_key(session: AsyncSession, sealer: Sealer) -> None:
    """Raises WrongKey when the values of this database were sealed with another key."""
    row = insert(Instance).values(id=1, key_check=sealer.seal(_CHECK, _CONTEXT)).on_conflict_do_nothing()
    await session.execute(row)
    sealed = (await session.execute(select(Instance.key_check))).scalar_one()
    try:
        sealer.unseal(sealed, _CONTEXT)
    except WrongKey as error:
        raise WrongKey(
            "the secret key is not the one that this database was set up with",
            hint="give the key it was made with (HEADWATER_SECRET_KEY, or secret.key in the home folder); after a "
            "rotation, name the old one in HEADWATER_PREVIOUS_SECRET_KEYS",
        ) from error


async def reseal_check(session: AsyncSession, sealer: Sealer) -> None:
    """Seal the check with the newest key."""
    instance = (await session.execute(select(Instance))).scalar_one()
    instance.key_check = sealer.seal(_CHECK, _CONTEXT)
