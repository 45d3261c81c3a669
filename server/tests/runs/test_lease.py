"""A worker's lease: what holds it, what ends it, and what a run pays for a worker that lost it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import psycopg
import pytest
from runs.bench import Bench, until, until_true
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from headwater_server.db.session import Database
from headwater_server.runs.losses import ending_of_lost
from headwater_server.worker import lease as lease_module
from headwater_server.worker.lease import Lease, Member


@asynccontextmanager
async def leased(url: str, lost: threading.Event, lease_s: float = 1.5) -> AsyncIterator[Lease]:
    member = Member(uuid4(), "test:1", 2, "1")
    lease = Lease(url, member, lease_s=lease_s, beat_s=0.2, lost=lost.set)
    await lease.start()
    try:
        yield lease
    finally:
        await lease.stop()


def lease_backends(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "select pid from pg_stat_activity where application_name = 'headwater lease' "
            "and datname = current_database()"
        )
        return [pid for (pid,) in rows]


async def test_a_worker_whose_loop_is_blocked_for_longer_than_its_lease_keeps_its_run(bench: Bench) -> None:
    lease_s = 4.0
    run_id = await bench.ask(await bench.copy(steps=[bench.waits("copy")]))
    async with bench.worker(worker_lease_s=lease_s):
        await bench.begun("copy")
        bench.process(worker_lease_s=lease_s)

        async def another_looks() -> bool:
            [row] = await bench.sql("select count(*) as workers from workers")
            return row.workers == 2

        await until_true(another_looks)
        still = threading.Event()
        assert not still.wait(2 * lease_s)  # the loop of test and worker stands still
        bench.go("copy")
        run = await bench.ended(run_id)
    assert (run.status, run.attempt, run.worker_losses) == ("succeeded", 1, 0), run.error
    assert bench.written("copy") == 3


async def test_a_database_that_says_nothing_more_ends_the_lease_and_a_new_connection_renews_it(
    database_url: str,
) -> None:
    lost = threading.Event()
    async with leased(database_url, lost) as lease:
        [backend] = lease_backends(database_url)
        os.kill(backend, signal.SIGSTOP)
        try:
            await until(lost.is_set, 30)
            lost.clear()
            await until(lambda: lease.silent_s < 1, 30)
            assert [pid for pid in lease_backends(database_url) if pid != backend]
        finally:
            os.kill(backend, signal.SIGCONT)


async def test_a_worker_whose_loop_stands_still_for_good_loses_its_lease(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease_module, "STUCK_S", 1.0)
    lost = threading.Event()
    async with leased(database_url, lost, lease_s=1.0):
        assert not lost.is_set()
        assert lost.wait(30)  # blocks the loop of the worker, which is this one


async def test_a_run_that_lost_its_worker_has_all_its_tries_left(bench: Bench) -> None:
    run_id = await bench.ask(await bench.copy(steps=[bench.waits("copy")]))
    killed = bench.process(worker_lease_s=2.0, run_attempts=1)
    await bench.begun("copy")
    killed.kill()
    killed.wait()
    async with bench.worker(worker_lease_s=2.0, run_attempts=1):
        await bench.begun("copy", times=2)
        bench.go("copy")
        run = await bench.ended(run_id)
    assert (run.status, run.attempt, run.tries, run.worker_losses) == ("succeeded", 2, 1, 1), run.error
    assert bench.written("copy") == 3


async def test_a_run_that_kills_its_worker_each_time_is_given_up_and_says_so(bench: Bench) -> None:
    run_id = await bench.ask(await bench.copy(steps=[bench.waits("copy")]))
    for times in (1, 2):
        killed = bench.process(worker_lease_s=2.0, run_worker_losses=2)
        await bench.begun("copy", times=times)
        killed.kill()
        killed.wait()
    async with bench.worker(worker_lease_s=2.0, run_worker_losses=2):
        run = await bench.ended(run_id)
    assert (run.status, run.attempt, run.worker_losses) == ("failed", 2, 2)
    assert run.error is not None
    assert run.error["code"] == "run.kills_workers"
    first, last = await bench.sql("select error from run_attempts order by attempt")
    assert (first.error["code"], last.error["code"]) == ("run.worker_lost", "run.kills_workers")


def test_takeovers_come_at_once_and_then_at_longer_and_longer_intervals_up_to_the_bound() -> None:
    waits = [ending_of_lost(losses, 10).retry_s for losses in range(10)]
    assert waits == [0, 0, 2, 4, 8, 16, 32, 60, 60, None]


async def test_a_worker_that_froze_in_the_midst_of_a_transaction_does_not_keep_its_run(bench: Bench) -> None:
    run_id = await bench.ask(await bench.copy(steps=[bench.waits("copy")]))
    killed = bench.process(worker_lease_s=2.0)
    await bench.begun("copy")
    frozen = Database(bench.url, pool_size=1, idle_s=2.0)  # as the worker's own

    async def hold_the_run_until_another_has_done_it() -> None:
        async with frozen.begin() as session:
            await session.execute(text("select from runs where id = :id for update"), {"id": run_id})
            killed.kill()
            bench.go("copy")
            async with bench.worker(worker_lease_s=2.0):
                await bench.ended(run_id)

    with pytest.raises(OperationalError, match="idle-in-transaction timeout"):
        await hold_the_run_until_another_has_done_it()
    await frozen.dispose()
    run = await bench.run(run_id)
    assert (run.status, run.worker_losses) == ("succeeded", 1), run.error
