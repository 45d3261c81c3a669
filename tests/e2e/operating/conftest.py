"""Pipelines to watch: one that takes its time, and one that fails by its rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e.demo import Demo
from e2e.running import Api, Running

READINGS = 1_000_000
LONG_NAME = "everything_that_the_people_of_the_northern_depots_have_ever_ordered_by_telephone_or_by_letter"
_SLOWLY = """\
import time
from pathlib import Path

import pyarrow as pa


def slowly(batch: pa.RecordBatch, seconds: float, unless: str) -> pa.RecordBatch:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not Path(unless).exists():
        time.sleep(0.05)
    return batch
"""


@pytest.fixture(scope="session")
def no_need_to_wait(server: Running) -> Path:
    """While this file is there, the slow pipeline is fast."""
    return server.data / "no_need_to_wait"


@pytest.fixture
def hurry(no_need_to_wait: Path) -> Iterator[Callable[[], None]]:
    """Lets the slow pipeline end at once. Until then its run goes on longer than any machine needs to look at it."""
    yield no_need_to_wait.touch
    no_need_to_wait.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def slow(server: Running, api: Api, no_need_to_wait: Path) -> str:
    """The name of a pipeline whose run takes long: each batch sleeps a little in a step of our own."""
    folder = server.data / "slow"
    folder.mkdir()
    with (folder / "readings.csv").open("w") as file:
        file.write("id,value\n")
        file.writelines(f"{number},{number / 2}\n" for number in range(READINGS))
    (server.data / "slowly.py").write_text(_SLOWLY)
    api.put_connector("meters", "files", {"url": str(folder)})
    api.put_connector("archive", "duckdb", {"path": str(server.data / "archive.duckdb")})
    waits = {"seconds": 0.5, "unless": str(no_need_to_wait)}
    step = {"file": str(server.data / "slowly.py"), "function": "slowly", "arguments": waits}
    document: dict[str, Any] = {
        "sources": [{"connector": "meters", "streams": ["readings"]}],
        "processors": [{"type": "python", "config": step}],
        "destinations": [{"connector": "archive"}],
    }
    api.put_pipeline("slow_meters", document)
    return "slow_meters"


@pytest.fixture(scope="session")
def failed(api: Api, demo: Demo) -> dict[str, Any]:
    """A run that failed: more orders break a rule than its limit allows. The pipeline's name is long."""
    rules = [{"rule": "in", "column": "status", "values": ["paid", "shipped"]}]
    document: dict[str, Any] = {
        "sources": [{"connector": demo.source, "streams": ["orders"]}],
        "processors": [{"type": "quality", "config": {"max_rejected": "1%", "rules": rules}}],
        "destinations": [{"connector": demo.warehouse, "table": "strict_{name}"}],
    }
    api.put_pipeline(LONG_NAME, document)
    run = api.run(LONG_NAME)
    assert run["status"] == "failed"
    return run
