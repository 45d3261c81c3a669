"""10,000 schedules: what they cost while nothing is due, and how late ticks are when 300 fall into half a minute."""

from __future__ import annotations

import asyncio
import resource
import time
from pathlib import Path

from benchmarks.server.figures import Goal, at, spread
from benchmarks.server.stand import pipelines
from sqlalchemy import text

from headwater_server.db.session import Database
from headwater_server.schedules.scheduler import Scheduler
from headwater_server.settings import Settings

SCHEDULES, DUE, IDLE_S, MOST_S = 10_000, 300, 15.0, 2.0

FILL = text("""
    insert into schedules (id, name, pipeline_id, document, next_due_at, next_at)
    select gen_random_uuid(), 's' || number, :pipeline,
        jsonb_build_object('pipeline', 'p0', 'cron', '0 3 1 1 *', 'overlap', 'queue'), due, due
    from generate_series(1, :count) as number,
        lateral (select case when number <= :due then now() + make_interval(secs => :idle + number * 0.1)
            else now() + interval '100 days' end as due) as moment
""")


async def measure(url: str, home: Path) -> list[Goal]:
    database = Database(url)
    [pipeline] = await pipelines(database, home, 1)
    values = {"pipeline": pipeline.id, "count": SCHEDULES, "due": DUE, "idle": IDLE_S}
    async with database.begin() as session:
        await session.execute(FILL, values)
        await session.execute(text("analyze schedules"))
    async with database.listener:
        working = [asyncio.create_task(Scheduler(database, Settings(home=home)).run_for_ever()) for _ in range(2)]
        before, began = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
        await asyncio.sleep(IDLE_S - 2)
        after = resource.getrusage(resource.RUSAGE_SELF)
        cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        share = cpu_s / (time.monotonic() - began)
        late = await _lateness(database)
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
    await database.dispose()
    return [
        Goal(
            f"ticks of {DUE} of {SCHEDULES:,} schedules, 10 a second, two schedulers",
            "lateness p99 under 2 s",
            spread(late),
            at(late, 0.99) < MOST_S,
        ),
        Goal(f"two schedulers, {SCHEDULES:,} schedules, nothing due", "", f"{share:.1%} of a core", None),
    ]


async def _lateness(database: Database) -> list[float]:
    while True:
        await asyncio.sleep(0.5)
        async with database.begin() as session:
            rows = (await session.execute(text("select late_s from schedule_ticks"))).all()
        if len(rows) == DUE:
            return [row[0] for row in rows]
