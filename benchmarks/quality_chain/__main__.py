"""J5 as a program: Headwater, the floors and the peers in turn; medians, and a check of every result.

    ROWS=10000000 REPEATS=3 PEERS=1 UNIQUE=0 FIRST=0 python -m benchmarks.quality_chain

`FIRST=1`, as root on a machine that others use too: what is measured comes first on its processors.

Spark and dlt run in the environments that `make bench` makes; dlt, row by row, gets a twentieth of the rows.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from benchmarks.quality_chain.data import make
from benchmarks.quality_chain.project import write
from benchmarks.speed import places
from benchmarks.speed.measure import Measured, measure

HERE = Path(__file__).parent
DLT_SHARE, TIMEOUT_S = 20, 3600
# Each session is a group of the scheduler, and a nice value holds only inside of it (sched(7), autogroup).
_FIRST = ("sh", "-c", 'echo -19 > /proc/self/autogroup; exec nice -n -10 "$@"', "first")
Figures = dict[str, float | int]


@dataclass(frozen=True, slots=True)
class Contestant:
    """`clean` and `bad` are globs of what it writes below its folder; `share`: it gets one row in so many."""

    name: str
    command: Callable[[Path, Path], Sequence[str]]
    clean: str
    bad: str
    share: int = 1
    is_peer: bool = False


def contestants(*, unique: bool) -> list[Contestant]:
    floor = [places.PYTHON, "-m", "benchmarks.quality_chain.floor"]
    extra = ["unique"] if unique else []
    found = [
        Contestant("floor", lambda csv, out: [*floor, str(csv), str(out), *extra], "clean.parquet", "bad.parquet"),
        Contestant(
            "headwater",
            lambda csv, out: _headwater(csv, out, unique=unique),
            "out/orders/*.parquet",
            ".headwater/quarantine/bench/*/*.parquet",
        ),
        Contestant(
            "floor, lax", lambda csv, out: [*floor, str(csv), str(out), *extra, "lax"], "clean.parquet", "bad.parquet"
        ),
    ]
    peers = (
        Contestant("spark", _peer("spark"), "clean/*.parquet", "bad/*.parquet", is_peer=True),
        Contestant("dlt", _peer("dlt"), "files/*/clean/*.parquet", "files/*/bad/*.parquet", DLT_SHARE, is_peer=True),
    )
    return found if unique else [*found, *peers]


def run(rows: int, *, repeats: int = 3, peer_repeats: int = 1, unique: bool = False) -> dict[str, list[Figures]]:
    """The figures of every run of each contestant that could take part; `rows` among them. Raises RuntimeError for one
    that ended badly or delivered something else.
    """
    places.make()
    figures: dict[str, list[Figures]] = {}
    for number in range(max(repeats, peer_repeats)):
        for item in contestants(unique=unique):
            if number >= (peer_repeats if item.is_peer else repeats):
                continue
            given = max(1, rows // item.share)
            csv, out = make(given), places.OUT / "quality_chain" / item.name.replace(", ", "_")
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir(parents=True)
            command = item.command(csv, out)
            if not Path(command[0]).exists():
                continue
            measured = _measured(item, command)
            counted = _count(out, item.clean), _count(out, item.bad)
            if sum(counted) != given:
                raise RuntimeError(f"{item.name}: {counted[0]} clean and {counted[1]} bad rows of {given}")
            figures.setdefault(item.name, []).append({"rows": given, "bad": counted[1], **measured.as_json()})
            print(f"{time.strftime('%H:%M:%S')} {item.name:12} {given:>10,} rows  {_text(measured)}", flush=True)
            shutil.rmtree(out, ignore_errors=True)
    return figures


def _headwater(csv: Path, out: Path, *, unique: bool) -> list[str]:
    return [places.HEADWATER, "run", "bench", "--file", str(write(out, csv, out / "out", unique=unique)), "--quiet"]


def _peer(name: str) -> Callable[[Path, Path], Sequence[str]]:
    python = places.ENVIRONMENTS / name / "bin" / "python"
    return lambda csv, out: [str(python), str(HERE / f"{name}_job.py"), str(csv), str(out)]


def _measured(item: Contestant, command: Sequence[str]) -> Measured:
    env = {**os.environ, "PYTHONPATH": str(places.REPOSITORY), "TZ": "UTC"}
    log = places.RESULTS / f"J5-{item.name.split(',')[0]}.log"
    command = [*_FIRST, *command] if os.environ.get("FIRST") == "1" else command
    found = measure(command, server_pid=os.getpid(), env=env, cwd=places.REPOSITORY, log=log, timeout_s=TIMEOUT_S)
    if found.exit_code != 0:
        raise RuntimeError(f"{item.name} ended with {found.exit_code}: see {log}")
    return found


def _count(out: Path, pattern: str) -> int:
    files = [str(path) for path in out.glob(pattern)]
    with duckdb.connect() as connection:
        row = connection.execute(f"SELECT count(*) FROM read_parquet({files})").fetchone() if files else (0,)
    return int((row or (0,))[0])


def _text(found: Measured) -> str:
    return (
        f"{found.wall_s:7.2f} s  cpu {found.cpu_s:7.2f}  others {found.others_cores:4.2f}"
        f"  peak {found.peak_bytes / 1e6:5.0f} MB"
    )


def main() -> int:
    rows, repeats = int(os.environ.get("ROWS") or 10_000_000), int(os.environ.get("REPEATS") or 3)
    unique = os.environ.get("UNIQUE") == "1"
    found = run(rows, repeats=repeats, peer_repeats=int(os.environ.get("PEERS") or 1), unique=unique)
    (places.RESULTS / f"J5{'-unique' if unique else ''}-{rows}.json").write_text(json.dumps(found, indent=1))
    base = _per_row(found["floor"], "wall_s")
    for name, runs in found.items():
        times = _per_row(runs, "wall_s") / base, _per_row(runs, "cpu_s") / _per_row(found["floor"], "cpu_s")
        peak = max(item["peak_bytes"] for item in runs) / 1e6
        print(f"{name:12} {times[0]:6.2f} × the floor's time, {times[1]:6.2f} × its CPU, peak {peak:5.0f} MB")
    return 0


def _per_row(runs: Sequence[Figures], what: str) -> float:
    return statistics.median(item[what] / item["rows"] for item in runs)


if __name__ == "__main__":
    sys.exit(main())
