"""How fast reads of the API are answered with 10,000 pipelines and 1,000,000 runs in the database.

Requests begin at fixed times, 100 a second, whatever the answers take: a slow server is not spared.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections import defaultdict
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import psycopg
from benchmarks.server.figures import Goal, at, spread
from benchmarks.server.stand import HEADERS, api

PIPELINES, RUNS = 10_000, 1_000_000
PER_SECOND, SECONDS, MOST_MS = 100, 20, 50.0
CONNECTIONS = 32
PATHS = (
    "/api/pipelines?limit=50",
    "/api/pipelines?q=p77&limit=50",
    "/api/pipelines/p500",
    "/api/connectors?limit=50",
    "/api/runs?limit=50",
    "/api/runs?status=failed&limit=50",
    "/api/runs?pipeline=p500&limit=50",
    "/api/runs/{run}",
    "/api/runs/{run}/logs",
    "/api/schedules?limit=50",
    "/api/overview?days=7",
)
FILL = (
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
    """insert into run_events (run_id, attempt, kind, level, event, message)
       select runs.id, 1, 'log', 'info', 'line', 'line ' || n
       from (select id from runs order by id desc limit 20000) as runs, generate_series(1, 20) as n""",
    """insert into schedules (id, name, pipeline_id, document, next_due_at, next_at)
       select gen_random_uuid(), 's' || name, id, jsonb_build_object('pipeline', name, 'cron', '0 3 * * *'),
              now() + interval '1 day', now() + interval '1 day'
       from pipelines""",
)


def _fill(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in FILL:
            text = statement.replace("{pipelines}", str(PIPELINES)).replace("{runs}", str(RUNS))
            connection.execute(text.encode())
        connection.execute("vacuum analyze")


def _paths(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        found = connection.execute("select id from runs order by id desc limit 1 offset 500").fetchone()
    assert found is not None
    return [path.replace("{run}", str(found[0])) for path in PATHS]


async def _ask(base: str, paths: list[str]) -> dict[str, list[float]]:
    """Milliseconds per path, from when a request was due until its answer was whole."""
    took: dict[str, list[float]] = defaultdict(list)
    numbers = iter(range(PER_SECOND * SECONDS))
    began = 0.0

    async def one_after_the_other(client: httpx.AsyncClient) -> None:
        for number in numbers:
            due = began + number / PER_SECOND
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            which = number % len(paths)
            (await client.get(paths[which])).raise_for_status()
            took[PATHS[which]].append((time.perf_counter() - due) * 1000)

    async with AsyncExitStack() as stack:
        # A connection each: one pool for all would itself become slow when requests wait. All are made beforehand: a
        # client takes 20 ms to load its certificates, and for 32 of them nothing else could be asked or answered.
        clients = [httpx.AsyncClient(base_url=base, headers=HEADERS, timeout=60) for _ in range(CONNECTIONS)]
        for client in clients:
            await stack.enter_async_context(client)
        for path in paths:
            (await clients[0].get(path)).raise_for_status()
        # Nor is the server slow while this process looks for 100 ms through its own modules and certificates.
        gc.collect()
        gc.freeze()
        began = time.perf_counter()
        await asyncio.gather(*(one_after_the_other(client) for client in clients))
    return took


async def measure(url: str, home: Path) -> list[Goal]:
    began = time.perf_counter()
    _fill(url)
    print(f"{PIPELINES:,} pipelines, {RUNS:,} runs in {time.perf_counter() - began:.0f} s", flush=True)
    with api(url, home) as base:
        took = await _ask(base, _paths(url))
    everything = [value for values in took.values() for value in values]
    setting = f"{PER_SECOND} a second, {PIPELINES:,} pipelines, {RUNS:,} runs"
    return [
        Goal(
            f"reads of the API, {setting}", "p99 under 50 ms", spread(everything, "ms"), at(everything, 0.99) < MOST_MS
        ),
        *(Goal(f"`{path}`", "", spread(values, "ms"), None) for path, values in sorted(took.items())),
    ]
