"""The secret store that `${secret:NAME}` reads. Values go in, and never come out."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path

from headwater_server.auth.needs import needs
from headwater_server.db.idempotency import Router
from headwater_server.db.session import Session
from headwater_server.kit.documents import speakable
from headwater_server.kit.pages import Cursor, Page, PageQuery, page_of
from headwater_server.kit.problems import Invalid, NotFound
from headwater_server.kit.seal import UsedSealer
from headwater_server.secrets import repository
from headwater_server.secrets.models import StoredSecret
from headwater_server.secrets.schemas import SecretIn, SecretOut

router = Router("/secrets", tag="secrets")
_READ, _WRITE = (Depends(needs(f"secrets:{verb}")) for verb in ("read", "write"))
SecretName = Annotated[
    str, Path(pattern=r"^\w[\w.\[\]-]*$", max_length=300, description="What stands in ${secret:NAME}.")
]


def _out(secret: StoredSecret) -> SecretOut:
    return SecretOut(name=secret.name, created_at=secret.created_at, updated_at=secret.updated_at)


@router.get("", dependencies=[_READ])
async def list_secrets(session: Session, page: PageQuery) -> Page[SecretOut]:
    """The names of stored secrets."""
    after = None if page.after is None else Cursor.decode(page.after, str)[0]
    rows = await repository.page(session, after=after, limit=page.limit + 1)
    return page_of(rows, page.limit, _out, lambda row: Cursor.encode(row.name))


@router.put("/{name}", dependencies=[_WRITE])
async def put_secret(session: Session, sealer: UsedSealer, name: SecretName, body: SecretIn) -> SecretOut:
    """Store a value under a name, or another value under that name."""
    try:
        value = speakable(body.value.get_secret_value())
    except ValueError as error:
        raise Invalid(f"the value {error}", code="secrets.invalid") from None
    return _out(await repository.put(session, name, sealer.seal(value, name)))


@router.delete("/{name}", status_code=204, dependencies=[_WRITE])
async def delete_secret(session: Session, name: SecretName) -> None:
    """Forget a secret. What refers to it fails from now on, and says why."""
    if not await repository.remove(session, name):
        raise NotFound(f"there is no secret {name!r}", code="secrets.not_found")
