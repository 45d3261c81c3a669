"""Spark is started once, for the tests that need it. Without pyspark or Java they fail and say what to install."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING

import pytest
from parity.duckdb_engine import DuckdbEngine

if TYPE_CHECKING:
    from parity.spark_engine import SparkEngine
    from parity.spark_sessions import Sessions

SKIP = "HEADWATER_SKIP_SPARK"
PACKAGES = Path(__file__).parents[3] / ".venv" / "spark"
NO_PYSPARK = f"The parity suite runs Spark, and pyspark is not installed: run `make test`. To leave it out: {SKIP}=1"


@pytest.fixture(scope="session")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sessions]:
    if os.environ.get(SKIP) == "1":
        pytest.skip(f"{SKIP}=1")
    sys.path.append(str(PACKAGES))
    if find_spec("pyspark") is None:
        pytest.fail(NO_PYSPARK, pytrace=False)
    # Loaded here, so that the other tests of this folder need no pyspark.
    start = resolve_name("parity.spark_sessions:spark_sessions")
    with start(tmp_path_factory.mktemp("spark")) as started:
        yield started


@pytest.fixture(scope="session")
def spark_engines(sessions: Sessions, tmp_path_factory: pytest.TempPathFactory) -> dict[str, SparkEngine]:
    folder = tmp_path_factory.mktemp("tables")
    resolve_name("parity.spark_engine:write_tables")(folder)
    engine = resolve_name("parity.spark_engine:SparkEngine")
    return {"classic": engine(sessions.classic, folder), "connect": engine(sessions.connect, folder)}


@pytest.fixture(scope="session")
def local_engine() -> Iterator[DuckdbEngine]:
    engine = DuckdbEngine()
    yield engine
    engine.close()
