"""Workers, engines and PostgreSQL are killed at moments that nobody chose, one after the other, while runs go on."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from uuid import UUID

import pytest
from runs.bench import Bench, until, until_true
from runs.test_faults import engines_of
from sqlalchemy.exc import DBAPIError

from headwater_server.db.embedded.server import EmbeddedPostgres
from headwater_server.pipelines.models import Pipeline

PIPELINES, RUNS_EACH, ROWS = 4, 4, 3
HARMS = ("worker",) * 5 + ("engine",) * 5 + ("postgres",) * 2
# A run is at work for about so long when nothing is in its way.
RUN_S = 0.8


class Deployment:
    """Two workers that are started again when they die, as a supervisor does it."""

    def __init__(self, bench: Bench, postgres: EmbeddedPostgres, moments: random.Random) -> None:
        self._bench = bench
        self._postgres = postgres
        self._moments = moments
        self._workers = [self._worker(), self._worker()]

    def _worker(self):
        # What is harmed this often may try as often.
        return self._bench.process(worker_lease_s=4.0, run_attempts=50, run_worker_losses=50, worker_concurrency=2)

    async def harm(self, what: str) -> None:
        """At some moment of the run of some engine."""
        await until(lambda: any(engines_of(worker.pid) for worker in self._workers))
        await asyncio.sleep(self._moments.uniform(0, RUN_S))
        at_work = [number for number, worker in enumerate(self._workers) if engines_of(worker.pid)]
        number = self._moments.choice(at_work or [0])
        worker = self._workers[number]
        if what == "worker":
            worker.kill()
            worker.wait()
            self._workers[number] = self._worker()
        elif what == "engine":
            for engine in engines_of(worker.pid)[:1]:
                os.kill(engine, signal.SIGKILL)
        else:
            assert self._postgres.pid is not None
            os.kill(self._postgres.pid, signal.SIGKILL)
            assert self._postgres._process is not None
            self._postgres._process.wait()
            self._postgres.restart()


@pytest.mark.timeout(400)
async def test_whatever_is_killed_and_whenever_every_run_is_done_once(own: Bench, postgres: EmbeddedPostgres) -> None:
    moments = random.Random(20261128)
    pipelines = [await own.copy(f"p{number}", rows=ROWS) for number in range(PIPELINES)]
    asked: dict[str, list[UUID]] = {pipeline.name: [] for pipeline in pipelines}

    async def ask(pipeline: Pipeline) -> None:
        asked[pipeline.name].append(await own.ask(pipeline))

    for pipeline in pipelines * RUNS_EACH:
        await ask(pipeline)
    deployment = Deployment(own, postgres, moments)
    harms = list(HARMS)
    moments.shuffle(harms)
    for harm in harms:
        [left] = await own.sql("select count(*) as runs from runs where finished_at is null")
        for pipeline in pipelines if left.runs < PIPELINES else ():
            await ask(pipeline)
        await deployment.harm(harm)

    async def over() -> bool:
        try:
            [left] = await own.sql("select count(*) as runs from runs where finished_at is null")
        except DBAPIError:
            return False
        return left.runs == 0

    await until_true(over, 280)
    runs = await own.sql("select status, unsettled, error from runs")
    assert {(run.status, run.unsettled) for run in runs} == {("succeeded", False)}, runs
    assert {name: own.written(name) for name in asked} == {name: ROWS * len(ids) for name, ids in asked.items()}
    [double] = await own.sql("select count(*) as runs from run_events where event = 'succeeded' having count(*) > 0")
    assert double.runs == len(runs)
    [attempts] = await own.sql("select count(*) as open from run_attempts where finished_at is null")
    assert attempts.open == 0
