"""A request that is too large is refused before it is read into memory."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from headwater_server.kit.problems import answer


class _TooLarge(Exception):
    """More bytes came than are allowed."""


class BodyLimit:
    """ASGI middleware; counts what comes, whatever Content-Length says."""

    def __init__(self, app: ASGIApp, limit_bytes: int) -> None:
        self._app = app
        self._limit = limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdecimal() and int(declared) > self._limit:
            await self._refuse(scope, receive, send)
            return
        seen = 0
        started = False

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._limit:
                raise _TooLarge
            return message

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, counted, watched)
        except _TooLarge:
            if started:
                raise
            await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        detail = f"the request is larger than {self._limit:,} bytes"
        refusal = answer(
            Request(scope),
            status=413,
            code="request.too_large",
            detail=detail,
            hint="send less, or raise HEADWATER_REQUEST_LIMIT_MB",
            headers={"Connection": "close"},
        )
        await refusal(scope, receive, send)
