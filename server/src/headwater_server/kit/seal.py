"""The sealer of the running server, as a parameter of routes."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from headwater_server.kit.encryption import Sealer


async def _sealer(request: Request) -> Sealer:
    return request.app.state.sealer


UsedSealer = Annotated[Sealer, Depends(_sealer)]
