"""Processors."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Response

from headwater_server.auth.needs import needs
from headwater_server.catalog.service import UsedCatalog
from headwater_server.db.idempotency import Router
from headwater_server.db.session import Session
from headwater_server.kit import etags
from headwater_server.kit.documents import Text
from headwater_server.kit.etags import IfMatch
from headwater_server.kit.names import Ref
from headwater_server.kit.pages import Cursor, Page, PageQuery, page_of
from headwater_server.kit.seal import UsedSealer
from headwater_server.processors import repository, service
from headwater_server.processors.models import Processor
from headwater_server.processors.schemas import ProcessorIn, ProcessorOut

router = Router("/processors", tag="processors")
_READ, _WRITE = (Depends(needs(f"processors:{verb}")) for verb in ("read", "write"))


async def _answer(session: Session, response: Response, processor: Processor) -> ProcessorOut:
    response.headers["ETag"] = etags.etag(processor.revision)
    return (await service.out(session, [processor]))[0]


@router.get("", dependencies=[_READ])
async def list_processors(
    session: Session,
    page: PageQuery,
    q: Annotated[Text | None, Query(max_length=200, description="Text that the name or description holds.")] = None,
    type: Annotated[Text | None, Query(max_length=100, description="Of this type only.")] = None,
) -> Page[ProcessorOut]:
    """Processors by name."""
    after = None if page.after is None else Cursor.decode(page.after, str)[0]
    rows = await repository.page(session, q=q, type_name=type, after=after, limit=page.limit + 1)
    answers = {item.id: item for item in await service.out(session, rows)}
    return page_of(rows, page.limit, lambda row: answers[row.id], lambda row: Cursor.encode(row.name))


@router.post("", status_code=201, dependencies=[_WRITE])
async def create_processor(
    session: Session, catalog: UsedCatalog, sealer: UsedSealer, body: ProcessorIn, response: Response
) -> ProcessorOut:
    """A new processor."""
    processor = await service.create(session, catalog, sealer, body)
    response.headers["Location"] = f"/api/processors/{processor.id}"
    return await _answer(session, response, processor)


@router.get("/{ref}", dependencies=[_READ])
async def get_processor(session: Session, ref: Ref, response: Response) -> ProcessorOut:
    """One processor."""
    return await _answer(session, response, await service.found(session, ref))


@router.put("/{ref}", dependencies=[_WRITE])
async def update_processor(
    session: Session,
    catalog: UsedCatalog,
    sealer: UsedSealer,
    ref: Ref,
    body: ProcessorIn,
    if_match: IfMatch,
    response: Response,
) -> ProcessorOut:
    """Change a processor; what is left out is gone, but for secrets, which keep their values."""
    processor = await service.change(session, catalog, sealer, ref, body, if_match)
    return await _answer(session, response, processor)


@router.delete("/{ref}", status_code=204, dependencies=[_WRITE])
async def delete_processor(session: Session, ref: Ref, if_match: IfMatch) -> None:
    """Delete a processor that no pipeline uses."""
    await service.remove(session, ref, if_match)
