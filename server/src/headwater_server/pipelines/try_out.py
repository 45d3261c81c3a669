"""Tries a processor on the first rows of a stream, before it is saved."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.calls.service import call
from headwater_server.catalog.configs import Stored, accept, sealed_names, written
from headwater_server.catalog.service import Catalog
from headwater_server.connectors import service as connectors
from headwater_server.db.session import Database
from headwater_server.kit.encryption import Sealer
from headwater_server.pipelines.project import Bundle, project_for
from headwater_server.pipelines.schemas import TryIn, TryOut
from headwater_server.processors import service as processors

NAME, _TRY_S = "try", 60.0


async def bundle_for(session: AsyncSession, catalog: Catalog, sealer: Sealer, given: TryIn) -> Bundle:
    """A pipeline of the stream, the processor, and nowhere to go. Raises NotFound, Invalid."""
    connector = await connectors.found(session, given.connector)
    before: Stored | None = None
    if given.processor is not None:
        before = processors.stored(await processors.found(session, given.processor))
    name = "unsaved" if before is None else before.name
    made = accept(catalog, sealer, "processor", Stored(name, given.type, given.config), before)
    document: dict[str, Any] = {
        "sources": [{"connector": connector.name, "streams": [{"name": given.stream}]}],
        "processors": [{"type": made.type, "config": written("processor", made)}],
        "destinations": [{"type": "files", "config": {"url": "never"}}],  # named, and never opened
    }
    bundle = await project_for(session, NAME, document)
    return Bundle(bundle.project, {**bundle.sealed, **sealed_names("processor", made)})


async def try_out(database: Database, bundle: Bundle, given: TryIn) -> TryOut:
    """Rows before and after."""
    request = bundle.request(pipeline=NAME, stream=given.stream, limit=given.limit)
    return TryOut.model_validate(await call(database, "try_processor", request, _TRY_S))
