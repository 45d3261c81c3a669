"""Runs the API in this process until it is told to stop."""

from __future__ import annotations

import gc
import socket

import uvicorn

from headwater_server.app.factory import create_app
from headwater_server.kit.secret_key import sealer
from headwater_server.settings import Settings

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
    _Server(config).run(sockets=[listening])


class _Server(uvicorn.Server):
    """What the start made stays for good: the collector need not look through it while requests wait."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
