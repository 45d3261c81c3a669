"""Runs from asking to ending, by real workers and real engines."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from runs.bench import Bench

from headwater_server.connectors.models import Connector
from headwater_server.runs.models import Run


async def test_a_run_that_was_asked_for_is_carried_out_and_proved(bench: Bench) -> None:
    pipeline = await bench.copy(rows=3)
    async with bench.worker():
        run = await bench.ended(await bench.ask(pipeline))
    assert (run.status, run.rows_read, run.rows_written, run.attempt) == ("succeeded", 3, 3, 1), run.error
    assert not run.unsettled
    assert run.report is not None
    assert run.report["run_id"] == str(run.id)
    assert bench.written("copy") == 3
    events = [row.event for row in await bench.sql("select event from run_events order by id")]
    assert (events[0], events[-1]) == ("queued", "succeeded")
    assert {"RunStarted", "StreamStarted", "LoadFinished", "RunFinished"} <= set(events)
    [attempt] = await bench.sql("select * from run_attempts")
    assert attempt.status == "succeeded"
    assert attempt.cpu_s > 0
    assert attempt.peak_memory_bytes > 10_000_000


async def test_a_pipeline_never_runs_twice_at_once_and_in_the_order_of_asking(bench: Bench) -> None:
    pipeline = await bench.copy(steps=[bench.waits("copy")])
    first, second = await bench.ask(pipeline), await bench.ask(pipeline)
    async with bench.worker():
        await bench.begun("copy")
        assert [(await bench.run(run_id)).status for run_id in (first, second)] == ["running", "queued"]
        bench.go("copy")
        one, other = await bench.ended(first), await bench.ended(second)
    assert (one.status, other.status) == ("succeeded", "succeeded")
    assert one.finished_at is not None
    assert other.started_at is not None
    assert one.finished_at <= other.started_at


async def test_what_is_more_urgent_goes_first(bench: Bench) -> None:
    pipelines = [await bench.copy(name) for name in ("low", "high")]
    low = await bench.ask(pipelines[0], priority=0)
    high = await bench.ask(pipelines[1], priority=5)
    async with bench.worker(worker_concurrency=1):
        runs = [await bench.ended(run_id) for run_id in (low, high)]
    assert runs[0].started_at is not None
    assert runs[1].started_at is not None
    assert runs[1].started_at < runs[0].started_at


async def test_a_connector_is_used_by_no_more_runs_than_it_allows(bench: Bench) -> None:
    (bench.data / "in.csv").write_text("id\n1\n")
    async with bench.database.begin() as session:
        session.add(Connector(name="shop", type="files", config={"url": "in.csv"}, concurrency=1))
    step = bench.waits("shared")
    runs: list[Any] = []
    for name in ("one", "two"):
        document = {
            "sources": [{"connector": "shop", "streams": ["*"]}],
            "processors": [step],
            "destinations": [{"type": "sqlite", "config": {"path": f"{name}.sqlite"}}],
        }
        runs.append(await bench.ask(await bench.pipeline(name, document)))
    free = await bench.ask(await bench.copy("free"))
    async with bench.worker():
        await bench.begun("shared")
        assert (await bench.ended(free)).status == "succeeded"
        assert sorted([(await bench.run(run_id)).status for run_id in runs]) == ["queued", "running"]
        bench.go("shared")
        assert [(await bench.ended(run_id)).status for run_id in runs] == ["succeeded", "succeeded"]


async def test_a_run_that_waits_is_cancelled_at_once_and_never_begins(bench: Bench) -> None:
    run_id = await bench.ask(await bench.copy())
    await bench.cancel(run_id)
    assert (await bench.run(run_id)).status == "cancelled"
    other = await bench.ask(await bench.copy("other"))
    async with bench.worker():
        await bench.ended(other)
    run = await bench.run(run_id)
    assert (run.status, run.attempt, run.cancelled_by) == ("cancelled", 0, "test")


async def test_a_run_that_is_at_work_is_cancelled_within_seconds(bench: Bench) -> None:
    run_id = await bench.ask(await bench.copy(steps=[bench.waits("copy")]))
    async with bench.worker():
        await bench.begun("copy")
        await bench.cancel(run_id)
        assert (await bench.run(run_id)).status == "cancelling"
        run = await bench.ended(run_id, timeout_s=20)
    assert (run.status, run.rows_written) == ("cancelled", 0)
    assert bench.written("copy") == 0


async def test_a_mistake_in_the_pipeline_fails_at_once_and_says_what_to_do(bench: Bench) -> None:
    pipeline = await bench.pipeline(
        "wrong",
        {
            "sources": [{"type": "files", "config": {"url": "nowhere/*.csv"}, "streams": ["orders"]}],
            "destinations": [{"type": "sqlite", "config": {"path": "x.sqlite"}}],
        },
    )
    async with bench.worker():
        run = await bench.ended(await bench.ask(pipeline))
    assert (run.status, run.attempt, run.unsettled) == ("failed", 1, False)
    assert run.error is not None
    assert (run.error["code"], run.error["hint"]) == ("files.not_found", "check the connector's url and format")


async def test_an_error_that_may_pass_is_tried_again_and_then_given_up(bench: Bench) -> None:
    nobody = {"host": "127.0.0.1", "port": 1, "database": "d", "user": "u"}
    pipeline = await bench.pipeline(
        "away",
        {
            "sources": [{"type": "postgres", "config": nobody, "streams": ["public.t"]}],
            "destinations": [{"type": "sqlite", "config": {"path": "x.sqlite"}}],
            "retries": {"attempts": 1},
        },
    )
    run_id = await bench.ask(pipeline)
    async with bench.worker(run_attempts=2):
        await bench.has_status(run_id, "retrying")
        waits = await bench.run(run_id)
        assert waits.error is not None
        assert waits.error["code"] == "postgres.unreachable"
        await bench.sql("update runs set not_before = now()")
        run = await bench.ended(run_id)
    assert (run.status, run.attempt, run.unsettled) == ("failed", 2, False)


async def test_a_flood_of_lines_is_cut_off_and_says_so(bench: Bench) -> None:
    (bench.data / "loud.py").write_text(
        "def process(batch):\n    for number in range(50_000):\n        print('line', number)\n    return batch\n"
    )
    step = {"type": "python", "config": {"file": str(bench.data / "loud.py"), "function": "process"}}
    async with bench.worker(run_log_lines=500):
        run = await bench.ended(await bench.ask(await bench.copy(steps=[step])))
    assert run.status == "succeeded", run.error
    [kept] = await bench.sql("select count(*) as lines from run_events where kind = 'log'")
    assert 500 <= kept.lines <= 501
    [said] = await bench.sql("select message from run_events where event = 'lines_not_kept'")
    assert said.message.endswith("more lines were not kept")


@pytest.mark.parametrize("document", [{"sources": []}, {"sources": [{"connector": "gone"}], "destinations": []}])
async def test_a_document_that_is_no_longer_right_fails_its_run(bench: Bench, document: dict[str, Any]) -> None:
    async with bench.worker():
        run: Run = await bench.ended(await bench.ask(await bench.pipeline("odd", document)))
    assert run.status == "failed"
    assert run.error is not None
    assert run.error["code"].startswith("config."), run.error


async def test_a_worker_that_is_told_to_end_hands_its_runs_on(bench: Bench) -> None:
    run_id = await bench.ask(await bench.copy(steps=[bench.waits("copy")]))
    async with bench.worker() as leaving:
        await bench.begun("copy")
        leaving.stop()
        await bench.has_status(run_id, "retrying")
    bench.go("copy")
    async with bench.worker():
        run = await bench.ended(run_id)
    assert (run.status, run.attempt, run.tries) == ("succeeded", 2, 1), run.error
    assert bench.written("copy") == 3


async def test_a_secret_reaches_the_engine_and_is_struck_out_of_what_a_plugin_prints(bench: Bench) -> None:
    secret = "a-key-of-thirty-two-characters-or-more"
    (bench.data / "leak.py").write_text(f"def process(batch):\n    print('it is {secret} !')\n    return batch\n")
    leak = {"type": "python", "config": {"file": str(bench.data / "leak.py"), "function": "process"}}
    hashed = {"type": "anonymize", "config": {"columns": {"name": {"method": "hash", "key": "${secret:pii}"}}}}
    sealed = bench.sealer.seal(secret, "pii")
    await bench.sql("insert into secrets (name, sealed) values ('pii', :sealed)", sealed=sealed)
    pipeline = await bench.copy(steps=[leak, hashed])
    async with bench.worker():
        run = await bench.ended(await bench.ask(pipeline))
    assert run.status == "succeeded", run.error
    everything = [f"{row}" for row in await bench.sql("select message, facts from run_events")]
    assert [line for line in everything if "it is *** !" in line]
    assert not [line for line in everything if secret in line]


async def test_many_runs_of_many_pipelines_are_all_done_once(bench: Bench) -> None:
    pipelines = [await bench.copy(f"p{number}", rows=2) for number in range(4)]
    asked = [await bench.ask(pipeline) for pipeline in pipelines for _ in range(2)]
    async with bench.worker(spare_engines=1), bench.worker(spare_engines=1):
        runs = await asyncio.gather(*(bench.ended(run_id) for run_id in asked))
    assert {run.status for run in runs} == {"succeeded"}
    assert {run.attempt for run in runs} == {1}
    assert [bench.written(f"p{number}") for number in range(4)] == [4, 4, 4, 4]
