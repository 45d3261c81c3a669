"""Runs from asking to ending, by real workers and real engines."""

from __future__ import annotations

from runs.bench import Bench


async def test_a_run_that_was_asked_for_is_carried_out_and_proved(bench: Bench) -> None:
    pipeline = await bench.copy(rows=3)
    async with bench.worker():
        run = await bench.ended(await bench.ask(pipeline))
    assert (run.status, run.rows_read, run.rows_written, run.attempt, run.unsettled) == ("succeeded", 3, 3, 1, False), (
        run.error
    )
    assert run.report is not None
    assert run.report["run_id"] == str(run.id)
    assert bench.written("copy") == 3
    events = [row.event for row in await bench.sql("select event from run_events order by id")]
    assert events[0] == "queued"
    assert events[-1] == "succeeded"
    assert {"RunStarted", "StreamStarted", "LoadFinished", "RunFinished"} <= set(events)
