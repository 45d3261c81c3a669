"""Pipelines to watch: one that takes its time, and one that fails by its rules."""

from __future__ import annotations

from typing import Any

import pytest
from e2e.demo import Demo
from e2e.running import Api, Running

READINGS = 160_000
LONG_NAME = "everything_that_the_people_of_the_northern_depots_have_ever_ordered_by_telephone_or_by_letter"
_SLOWLY = """\
import time

import pyarrow as pa


def slowly(batch: pa.RecordBatch, seconds: float) -> pa.RecordBatch:
    time.sleep(seconds)
    return batch
"""


@pytest.fixture(scope="session")
def slow(server: Running, api: Api) -> str:
    """The name of a pipeline whose run takes some seconds: each batch sleeps a little in a step of our own."""
    folder = server.data / "slow"
    folder.mkdir()
    with (folder / "readings.csv").open("w") as file:
        file.write("id,value\n")
        file.writelines(f"{number},{number / 2}\n" for number in range(READINGS))
    (server.data / "slowly.py").write_text(_SLOWLY)
    api.put_connector("meters", "files", {"url": str(folder)})
    api.put_connector("archive", "duckdb", {"path": str(server.data / "archive.duckdb")})
    step = {"file": str(server.data / "slowly.py"), "function": "slowly", "arguments": {"seconds": 0.5}}
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
