"""The first page."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request, Response

from headwater_server.auth.needs import needs
from headwater_server.db.idempotency import Router
from headwater_server.db.session import Session
from headwater_server.kit.answers import answer
from headwater_server.overview import service
from headwater_server.overview.history import UsedHistory
from headwater_server.overview.schemas import Overview
from headwater_server.settings import Settings

router = Router("/overview", tag="overview")


@router.get("", dependencies=[Depends(needs("overview:read"))], response_model=Overview)
async def get_overview(
    session: Session,
    request: Request,
    history: UsedHistory,
    days: Annotated[int, Query(ge=1, le=90, description="Days of history, today included.")] = 7,
) -> Response:
    """What runs, what failed, what comes next, and what moved on each day."""
    settings: Settings = request.app.state.settings
    return answer(await service.overview(session, history, days, settings.worker_lease_s))
