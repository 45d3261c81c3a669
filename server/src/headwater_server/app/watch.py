"""Every request is logged and counted: method, route, status, time; never a query, a body or a header.

Also sets the headers that every answer of the API has.
"""

from __future__ import annotations

import logging
import time

from prometheus_client import Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUESTS = Counter(
    "headwater_http_requests_total", "Requests by method, route and status.", ["method", "route", "status"]
)
SECONDS = Histogram(
    "headwater_http_request_seconds",
    "Time until the answer's first byte, by method and route.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0),
)
_SLOW_S = 1.0
_KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
log = logging.getLogger("headwater_server.requests")


class Watch:
    """ASGI middleware around everything."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                _set_headers(scope, message)
                _note(scope, message["status"], time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, watched)


def _set_headers(scope: Scope, message: Message) -> None:
    headers = MutableHeaders(scope=message)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    if scope["path"].startswith("/api/"):
        headers.setdefault("Cache-Control", "no-store")


def _note(scope: Scope, status: int, took_s: float) -> None:
    method = scope["method"] if scope["method"] in _KNOWN_METHODS else "other"
    route = _route(scope)
    REQUESTS.labels(method, route, str(status)).inc()
    SECONDS.labels(method, route).observe(took_s)
    level = logging.WARNING if status >= 500 else logging.INFO if took_s >= _SLOW_S else logging.DEBUG
    facts = {"event": "request", "method": method, "route": route, "status": status, "took_ms": round(took_s * 1000, 1)}
    log.log(level, "request", extra=facts)


def _route(scope: Scope) -> str:
    """The template of the path: paths themselves are without number."""
    route = scope.get("route")
    return getattr(route, "path_format", None) or getattr(route, "path", None) or "(none)"
