"""A server's database with pipelines in it, and real workers."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from runs.bench import Bench

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
    for process in made.processes:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        process.wait()
