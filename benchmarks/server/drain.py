"""1,000 queued runs of ten rows and two workers; beside it, the same engines without a queue: the bound."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

from benchmarks.server.figures import Goal
from benchmarks.server.stand import all_ended, ask, pipelines, workers
from sqlalchemy import text

from headwater_server.db.session import Database
from headwater_server.worker.process import EngineProcess
from headwater_server.worker.requests import Deaf

RUNS = int(os.environ.get("RUNS") or 1_000)
AT_ONCE, BARE = 4, 80
# What claiming, telling and ending a run may cost beside its process.
LEAST_SHARE = 0.8


async def measure(url: str, home: Path) -> list[Goal]:
    bare = await _bare(home / "bare")
    database = Database(url)
    made = await pipelines(database, home, 100)
    for number in range(RUNS):
        await ask(database, made[number % len(made)])
    with workers(url, home, 2):
        ended = await all_ended(database)
    async with database.begin() as session:
        found = await session.execute(
            text(
                "select sum(rows_written), max(attempt), sum(worker_losses),"
                " extract(epoch from max(finished_at) - min(started_at))::float from runs"
            )
        )
        rows, attempts, losses, took_s = found.one()
    await database.dispose()
    rate = RUNS / took_s
    whole = (ended, rows, attempts, losses) == ({"succeeded": RUNS}, 10 * RUNS, 1, 0)
    lost = "none lost, each once" if whole else f"{ended}, {rows} rows, {attempts} attempts, {losses} losses"
    return [
        Goal(f"{RUNS:,} queued runs of ten rows, two workers", "none lost, each once", lost, whole),
        Goal(
            "rate at which they drain",
            f"at least {LEAST_SHARE:.0%} of bare engine processes",
            f"{rate:.2f}/s in {took_s:.0f} s, which is {rate / bare:.0%}",
            rate >= LEAST_SHARE * bare,
        ),
        Goal("bare engine processes, four at a time", "", f"{bare:.2f}/s", None),
    ]


async def _bare(folder: Path) -> float:
    """Engine processes per second that each copy ten rows, without queue, API, database."""
    folder.mkdir()
    left = iter(range(BARE))
    began = time.monotonic()

    async def one_after_the_other() -> None:
        for number in left:
            engine = await EngineProcess.start()
            outcome = await engine.carry_out(_request(folder, number), Deaf())
            assert outcome.answer is not None, outcome
            assert outcome.answer["result"]["report"]["status"] == "succeeded", outcome.answer

    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
    return BARE / (time.monotonic() - began)


def _request(folder: Path, number: int) -> dict[str, Any]:
    name = f"p{number}"
    (folder / f"{name}.csv").write_text("id,name\n" + "".join(f"{row},n{row}\n" for row in range(10)))
    pipeline = {
        "sources": [{"type": "files", "config": {"url": f"{name}.csv"}, "streams": ["*"]}],
        "destinations": [{"type": "sqlite", "config": {"path": f"{name}.sqlite"}, "write": "append"}],
    }
    return {
        "kind": "run",
        "pipeline": name,
        "run_id": f"bare-{number}",
        "directory": str(folder),
        "home": str(folder / "home"),
        "project": {"version": 1, "pipelines": {name: pipeline}},
    }
