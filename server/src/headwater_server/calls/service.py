"""Asks a worker; see SERVER.md. Replaced by track `runs`."""

from __future__ import annotations

from typing import Any

from headwater_server.db.session import Database
from headwater_server.kit.problems import Unavailable


async def call(database: Database, kind: str, request: dict[str, Any], timeout_s: float) -> dict[str, Any]:
    raise Unavailable(
        f"no worker is there to do this ({kind})", hint="start one: headwater worker", code="calls.no_worker"
    )
