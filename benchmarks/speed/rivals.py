"""The peers: their environments, made when they are missing, and their part of each job."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.speed.places import ENVIRONMENTS, OUT, REPOSITORY
from benchmarks.speed.tables import CHANGES, SOURCE, TARGET, Bench

Command = Callable[[Bench], list[str]]
PEERS = Path(__file__).with_name("peers")
NAMES = ("dlt", "sling", "spark")
_SCRIPT = """
. tools/pip_settings.sh; inherit_pip_settings
.venv/bin/uv --no-config venv --quiet --python .venv/bin/python "$1"
VIRTUAL_ENV=$PWD/$1 .venv/bin/uv --no-config pip install --quiet --compile-bytecode -r "$2"
"""


@cache
def missing(peer: str) -> str | None:
    """Why the peer cannot take part; None when it is ready. Its environment is made first when it is not there."""
    if peer == "spark" and not shutil.which("java"):
        return "Java is not installed"
    home = ENVIRONMENTS / peer
    ready = home / ".ready"
    wanted = (PEERS / f"{peer}.txt").read_text(encoding="utf-8")
    if ready.exists() and ready.read_text(encoding="utf-8") == wanted:
        return None
    shutil.rmtree(home, ignore_errors=True)
    ENVIRONMENTS.mkdir(parents=True, exist_ok=True)
    print(f"installing {peer} …", flush=True)
    command = ["bash", "-euc", _SCRIPT, "install", str(home.relative_to(REPOSITORY)), str(PEERS / f"{peer}.txt")]
    made = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if made.returncode == 0 and peer == "spark":
        made = _warm_spark(home)
    if made.returncode != 0:
        lines = [line for line in made.stderr.splitlines() if line.strip()]
        return f"it cannot be installed here: {lines[-1] if lines else made.returncode}"
    ready.write_text(wanted, encoding="utf-8")
    return None


def _warm_spark(home: Path) -> subprocess.CompletedProcess[str]:
    """Spark fetches its JDBC driver when it first starts."""
    command = [str(home / "bin" / "python"), str(PEERS / "spark_job.py"), "warm"]
    return subprocess.run(command, env=_spark_env(), capture_output=True, text=True, check=False)


def version(peer: str) -> str:
    """As its requirements say it."""
    wanted = {"dlt": "dlt", "sling": "sling-linux-amd64", "spark": "pyspark"}[peer]
    for line in (PEERS / f"{peer}.txt").read_text(encoding="utf-8").splitlines():
        name, _, number = line.partition("==")
        if name.partition("[")[0] == wanted:
            return number
    raise ValueError(f"{peer}.txt does not name {wanted}")


def environment(bench: Bench) -> Mapping[str, str]:
    return {
        "BENCH_URL": bench.server.url,
        "BENCH_OUT": str(OUT),
        "PG": f"{bench.server.url}?sslmode=disable",
        # Sling takes two connections of one URL for one, and then copies inside of the server.
        "PG_AGAIN": f"{bench.server.url}?sslmode=disable&application_name=again",
        "DO_NOT_TRACK": "1",
        "SLING_DISABLE_TELEMETRY": "TRUE",
        # By default it downloads a DuckDB to write Parquet with; this is its own writer.
        "SLING_DUCKDB_COMPUTE": "FALSE",
        "SLING_HOME_DIR": str(OUT / "sling"),
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        **_spark_env(),
    }


def _spark_env() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}


def spark(*arguments: str) -> Command:
    """A part that PySpark plays; an argument `@name` is one of the bench's files or tables."""
    return _Program("spark", "bin/python", (str(PEERS / "spark_job.py"), *arguments))


def dlt(*arguments: str) -> Command:
    return _Program("dlt", "bin/python", (str(PEERS / "dlt_job.py"), *arguments))


def sling(*arguments: str) -> Command:
    return _Program("sling", "lib/*/site-packages/sling_linux_amd64/bin/sling-linux-amd64", ("run", *arguments))


@dataclass(frozen=True, slots=True)
class _Program:
    peer: str
    pattern: str
    arguments: tuple[str, ...]

    def __call__(self, bench: Bench) -> list[str]:
        return [self.path, *_filled(self.arguments, bench)]

    @property
    def path(self) -> str:
        return str(next((ENVIRONMENTS / self.peer).glob(self.pattern)))


def _filled(arguments: tuple[str, ...], bench: Bench) -> list[str]:
    known = {
        "@csv": str(bench.data.csv),
        "@csv-url": f"file://{bench.data.csv}",
        "@jsonl": str(bench.data.jsonl),
        "@jsonl-url": f"file://{bench.data.jsonl}",
        "@changes": str(bench.data.changes),
        "@parquet": str(bench.data.parquet),
        "@out": str(bench.out),
        "@out-url": f"file://{bench.out}/orders.parquet",
        "@source": f"public.{SOURCE}",
        "@target": f"public.{TARGET}",
        "@table-of-changes": f"public.{CHANGES}",
    }
    return [known.get(argument, argument) for argument in arguments]


def with_dlt_base(bench: Bench) -> None:
    """dlt merges into a table of its own making, so it makes one first, not timed."""
    bench.clean()
    env = {**os.environ, **environment(bench)}
    subprocess.run(dlt("base", "@parquet")(bench), env=env, check=True, capture_output=True)
    table = f"bench_dlt.{TARGET}"
    bench.server.sql(f"CREATE UNIQUE INDEX ON {table} (id)")
    bench.server.sql(f"VACUUM (FREEZE, ANALYZE) {table}")
    bench.server.sql("CHECKPOINT")
