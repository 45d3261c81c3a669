"""Which types of connectors and processors there are."""

from __future__ import annotations

import asyncio

from fastapi import Depends

from headwater_server.auth.needs import needs
from headwater_server.catalog.schemas import (
    ConnectorTypeDetail,
    ConnectorTypes,
    ProcessorTypeDetail,
    ProcessorTypes,
)
from headwater_server.catalog.service import UsedCatalog
from headwater_server.db.idempotency import Router

router = Router("", tag="types")
_READ = [Depends(needs("catalog:read"))]


@router.get("/connector-types", dependencies=_READ)
async def list_connector_types(catalog: UsedCatalog) -> ConnectorTypes:
    """All connector types that this server has."""
    return ConnectorTypes(items=list(catalog.connector_types))


@router.get("/connector-types/{type}", dependencies=_READ)
async def get_connector_type(catalog: UsedCatalog, type: str) -> ConnectorTypeDetail:
    """One connector type with schema and documentation."""
    return await asyncio.to_thread(catalog.connector_type, type)


@router.get("/processor-types", dependencies=_READ)
async def list_processor_types(catalog: UsedCatalog) -> ProcessorTypes:
    """All processor types that this server has."""
    return ProcessorTypes(items=list(catalog.processor_types))


@router.get("/processor-types/{type}", dependencies=_READ)
async def get_processor_type(catalog: UsedCatalog, type: str) -> ProcessorTypeDetail:
    """One processor type with schema, documentation and an example."""
    return await asyncio.to_thread(catalog.processor_type, type)
