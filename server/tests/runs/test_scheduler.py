"""Schedules against the database: each tick once, whatever number of schedulers; overlap, missed ticks, followers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from runs.bench import Bench, until_true

from headwater_server.pipelines.models import Pipeline
from headwater_server.schedules import service
from headwater_server.schedules.models import Schedule
from headwater_server.schedules.scheduler import Scheduler
from headwater_server.schedules.schemas import BackfillIn, ScheduleIn


@pytest.fixture
async def pipeline(bench: Bench) -> Pipeline:
    return await bench.copy()


async def add(bench: Bench, name: str = "s", *, next_due: str | None = None, **document: Any) -> UUID:
    """A schedule of the pipeline `copy`; `next_due` is its next tick."""
    async with bench.database.begin() as session:
        schedule, _ = await service.create(session, ScheduleIn(name=name, document={"pipeline": "copy", **document}))
    if next_due is not None:
        moment = datetime.fromisoformat(next_due)
        await bench.sql(
            "update schedules set next_due_at = :at, next_at = :at where id = :id", at=moment, id=schedule.id
        )
    return schedule.id


async def ticks(bench: Bench) -> list[tuple[str, str]]:
    rows = await bench.sql("select due_at, state from schedule_ticks order by due_at")
    return [(row.due_at.astimezone(UTC).isoformat(timespec="minutes")[:16], row.state) for row in rows]


async def runs(bench: Bench) -> list[Any]:
    return await bench.sql("select * from runs order by id")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


async def test_a_tick_makes_a_run_and_the_next_tick_is_known(bench: Bench, pipeline: Pipeline) -> None:
    schedule_id = await add(bench, cron="@hourly", next_due="2026-01-01T05:00Z")
    assert await Scheduler(bench.database, bench.settings).step(at("2026-01-01T05:00:01Z")) == 1
    [run] = await runs(bench)
    assert (run.trigger, run.schedule_id, run.due_at) == ("schedule", schedule_id, at("2026-01-01T05:00Z"))
    [row] = await bench.sql("select next_due_at from schedules")
    assert row.next_due_at == at("2026-01-01T06:00Z")
    [tick] = await bench.sql("select * from schedule_ticks")
    assert (tick.state, tick.run_id, tick.late_s) == ("fired", run.id, 1.0)


async def test_many_schedulers_fire_each_tick_once(bench: Bench, pipeline: Pipeline) -> None:
    for number in range(30):
        await add(bench, f"s{number}", every="1s", overlap="queue", next_due="2026-01-01T00:00Z")
    schedulers = [Scheduler(bench.database, bench.settings) for _ in range(4)]
    for second in range(3):
        moment = at(f"2026-01-01T00:00:0{second}Z")
        await asyncio.gather(*(scheduler.step(moment) for scheduler in schedulers))
        await asyncio.gather(*(scheduler.step(moment) for scheduler in schedulers))
    assert len(await runs(bench)) == 90
    [row] = await bench.sql(
        "select count(*) as all, count(distinct (schedule_id, due_at)) as different from schedule_ticks"
    )
    assert (row.all, row.different) == (90, 90)


async def test_a_clock_that_goes_back_fires_nothing_twice(bench: Bench, pipeline: Pipeline) -> None:
    await add(bench, cron="@hourly", overlap="queue", next_due="2026-01-01T05:00Z")
    scheduler = Scheduler(bench.database, bench.settings)
    await scheduler.step(at("2026-01-01T05:00Z"))
    moment = at("2026-01-01T05:00Z")
    await bench.sql("update schedules set next_due_at = :at, next_at = :at", at=moment)
    await scheduler.step(at("2026-01-01T05:00Z"))
    assert len(await runs(bench)) == 1


@pytest.mark.parametrize(
    ("overlap", "states", "statuses"),
    [
        ("skip", ["fired", "skipped"], ["queued"]),
        ("queue", ["fired", "fired"], ["queued", "queued"]),
        ("cancel_running", ["fired", "fired"], ["cancelled", "queued"]),
    ],
)
async def test_a_tick_that_finds_a_run_at_work_does_what_the_schedule_says(
    bench: Bench, pipeline: Pipeline, overlap: str, states: list[str], statuses: list[str]
) -> None:
    await add(bench, cron="@hourly", overlap=overlap, next_due="2026-01-01T05:00Z")
    scheduler = Scheduler(bench.database, bench.settings)
    await scheduler.step(at("2026-01-01T05:00Z"))
    await scheduler.step(at("2026-01-01T06:00Z"))
    assert [state for _, state in await ticks(bench)] == states
    assert [run.status for run in await runs(bench)] == statuses
    reasons = await bench.sql("select reason from schedule_ticks where state = 'skipped'")
    assert all("is queued" in row.reason for row in reasons)


@pytest.mark.parametrize(
    ("missed", "states"),
    [
        ("none", ["missed", "missed", "missed"]),
        ("last", ["missed", "missed", "fired"]),
        ("all", ["fired", "fired", "fired"]),
    ],
)
async def test_ticks_of_a_time_without_schedulers(
    bench: Bench, pipeline: Pipeline, missed: str, states: list[str]
) -> None:
    await add(bench, cron="@hourly", missed=missed, next_due="2026-01-01T05:00Z")
    await Scheduler(bench.database, bench.settings).step(at("2026-01-01T07:30Z"))
    assert [state for _, state in await ticks(bench)] == states
    assert len(await runs(bench)) == states.count("fired")
    [row] = await bench.sql("select next_due_at from schedules")
    assert row.next_due_at == at("2026-01-01T08:00Z")


async def test_years_of_missed_ticks_are_over_at_once(bench: Bench, pipeline: Pipeline) -> None:
    await add(bench, cron="* * * * *", missed="last", next_due="2020-01-01T00:00Z")
    await Scheduler(bench.database, bench.settings).step(at("2026-01-01T00:10:30Z"))
    assert len(await runs(bench)) == 1
    assert (await ticks(bench))[-1] == ("2026-01-01T00:10", "fired")


async def finish(bench: Bench, name: str, when: str) -> None:
    """Let a run of the pipeline have succeeded."""
    await bench.sql(
        "insert into runs (id, pipeline_id, version, trigger, status, engine_run_id, finished_at) "
        "select gen_random_uuid(), id, 1, 'manual', 'succeeded', 'x', :at from pipelines where name = :name",
        at=at(when),
        name=name,
    )


async def test_a_follower_runs_once_all_it_follows_have_succeeded(bench: Bench, pipeline: Pipeline) -> None:
    for name in ("one", "two"):
        await bench.copy(name)
    await add(bench, after=["one", "two"])
    await bench.sql("update schedules set seen_until = :at", at=at("2026-01-01T00:00Z"))
    await finish(bench, "one", "2026-01-01T01:00Z")
    assert await Scheduler(bench.database, bench.settings).look() == 0
    await finish(bench, "two", "2026-01-01T02:00Z")
    found = await asyncio.gather(*(Scheduler(bench.database, bench.settings).look() for _ in range(3)))
    assert sum(found) == 1
    assert [run.trigger for run in await runs(bench) if run.status == "queued"] == ["after"]
    assert await Scheduler(bench.database, bench.settings).look() == 0


async def test_a_tick_waits_for_what_it_follows_and_is_skipped_by_the_next(bench: Bench, pipeline: Pipeline) -> None:
    await bench.copy("one")
    await add(bench, cron="@hourly", after=["one"], next_due="2026-01-01T05:00Z")
    await bench.sql("update schedules set created_at = :at", at=at("2026-01-01T00:00Z"))
    scheduler = Scheduler(bench.database, bench.settings)
    await scheduler.step(at("2026-01-01T05:00Z"))
    assert await ticks(bench) == [("2026-01-01T05:00", "waiting")]
    await scheduler.step(at("2026-01-01T06:00Z"))
    assert [state for _, state in await ticks(bench)] == ["skipped", "waiting"]
    await finish(bench, "one", "2026-01-01T06:10Z")
    assert await Scheduler(bench.database, bench.settings).look(at("2026-01-01T06:11Z")) == 1
    assert [state for _, state in await ticks(bench)] == ["skipped", "fired"]


async def test_a_paused_schedule_fires_nothing_and_makes_up_for_nothing(bench: Bench, pipeline: Pipeline) -> None:
    await add(bench, every="1s", missed="all")
    async with bench.database.begin() as session:
        await service.set_enabled(session, "s", enabled=False)
    later = datetime.now(UTC) + timedelta(hours=1)
    assert await Scheduler(bench.database, bench.settings).step(later) == 0
    async with bench.database.begin() as session:
        schedule, _ = await service.set_enabled(session, "s", enabled=True)
    assert schedule.next_due_at is not None
    assert schedule.next_due_at > datetime.now(UTC) - timedelta(seconds=30)


async def test_a_backfill_asks_for_a_run_per_tick_behind_all_others(bench: Bench, pipeline: Pipeline) -> None:
    schedule_id = await add(bench, cron="@daily")
    asked = BackfillIn.model_validate({"from": "2026-01-01T00:00Z", "to": "2026-01-03T00:00Z", "dry_run": True})
    async with bench.database.begin() as session:
        schedule = await session.get_one(Schedule, schedule_id)
        tried = await service.backfill(session, schedule, asked, "me")
        done = await service.backfill(session, schedule, asked.model_copy(update={"dry_run": False}), "me")
    assert tried.ticks == [at(f"2026-01-0{day}T00:00Z") for day in (1, 2, 3)]
    assert (tried.runs, len(done.runs)) == ([], 3)
    assert {(run.trigger, run.priority) for run in await runs(bench)} == {("backfill", -10)}


async def test_a_scheduler_that_runs_fires_within_two_seconds_and_hears_of_new_schedules(
    bench: Bench, pipeline: Pipeline
) -> None:
    async with bench.database.listener:
        working = asyncio.create_task(Scheduler(bench.database, bench.settings).run_for_ever())
        try:
            await add(bench, every="1s", overlap="queue")

            async def fired() -> bool:
                return len(await runs(bench)) >= 3

            await until_true(fired)
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
    [row] = await bench.sql("select percentile_cont(0.5) within group (order by late_s) as late_s from schedule_ticks")
    assert row.late_s < 2


async def test_a_scheduler_that_is_killed_leaves_no_tick_out_and_none_twice(bench: Bench, pipeline: Pipeline) -> None:
    await add(bench, every="1s", overlap="queue", missed="all")
    killed, _ = bench.process("scheduler"), bench.process("scheduler")

    async def fired(count: int) -> bool:
        return len(await runs(bench)) >= count

    await until_true(lambda: fired(2))
    killed.kill()
    so_far = len(await runs(bench))
    await until_true(lambda: fired(so_far + 3))
    rows = await bench.sql("select due_at, run_id from schedule_ticks order by due_at")
    gaps = {later.due_at - earlier.due_at for earlier, later in pairwise(rows)}
    assert gaps == {timedelta(seconds=1)}
    assert len({row.run_id for row in rows}) == len(rows)
