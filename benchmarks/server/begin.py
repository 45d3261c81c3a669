"""From POST …/run to the start of its engine: a run every second; API and two workers as `headwater serve` has them."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from uuid import UUID

import httpx
from benchmarks.server.figures import Goal, at, spread
from benchmarks.server.stand import HEADERS, all_ended, api, pipelines, workers
from sqlalchemy import text

from headwater_server.db.session import Database

RUNS, EVERY_S, MOST_S = 60, 1.0, 0.25


async def measure(url: str, home: Path) -> list[Goal]:
    database = Database(url)
    await pipelines(database, home, 20)
    with api(url, home) as base, workers(url, home, 2):
        async with httpx.AsyncClient(base_url=base, headers=HEADERS, timeout=60) as client:
            await client.post("/api/pipelines/p0/run")
            await all_ended(database)
            asked, answered = await _ask(client)
            await all_ended(database)
    async with database.begin() as session:
        rows = await session.execute(
            text("select run_id, extract(epoch from engine_at)::float from run_attempts where attempt = 1")
        )
        began: dict[UUID, float] = {row[0]: row[1] for row in rows}
    await database.dispose()
    took = [began[run_id] - moment for run_id, moment in asked.items()]
    return [
        Goal("POST …/run to the start of its engine", "p95 under 0.25 s", spread(took), at(took, 0.95) < MOST_S),
        Goal("POST …/run to its answer", "", spread(answered), None),
    ]


async def _ask(client: httpx.AsyncClient) -> tuple[dict[UUID, float], list[float]]:
    """When each run was asked for, by the clock; and how long its answer took."""
    asked: dict[UUID, float] = {}
    answered: list[float] = []
    began = time.monotonic()
    for number in range(RUNS):
        await asyncio.sleep(max(0.0, began + number * EVERY_S - time.monotonic()))
        moment, clock = time.monotonic(), time.time()
        answer = await client.post(f"/api/pipelines/p{number % 20}/run")
        answered.append(time.monotonic() - moment)
        asked[UUID(answer.raise_for_status().json()["id"])] = clock
    return asked, answered
