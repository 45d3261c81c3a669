"""`bench`: a project between two in-memory systems that no other test knows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from unit.run.bench import Bench

from headwater.run.watched import THREAD_PREFIX
from headwater.testing.memory import MemorySystem


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench.at(tmp_path / "home")
    yield made
    for system in (made.shop, made.lake):
        system.faults.clear()
        MemorySystem.forget(system.name)
    # What a test left behind must not be found by the next.
    for thread in threading.enumerate():
        if thread.name.startswith(THREAD_PREFIX):
            thread.join(10)
