"""Puts the API together: settings in, an ASGI application out. Starting it connects to the database and checks that
schema and secret key are the right ones.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from headwater_server.app import health, tables
from headwater_server.app.housekeeping import housekeeping
from headwater_server.app.limits import BodyLimit
from headwater_server.auth import routes as auth_routes
from headwater_server.db.instance import check_key
from headwater_server.db.listen import Listener
from headwater_server.db.session import Database
from headwater_server.kit import problems
from headwater_server.kit.encryption import Sealer
from headwater_server.kit.problems import ProblemDetail
from headwater_server.settings import Settings

API = "/api"
ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    auth_routes.router,
)
TABLES = tables.MODELS
log = logging.getLogger(__name__)


def create_app(settings: Settings, url: str, sealer: Sealer) -> FastAPI:
    """The API over the database at `url`."""
    app = FastAPI(
        title="Headwater",
        version="0.1.0",
        summary="Moves tables from any system to any other, checks them on the way, and proves what it did.",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        separate_input_output_schemas=False,
        generate_unique_id_function=_operation_id,
        responses={"default": {"model": ProblemDetail, "description": "What is wrong, as RFC 9457 problem."}},
    )
    app.state.settings = settings
    app.state.sealer = sealer
    app.state.database = Database(url, pool_size=settings.database_pool_size, application="headwater server")
    app.state.listener = Listener(url)
    problems.install(app)
    app.add_middleware(BodyLimit, limit_bytes=settings.request_limit_mb * 1_000_000)
    for router in ROUTERS:
        app.include_router(router, prefix=API)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    database: Database = app.state.database
    try:
        async with database.begin() as session:
            await check_key(session, app.state.sealer)
        async with app.state.listener:
            chores = asyncio.create_task(housekeeping(database), name="housekeeping")
            try:
                yield
            finally:
                chores.cancel()
                await asyncio.gather(chores, return_exceptions=True)
    finally:
        await database.dispose()
