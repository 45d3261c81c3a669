"""PostgreSQL itself is killed while a run is at work: with a server of its own, in the test's folder."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from runs.bench import Bench
from runs.conftest import KEY

from headwater_server.db.embedded.server import EmbeddedPostgres
from headwater_server.db.migrate import migrate_up
from headwater_server.db.session import Database
from headwater_server.kit.encryption import Sealer
from headwater_server.settings import Settings


@pytest.fixture
def postgres() -> Iterator[EmbeddedPostgres]:
    with TemporaryDirectory(prefix="headwater-") as folder:
        Path(folder).chmod(0o755)  # for the account that the server runs as, when this is root
        server = EmbeddedPostgres(Path(folder))
        server.start()
        yield server
        server.stop()


@pytest.fixture
async def own(postgres: EmbeddedPostgres, quick: Settings, sealer: Sealer) -> AsyncIterator[Bench]:
    url = postgres.url_file.read_text().strip()
    migrate_up(url)
    database = Database(url, pool_size=2)
    yield Bench(database, url, quick, sealer, KEY)
    await database.dispose()


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
