"""One JVM for the whole suite: a classic session on local[2], and in the same JVM a Spark Connect server on 127.0.0.1.

The settings are those that every session of the Spark engine needs (docs/decisions/0040), and some to keep it small.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyspark
from pyspark.sql import SparkSession
from pyspark.sql.connect.session import SparkSession as ConnectSession

TESTS = Path(__file__).parents[1]
SESSION = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.caseSensitive": "true",
    "spark.sql.timeType.enabled": "true",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
}
MACHINE = {
    "spark.driver.memory": "1g",
    "spark.driver.extraJavaOptions": "-Duser.timezone=UTC -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.log.level": "ERROR",
    "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
    "spark.connect.grpc.binding.address": "127.0.0.1",
}
NO_JAVA = """\
The parity suite runs Spark, which needs Java 17 or 21, and there is none here.
  Debian 12:    sudo apt-get install openjdk-17-jre-headless
  Ubuntu 24.04: sudo apt-get install openjdk-21-jre-headless
  macOS:        brew install openjdk@21
or set JAVA_HOME to one. To leave the suite out by hand: HEADWATER_SKIP_SPARK=1"""


@dataclass(frozen=True, slots=True)
class Sessions:
    classic: SparkSession
    connect: ConnectSession


@contextmanager
def spark_sessions(folder: Path) -> Iterator[Sessions]:
    """`folder` takes all that Spark writes."""
    require_java()
    port = _free_port()
    places = {
        "spark.local.dir": str(folder / "local"),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.connect.grpc.binding.port": str(port),
    }
    builder = SparkSession.builder.master("local[2]").appName("parity")
    for name, value in {**MACHINE, **SESSION, **places}.items():
        builder = builder.config(name, value)
    python_path = os.pathsep.join([str(TESTS), str(Path(pyspark.__file__).parents[1])])
    with _environment(PYSPARK_PYTHON=sys.executable, PYTHONPATH=python_path, SPARK_LOCAL_DIRS=str(folder / "local")):
        classic = builder.getOrCreate()
    server = classic.sparkContext._gateway.proc
    try:
        connect = ConnectSession.builder.remote(f"sc://127.0.0.1:{port}").create()
        for name, value in SESSION.items():
            connect.conf.set(name, value)
        yield Sessions(classic, connect)
        connect.stop()
    finally:
        classic.stop()
        server.terminate()
        server.wait(30)


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    """What the JVM and the workers it starts inherit; the tests beside this suite do not."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def require_java() -> None:
    """Raises RuntimeError that says what to install."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if java is None or not Path(java).exists():
        raise RuntimeError(NO_JAVA)
    subprocess.run([java, "-version"], check=True, capture_output=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
