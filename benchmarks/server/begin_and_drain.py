"""From asking for a run to the start of its engine; and how long 1,000 queued runs of ten rows take two workers.

.venv/bin/python benchmarks/server/begin_and_drain.py [runs to drain]
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from sqlalchemy import text
from stand import all_ended, ask, figures, pipelines, postgres, workers

from headwater_server.db.session import Database

ONE_BY_ONE = 40


async def begin(url: str, home: Path) -> None:
    database = Database(url)
    made = await pipelines(database, home, 50)
    with workers(url, home, 1, spare_engines=2):
        await ask(database, made[0])
        await all_ended(database)
        for number in range(ONE_BY_ONE):
            await ask(database, made[number % len(made)])
            await all_ended(database)
    async with database.begin() as session:
        rows = await session.execute(
            text(
                "select extract(epoch from engine_at - created_at)::float from runs join run_attempts on run_id = id "
                "order by id offset 1"
            )
        )
        print("asked to engine at work:", figures([row[0] for row in rows]))
    await database.dispose()


async def drain(url: str, home: Path, count: int) -> None:
    database = Database(url)
    async with database.begin() as session:
        await session.execute(text("truncate pipelines cascade"))
    made = await pipelines(database, home, 100)
    for number in range(count):
        await ask(database, made[number % len(made)])
    began = time.monotonic()
    with workers(url, home, 2, spare_engines=2, worker_concurrency=2):
        ended = await all_ended(database)
    took_s = time.monotonic() - began
    async with database.begin() as session:
        found = await session.execute(text("select sum(rows_written), max(attempt) from runs"))
        rows, attempts = found.one()
    print(
        f"{count} runs drained by two workers in {took_s:.1f} s ({count / took_s:.1f}/s): {ended}, {rows} rows written"
    )
    assert ended == {"succeeded": count}
    assert (rows, attempts) == (10 * count, 1)
    await database.dispose()


if __name__ == "__main__":
    with postgres() as (address, folder):
        asyncio.run(begin(address, folder))
        asyncio.run(drain(address, folder, int(sys.argv[1]) if len(sys.argv) > 1 else 1_000))
