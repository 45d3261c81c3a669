"""How fast reads of the API are answered with 10,000 pipelines and 1,000,000 runs in the database.

    .venv/bin/python benchmarks/server/read_api.py [PIPELINES RUNS SECONDS]

Requests begin at fixed times, 100 a second, whatever the answers take: a slow server is not spared.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from statistics import quantiles

import httpx
import psycopg
from stand import KEY, postgres

from headwater_server.auth.tokens import token_hash

TOKEN, PER_SECOND = "hw_for-the-benchmark", 100
PATHS = (
    "/api/pipelines?limit=50",
    "/api/pipelines?q=p77&limit=50",
    "/api/pipelines/p500",
    "/api/connectors?limit=50",
    "/api/runs?limit=50",
    "/api/runs?status=failed&limit=50",
    "/api/runs?pipeline=p500&limit=50",
    "/api/overview?days=7",
)
USER = "00000000-0000-0000-0000-000000000001"
FILL = (
    f"insert into users (id, email, name, role) values ('{USER}', 'b@b', 'B', 'admin')",
    """insert into connectors (id, name, type, config)
       select gen_random_uuid(), 'c' || n, 'sqlite', '{"path": "/data/x.db"}' from generate_series(1, 200) n""",
    """insert into pipelines (id, name, document)
       select gen_random_uuid(), 'p' || n, '{"sources": ["c1"], "destinations": ["c2"]}'
       from generate_series(1, {pipelines}) n""",
    # Ids carry the time, as those of the server do. A run every few seconds, over the last 30 days.
    """with p as (select id, row_number() over () - 1 as n from pipelines)
       insert into runs (id, pipeline_id, version, status, trigger, engine_run_id, attempt, created_at, started_at,
                         finished_at, rows_read, rows_written)
       select uuidv7(-at), p.id, 1, case when g % 20 = 0 then 'failed' else 'succeeded' end, 'schedule', g::text, 1,
              now() - at, now() - at, now() - at + interval '2 seconds', 1000, 1000
       from generate_series(1, {runs}) g
       join p on p.n = g % {pipelines}, lateral (select interval '30 days' * g / {runs} as at) t""",
)


def fill(url: str, pipelines: int, runs: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in FILL:
            text = statement.replace("{pipelines}", str(pipelines)).replace("{runs}", str(runs))
            connection.execute(text.encode())
        connection.execute(
            "insert into api_tokens (id, user_id, name, role, token_hash, hint)"
            " values (gen_random_uuid(), %s, 'b', 'admin', %s, 'hw_')",
            [USER, token_hash(TOKEN)],
        )
        connection.execute("vacuum analyze")


async def ask(port: int, seconds: int) -> dict[str, list[float]]:
    """Milliseconds per path, from when a request was due until its answer was whole."""
    took: dict[str, list[float]] = defaultdict(list)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    limits = httpx.Limits(max_connections=100)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, limits=limits) as client:
        for path in PATHS:
            (await client.get(path, timeout=60)).raise_for_status()
        began = time.perf_counter()

        async def one(number: int) -> None:
            due = began + number / PER_SECOND
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            path = PATHS[number % len(PATHS)]
            (await client.get(path, timeout=60)).raise_for_status()
            took[path].append((time.perf_counter() - due) * 1000)

        await asyncio.gather(*(one(number) for number in range(PER_SECOND * seconds)))
    return took


def main(pipelines: int = 10_000, runs: int = 1_000_000, seconds: int = 20) -> None:
    with postgres() as (url, home):
        began = time.perf_counter()
        fill(url, pipelines, runs)
        print(f"{pipelines:,} pipelines, {runs:,} runs in {time.perf_counter() - began:.0f} s")
        port = free_port()
        environment = {**os.environ, "HEADWATER_DATABASE_URL": url, "HEADWATER_SECRET_KEY": KEY}
        environment |= {"HEADWATER_HOME": str(home), "HEADWATER_PORT": str(port)}
        headwater = str(Path(sys.executable).with_name("headwater"))
        server = subprocess.Popen([headwater, "server"], env=environment)
        try:
            wait_until_ready(port)
            took = asyncio.run(ask(port, seconds))
        finally:
            server.terminate()
            server.wait()
    everything = [value for values in took.values() for value in values]
    for path, values in [*sorted(took.items()), ("all", everything)]:
        cuts = quantiles(values, n=100)
        print(f"{path:<40} p50 {cuts[49]:7.1f} ms   p95 {cuts[94]:7.1f} ms   p99 {cuts[98]:7.1f} ms")


def wait_until_ready(port: int) -> None:
    while True:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/api/readyz", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:]))
