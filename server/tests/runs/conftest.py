"""A server's database with pipelines in it, and real workers."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from runs.bench import Bench

from headwater_server.db.embedded.server import EmbeddedPostgres
from headwater_server.db.migrate import migrate_up
from headwater_server.db.session import Database
from headwater_server.kit.encryption import Sealer
from headwater_server.settings import Settings

KEY = "a-key-for-tests-0123456789-abcdefghij"


@pytest.fixture
def quick(tmp_path: Path) -> Settings:
    """Settings with short times."""
    home = tmp_path / "home"
    home.mkdir()
    return Settings(
        home=home,
        worker_heartbeat_s=0.5,
        worker_lease_s=20.0,
        worker_grace_s=0.0,
        spare_engines=0,
        worker_concurrency=4,
    )


@pytest.fixture
def bench(database: Database, database_url: str, quick: Settings, sealer: Sealer) -> Iterator[Bench]:
    made = Bench(database, database_url, quick, sealer, KEY)
    yield made
    end(made)


def end(bench: Bench) -> None:
    """All processes that the test has left."""
    for process in bench.processes:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def postgres() -> Iterator[EmbeddedPostgres]:
    """A server of the test's own, which it may kill."""
    with TemporaryDirectory(prefix="headwater-") as folder:
        Path(folder).chmod(0o755)  # for the account that the server runs as, when this is root
        server = EmbeddedPostgres(Path(folder))
        server.start()
        yield server
        server.stop()


@pytest.fixture
async def own(postgres: EmbeddedPostgres, quick: Settings, sealer: Sealer) -> AsyncIterator[Bench]:
    """A bench on that server."""
    url = postgres.url_file.read_text().strip()
    migrate_up(url)
    database = Database(url, pool_size=2)
    made = Bench(database, url, quick, sealer, KEY)
    yield made
    end(made)
    await database.dispose()
