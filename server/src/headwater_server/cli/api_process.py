"""Runs the API in this process until it is told to stop."""

from __future__ import annotations

import gc
import socket

import uvicorn

from headwater_server.app.factory import create_app
from headwater_server.db.session import Database
from headwater_server.kit.secret_key import sealer
from headwater_server.settings import Settings

# The command line seeks garbage seldom, so that it starts quickly; but a search through 50,000 objects holds up all
# requests for 50 ms. Searches through 1,000 take less than one; through all that lives, about eight.
_GARBAGE_IS_SOUGHT_AFTER = (1_000, 10, 100)
_GRACE_S = 5  # for requests that are under way; streams of events never end by themselves


def run_api(settings: Settings, url: str, listening: socket.socket) -> None:
    """Returns after SIGTERM or SIGINT."""
    app = create_app(settings, url, sealer(settings))
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
        timeout_keep_alive=75,
        forwarded_allow_ips=settings.trusted_proxies,
        lifespan="on",
    )
    _Server(config, app.state.database).run(sockets=[listening])


class _Server(uvicorn.Server):
    """Opens its connections for reads before a rush does. What the start made stays for good: the collector need not
    look through it while requests wait. From then on it looks often, and so never for long.
    """

    def __init__(self, config: uvicorn.Config, database: Database) -> None:
        super().__init__(config)
        self._database = database

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.should_exit:
            return
        await self._database.open_ahead()
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_GARBAGE_IS_SOUGHT_AFTER)
