"""Workers, engines and connections that die, at every stage: no run is lost, done twice or stuck."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from uuid import UUID

import psycopg
from runs.bench import Bench, until, until_true

LEASE_S = 6.0


def engines_of(pid: int) -> list[int]:
    """Engine processes whose parent is this worker."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[1]
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if int(parent) == pid and b"headwater_server.worker.engine" in command:
            found.append(int(entry.name))
    return found


async def statuses(bench: Bench, run_id: UUID) -> list[str]:
    rows = await bench.sql("select status from run_attempts where run_id = :id order by attempt", id=run_id)
    return [row.status for row in rows]


async def test_an_engine_that_is_killed_is_replaced_and_its_rows_come_once(bench: Bench) -> None:
    run_id = await bench.ask(await bench.copy(steps=[bench.waits("copy")]))
    async with bench.worker():
        await bench.begun("copy")
        [engine] = engines_of(os.getpid())
        os.kill(engine, signal.SIGKILL)
        await bench.begun("copy", times=2)
        bench.go("copy")
        run = await bench.ended(run_id)
    assert (run.status, run.attempt, run.resumed, run.unsettled) == ("succeeded", 2, 1, False), run.error
    assert await statuses(bench, run_id) == ["failed", "succeeded"]
    assert bench.written("copy") == 3


async def test_a_run_whose_engine_always_dies_has_failed_and_the_next_run_goes_on_with_its_id(bench: Bench) -> None:
    (bench.data / "die.py").write_text(
        f"import os, pathlib, signal\n"
        f"def process(batch):\n"
        f"    if not pathlib.Path({str(bench.data / 'live')!r}).exists():\n"
        f"        os.kill(os.getpid(), signal.SIGKILL)\n"
        f"    return batch\n"
    )
    step = {"type": "python", "config": {"file": str(bench.data / "die.py"), "function": "process"}}
    pipeline = await bench.copy(steps=[step])
    async with bench.worker(run_attempts=2):
        dead = await bench.ended(await bench.ask(pipeline))
        assert (dead.status, dead.attempt, dead.unsettled) == ("failed", 2, True)
        assert dead.error is not None
        assert dead.error["code"] == "run.engine_died"
        (bench.data / "live").touch()
        run = await bench.ended(await bench.ask(pipeline))
    assert (run.status, run.engine_run_id, run.resumed) == ("succeeded", str(dead.id), 2), run.error
    assert (await bench.run(dead.id)).unsettled is False
    assert bench.written("copy") == 3


async def test_the_run_of_a_killed_worker_is_taken_over_in_time(bench: Bench) -> None:
    run_id = await bench.ask(await bench.copy(steps=[bench.waits("copy")]))
    killed = bench.process(worker_lease_s=LEASE_S)
    await bench.begun("copy")
    [engine] = engines_of(killed.pid)
    killed.kill()
    killed.wait()
    await until(lambda: not Path(f"/proc/{engine}/fd").exists(), 5)
    async with bench.worker(worker_lease_s=LEASE_S):
        async with asyncio.timeout(40):
            await bench.begun("copy", times=2)
        bench.go("copy")
        run = await bench.ended(run_id)
    assert (run.status, run.attempt, run.resumed) == ("succeeded", 2, 1), run.error
    assert await statuses(bench, run_id) == ["failed", "succeeded"]
    assert bench.written("copy") == 3


async def test_a_worker_that_was_thought_dead_and_comes_back_changes_nothing(bench: Bench) -> None:
    run_id = await bench.ask(await bench.copy(steps=[bench.waits("copy")]))
    frozen = bench.process(worker_lease_s=LEASE_S)
    await bench.begun("copy")
    [old_engine] = engines_of(frozen.pid)
    os.kill(frozen.pid, signal.SIGSTOP)
    os.kill(old_engine, signal.SIGSTOP)
    try:
        async with bench.worker(worker_lease_s=LEASE_S):

            async def taken_over() -> bool:
                return (await bench.run(run_id)).attempt >= 2

            await until_true(taken_over)
            os.kill(old_engine, signal.SIGCONT)
            os.kill(frozen.pid, signal.SIGCONT)
            await until(lambda: not engines_of(frozen.pid))
            bench.go("copy")
            run = await bench.ended(run_id)
    finally:
        os.kill(frozen.pid, signal.SIGCONT)
    assert run.status == "succeeded", run.error
    [ended] = await bench.sql("select count(*) as times from run_events where event = 'succeeded'")
    assert ended.times == 1
    assert bench.written("copy") == 3


async def test_dropped_connections_cost_a_run_nothing(bench: Bench) -> None:
    run_id = await bench.ask(await bench.copy(steps=[bench.waits("copy")]))
    async with bench.worker():
        await bench.begun("copy")
        with psycopg.connect(bench.url, autocommit=True) as admin:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )
        bench.go("copy")
        run = await bench.ended(run_id)
        again = await bench.ended(await bench.ask(await bench.copy("again")))
    assert (run.status, run.attempt) == ("succeeded", 1), run.error
    assert again.status == "succeeded"
    assert bench.written("copy") == 3


async def test_a_cancelled_run_whose_worker_dies_is_cancelled_and_its_pipeline_free(bench: Bench) -> None:
    pipeline = await bench.copy(steps=[bench.waits("copy")])
    run_id = await bench.ask(pipeline)
    frozen = bench.process(worker_lease_s=LEASE_S)
    await bench.begun("copy")
    os.kill(frozen.pid, signal.SIGSTOP)
    await bench.cancel(run_id)
    frozen.kill()
    async with bench.worker(worker_lease_s=LEASE_S):
        assert (await bench.ended(run_id)).status == "cancelled"
        bench.go("copy")
        run = await bench.ended(await bench.ask(pipeline))
    assert (run.status, run.engine_run_id, run.resumed) == ("succeeded", str(run_id), 1), run.error
    assert bench.written("copy") == 3


async def test_a_run_whose_engine_the_lease_ended_goes_on_with_the_same_worker(bench: Bench) -> None:
    """The worker could not reach the database for too long, and then could again before anyone took over."""
    run_id = await bench.ask(await bench.copy(steps=[bench.waits("copy")]))
    async with bench.worker(worker_heartbeat_s=0.3) as worker:
        await bench.begun("copy")
        for task in worker._running.values():
            task.kill()
        await bench.begun("copy", times=2)
        bench.go("copy")
        run = await bench.ended(run_id)
    assert (run.status, run.attempt, run.resumed) == ("succeeded", 2, 1), run.error
    assert (run.tries, run.worker_losses) == (1, 1)
    assert bench.written("copy") == 3
