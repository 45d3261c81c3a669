"""From a committed change to the page: 200 runs are asked for, and ten pages listen to the API's Server-Sent Events."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import httpx
from benchmarks.server.figures import Goal, at, spread
from benchmarks.server.stand import HEADERS, api, ask, pipelines

from headwater_server.db.session import Database

PAGES, RUNS, EVERY_S, MOST_S = 10, 200, 0.1, 0.3


async def measure(url: str, home: Path) -> list[Goal]:
    database = Database(url)
    [pipeline] = await pipelines(database, home, 1)
    seen: dict[str, list[float]] = {}
    asked: dict[str, float] = {}
    with api(url, home) as base:
        readies = [asyncio.Event() for _ in range(PAGES)]
        pages = [asyncio.create_task(_listen(base, seen, ready)) for ready in readies]
        await asyncio.gather(*(ready.wait() for ready in readies))
        for _ in range(RUNS):
            run_id = await ask(database, pipeline)
            asked[str(run_id)] = time.monotonic()
            await asyncio.sleep(EVERY_S)
        async with asyncio.timeout(60):
            while sum(map(len, seen.values())) < PAGES * RUNS:
                await asyncio.sleep(0.1)
        for page in pages:
            page.cancel()
        await asyncio.gather(*pages, return_exceptions=True)
    await database.dispose()
    took = [moment - asked[run_id] for run_id, moments in seen.items() for moment in moments]
    return [Goal("change to its event on a page", "every one under 0.3 s", spread(took), at(took, 1.0) < MOST_S)]


async def _listen(base: str, seen: dict[str, list[float]], ready: asyncio.Event) -> None:
    async with (
        httpx.AsyncClient(base_url=base, headers=HEADERS, timeout=None) as client,
        client.stream("GET", "/api/events") as response,
    ):
        async for line in response.aiter_lines():
            ready.set()
            if line.startswith("data: "):
                seen.setdefault(json.loads(line[6:])["id"], []).append(time.monotonic())
