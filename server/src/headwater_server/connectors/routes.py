"""Connectors."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Response

from headwater_server.auth.needs import needs
from headwater_server.catalog.service import UsedCatalog
from headwater_server.catalog.step_schemas import Table
from headwater_server.connectors import repository, service
from headwater_server.connectors.models import Connector
from headwater_server.connectors.schemas import (
    CheckIn,
    CheckOut,
    ConnectorIn,
    ConnectorOut,
    StreamPage,
    StreamProfile,
)
from headwater_server.db.idempotency import Router
from headwater_server.db.session import Session, UsedDatabase
from headwater_server.kit import etags
from headwater_server.kit.documents import Text
from headwater_server.kit.etags import IfMatch
from headwater_server.kit.names import Ref
from headwater_server.kit.pages import Cursor, Page, PageQuery, page_of
from headwater_server.kit.seal import UsedSealer

router = Router("/connectors", tag="connectors")
_READ, _WRITE, _CHECK = (Depends(needs(f"connectors:{verb}")) for verb in ("read", "write", "check"))
Refresh = Annotated[bool, Query(description="Ask the system again.")]
Search = Annotated[Text | None, Query(max_length=200, description="Text that the name or description holds.")]


async def _kept(catalog: UsedCatalog, sealer: UsedSealer) -> service.Kept:
    return service.Kept(catalog, sealer)


Kept = Annotated[service.Kept, Depends(_kept)]


async def _answer(session: Session, response: Response, connector: Connector) -> ConnectorOut:
    response.headers["ETag"] = etags.etag(connector.revision)
    return (await service.out(session, [connector]))[0]


@router.get("", dependencies=[_READ])
async def list_connectors(
    session: Session,
    page: PageQuery,
    q: Search = None,
    type: Annotated[Text | None, Query(max_length=100, description="Of this type only.")] = None,
) -> Page[ConnectorOut]:
    """Connectors by name."""
    after = None if page.after is None else Cursor.decode(page.after, str)[0]
    rows = await repository.page(session, q=q, type_name=type, after=after, limit=page.limit + 1)
    answers = {item.id: item for item in await service.out(session, rows)}
    return page_of(rows, page.limit, lambda row: answers[row.id], lambda row: Cursor.encode(row.name))


@router.post("", status_code=201, dependencies=[_WRITE])
async def create_connector(session: Session, kept: Kept, body: ConnectorIn, response: Response) -> ConnectorOut:
    """A new connector."""
    connector = await service.create(session, kept, body)
    response.headers["Location"] = f"/api/connectors/{connector.id}"
    return await _answer(session, response, connector)


@router.post("/check", dependencies=[_CHECK])
async def check_unsaved_connector(session: Session, database: UsedDatabase, kept: Kept, body: CheckIn) -> CheckOut:
    """Connect with a config before it is saved."""
    await session.commit()
    return await service.check_unsaved(database, kept, body)


@router.get("/{ref}", dependencies=[_READ])
async def get_connector(session: Session, ref: Ref, response: Response) -> ConnectorOut:
    """One connector."""
    return await _answer(session, response, await service.found(session, ref))


@router.put("/{ref}", dependencies=[_WRITE])
async def update_connector(
    session: Session, kept: Kept, ref: Ref, body: ConnectorIn, if_match: IfMatch, response: Response
) -> ConnectorOut:
    """Change a connector; what is left out is gone, but for secrets, which keep their values."""
    return await _answer(session, response, await service.change(session, kept, ref, body, if_match))


@router.delete("/{ref}", status_code=204, dependencies=[_WRITE])
async def delete_connector(session: Session, ref: Ref, if_match: IfMatch) -> None:
    """Delete a connector that no pipeline uses."""
    await service.remove(session, ref, if_match)


@router.post("/{ref}/check", dependencies=[_CHECK])
async def check_connector(session: Session, database: UsedDatabase, ref: Ref) -> CheckOut:
    """Connect, with each side that the type has."""
    await session.commit()
    return await service.check_saved(database, ref)


@router.get("/{ref}/streams", dependencies=[_READ])
async def list_streams(
    session: Session,
    database: UsedDatabase,
    ref: Ref,
    page: PageQuery,
    q: Search = None,
    refresh: Refresh = False,  # noqa: FBT002 - a query parameter
) -> StreamPage:
    """What a connector has to read, from the cache or anew."""
    await session.commit()
    connector = await service.fresh_streams(database, ref, refresh=refresh)
    after = None if page.after is None else Cursor.decode(page.after, str)[0]
    rows = await repository.streams(session, connector.id, q=q, after=after, limit=page.limit + 1)
    found = page_of(rows, page.limit, service.stream_out, lambda row: Cursor.encode(row.name))
    total = await repository.stream_count(session, connector.id, q=q)
    return StreamPage(items=found.items, next=found.next, total=total, refreshed_at=connector.streams_at)


@router.get("/{ref}/streams/{name:path}/preview", dependencies=[_CHECK])
async def preview_stream(
    session: Session, database: UsedDatabase, ref: Ref, name: Text, limit: Annotated[int, Query(ge=1, le=1000)] = 50
) -> Table:
    """The first rows of a stream."""
    await session.commit()
    return await service.preview_stream(database, ref, name, limit)


@router.get("/{ref}/streams/{name:path}/profile", dependencies=[_CHECK])
async def profile_stream(
    session: Session,
    database: UsedDatabase,
    ref: Ref,
    name: Text,
    rows: Annotated[int, Query(ge=1, le=100_000, description="Look at this many rows.")] = 10_000,
) -> StreamProfile:
    """What a stream holds, column by column."""
    await session.commit()
    return await service.profile_stream(database, ref, name, rows)
