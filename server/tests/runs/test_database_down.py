"""PostgreSQL itself is killed while a run is at work: with a server of its own, in the test's folder."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from runs.bench import Bench

from headwater_server.db.embedded.server import EmbeddedPostgres


async def test_a_run_outlives_the_database_and_ends_once_it_is_back(own: Bench, postgres: EmbeddedPostgres) -> None:
    run_id = await own.ask(await own.copy(steps=[own.waits("copy")]))
    async with own.worker():
        await own.begun("copy")
        assert postgres.pid is not None
        os.kill(postgres.pid, signal.SIGKILL)
        assert postgres._process is not None
        postgres._process.wait()
        own.go("copy")
        postgres.restart()
        run = await own.ended(run_id)
        again = await own.ended(await own.ask(await own.copy("again")))
    assert (run.status, run.attempt, run.unsettled) == ("succeeded", 1, False), run.error
    assert again.status == "succeeded"
    assert own.written("copy") == 3
    assert Path(own.data / "copy.began").read_text() == "x"
