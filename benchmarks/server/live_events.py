"""From a change in the database to the browser: events of 200 runs over Server-Sent Events, ten pages listening.

.venv/bin/python benchmarks/server/live_events.py
"""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import httpx
import uvicorn
from stand import KEY, ask, figures, pipelines, postgres

from headwater_server.app.factory import create_app
from headwater_server.auth import repository
from headwater_server.auth.models import User
from headwater_server.auth.needs import COOKIE
from headwater_server.auth.tokens import new_token, token_hash
from headwater_server.db.session import Database
from headwater_server.kit.encryption import Sealer
from headwater_server.settings import Settings

PAGES, RUNS = 10, 200


async def listen(base: str, cookie: str, seen: dict[str, list[float]], ready: asyncio.Event) -> None:
    async with (
        httpx.AsyncClient(base_url=base, cookies={COOKIE: cookie}, timeout=None) as client,
        client.stream("GET", "/api/events") as response,
    ):
        async for line in response.aiter_lines():
            ready.set()
            if line.startswith("data: "):
                seen.setdefault(json.loads(line[6:])["id"], []).append(time.monotonic())


async def main(url: str, home: Path) -> None:
    settings = Settings(home=home, base_url="http://127.0.0.1", port=0)
    database = Database(url)
    [pipeline] = await pipelines(database, home, 1)
    cookie = new_token()
    async with database.begin() as session:
        user = User(email="a@example.com", name="A", role="admin")
        session.add(user)
        await session.flush()
        await repository.add_sign_in(session, user, token_hash(cookie), days=1)
    server = uvicorn.Server(uvicorn.Config(create_app(settings, url, Sealer(KEY)), port=0, log_level="error"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.05)
    base = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    seen: dict[str, list[float]] = {}
    readies = [asyncio.Event() for _ in range(PAGES)]
    pages = [asyncio.create_task(listen(base, cookie, seen, ready)) for ready in readies]
    await asyncio.gather(*(ready.wait() for ready in readies))
    asked: dict[str, float] = {}
    for _ in range(RUNS):
        run_id = await ask(database, pipeline)
        asked[str(run_id)] = time.monotonic()
        await asyncio.sleep(0.02)
    while sum(map(len, seen.values())) < PAGES * RUNS:
        await asyncio.sleep(0.1)
    took = [moment - asked[run_id] for run_id, moments in seen.items() for moment in moments]
    print(f"committed to {PAGES} pages:", figures(took))
    for page in pages:
        page.cancel()
    await asyncio.gather(*pages, return_exceptions=True)
    server.should_exit = True
    await serving
    await database.dispose()


if __name__ == "__main__":
    with postgres() as (address, folder):
        asyncio.run(main(address, folder))
