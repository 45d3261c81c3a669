"""Puts the API together: settings in, an ASGI application out. Starting it connects to the database and checks that
schema and secret key are the right ones.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from headwater.sdk.errors import ConfigError
from headwater_server.app import health, tables, ui
from headwater_server.app.examples import EXAMPLES
from headwater_server.app.housekeeping import housekeeping
from headwater_server.app.limits import BodyLimit
from headwater_server.app.watch import Watch
from headwater_server.auth import routes as auth_routes
from headwater_server.catalog import routes as catalog_routes
from headwater_server.catalog.service import Catalog, catalog
from headwater_server.connectors import routes as connector_routes
from headwater_server.db.instance import check_key
from headwater_server.db.session import Database
from headwater_server.kit import problems
from headwater_server.kit.encryption import Sealer
from headwater_server.kit.problems import ProblemDetail
from headwater_server.overview import routes as overview_routes
from headwater_server.overview.activity import KnownActivity
from headwater_server.overview.history import History
from headwater_server.pipelines import routes as pipeline_routes
from headwater_server.processors import routes as processor_routes
from headwater_server.project import routes as project_routes
from headwater_server.quarantine import routes as quarantine_routes
from headwater_server.runs import pipeline_routes as run_pipeline_routes
from headwater_server.runs import routes as run_routes
from headwater_server.runs import stream_routes
from headwater_server.runs.live import Feed
from headwater_server.runs.reaper import reap_for_ever
from headwater_server.schedules import routes as schedule_routes
from headwater_server.secrets import routes as secret_routes
from headwater_server.settings import Settings

API = "/api"
ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    auth_routes.router,
    catalog_routes.router,
    connector_routes.router,
    pipeline_routes.processors_router,
    processor_routes.router,
    pipeline_routes.router,
    run_pipeline_routes.router,
    run_routes.router,
    stream_routes.router,
    schedule_routes.router,
    quarantine_routes.router,
    overview_routes.router,
    project_routes.router,
    secret_routes.router,
)
TABLES = tables.MODELS
log = logging.getLogger(__name__)


class Api(FastAPI):
    """Describes itself with an example of everything."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            schemas = super().openapi()["components"]["schemas"]
            for name, example in EXAMPLES.items():
                schemas[name].setdefault("examples", [example])
        return super().openapi()


def create_app(settings: Settings, url: str, sealer: Sealer) -> FastAPI:
    """The API over the database at `url`."""
    app = Api(
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
    app.state.listener = app.state.database.listener
    app.state.catalog = catalog()
    app.state.activity = KnownActivity()
    app.state.history = History()
    app.state.feed = Feed(app.state.database)
    problems.install(app)
    app.add_middleware(BodyLimit, limit_bytes=settings.request_limit_mb * 1_000_000)
    for router in ROUTERS:
        app.include_router(router, prefix=API)
    ui.install(app, settings)
    app.add_middleware(Watch)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name


def _import_plugins(known: Catalog) -> None:
    """Now, and not in the first request that needs them."""
    for kind, name in known.all_types():
        try:
            known.schema(kind, name)
        except ConfigError as error:
            facts = {"event": "plugin.unusable", "type": name, "code": error.public_code}
            log.warning("a plugin cannot be used", extra=facts)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    database: Database = app.state.database
    try:
        async with database.begin() as session:
            await check_key(session, app.state.sealer)
        await asyncio.to_thread(_import_plugins, app.state.catalog)
        async with app.state.listener:
            settings: Settings = app.state.settings
            chores = [
                asyncio.create_task(housekeeping(database, settings.history_days), name="housekeeping"),
                asyncio.create_task(reap_for_ever(database, settings), name="reaper"),
                asyncio.create_task(app.state.feed.run(), name="feed"),
            ]
            try:
                yield
            finally:
                for chore in chores:
                    chore.cancel()
                await asyncio.gather(*chores, return_exceptions=True)
    finally:
        await database.dispose()
