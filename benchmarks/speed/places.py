"""Where the benchmark keeps things, and its few settings from the environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
HOME = Path(os.environ.get("BENCH_HOME") or REPOSITORY / "benchmarks" / "data")
DATA = HOME / "rows"
OUT = HOME / "out"
SERVER = HOME / "postgres"
ENVIRONMENTS = REPOSITORY / "benchmarks" / ".envs"
RESULTS = REPOSITORY / "benchmarks" / "results"
PAGE = REPOSITORY / "docs" / "reference" / "benchmarks.md"

PYTHON = sys.executable
HEADWATER = str(Path(sys.executable).with_name("headwater"))


def make() -> None:
    """The folders that hold what is written."""
    for folder in (DATA, OUT, RESULTS):
        folder.mkdir(parents=True, exist_ok=True)
