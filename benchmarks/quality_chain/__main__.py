"""`make bench-quality`: J5. Headwater, the floors and the peers in turn; a check of every result, medians, the page.

    ROWS=10000000 REPEATS=3 PEERS=1 JOBS=J5,J5u FIRST=0 make bench-quality

`J5u` is J5 with a check that no key occurs twice; no peer takes part in it. `FIRST=1`, as root on a machine that others
use too: what is measured comes first on its processors.

Spark and dlt run in the environments that `make bench` makes; dlt, row by row, gets a twentieth of the rows.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from benchmarks.quality_chain.data import make
from benchmarks.quality_chain.outcome import FLOOR, LAX, OURS, Figures, keep
from benchmarks.quality_chain.project import write
from benchmarks.speed import places, rivals
from benchmarks.speed.measure import Measured, measure
from benchmarks.speed.page import write_page

HERE = Path(__file__).parent
DLT_SHARE, TIMEOUT_S = 20, 3600
# Each session is a group of the scheduler, and a nice value holds only inside of it (sched(7), autogroup).
_FIRST = ("sh", "-c", 'echo -19 > /proc/self/autogroup; exec nice -n -10 "$@"', "first")
JOBS = {"J5": False, "J5u": True}


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
        Contestant(FLOOR, lambda csv, out: [*floor, str(csv), str(out), *extra], "clean.parquet", "bad.parquet"),
        Contestant(
            OURS,
            lambda csv, out: _headwater(csv, out, unique=unique),
            "out/orders/*.parquet",
            ".headwater/quarantine/bench/*/*.parquet",
        ),
        Contestant(LAX, lambda csv, out: [*floor, str(csv), str(out), *extra, "lax"], "clean.parquet", "bad.parquet"),
    ]
    peers = (
        Contestant("spark", _peer("spark"), "clean/*.parquet", "bad/*.parquet", is_peer=True),
        Contestant("dlt", _peer("dlt"), "files/*/clean/*.parquet", "files/*/bad/*.parquet", DLT_SHARE, is_peer=True),
    )
    return found if unique else [*found, *peers]


def run(
    rows: int, *, repeats: int = 3, peer_repeats: int = 1, unique: bool = False
) -> tuple[dict[str, list[Figures]], dict[str, str]]:
    """The figures of every run of each contestant, `rows` among them, and why others could not take part. Raises
    RuntimeError for one that ended badly or delivered something else.
    """
    figures: dict[str, list[Figures]] = {}
    taking_part, missing = list[Contestant](), dict[str, str]()
    for item in contestants(unique=unique):
        reason = (rivals.missing(item.name) if peer_repeats else "left out of this run") if item.is_peer else None
        if reason is None:
            taking_part.append(item)
        else:
            missing[item.name] = reason
    for number in range(max(repeats, peer_repeats)):
        for item in taking_part:
            if number < (peer_repeats if item.is_peer else repeats):
                figures.setdefault(item.name, []).append(_once(item, rows))
    return figures, missing


def _once(item: Contestant, rows: int) -> Figures:
    given = max(1, rows // item.share)
    csv, out = make(given), places.OUT / "quality_chain" / item.name.replace(", ", "_").replace(" ", "_")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    measured = _measured(item, item.command(csv, out))
    counted = _count(out, item.clean), _count(out, item.bad)
    if sum(counted) != given:
        raise RuntimeError(f"{item.name}: {counted[0]} clean and {counted[1]} bad rows of {given}")
    print(f"{time.strftime('%H:%M:%S')} {item.name:28} {given:>10,} rows  {_text(measured)}", flush=True)
    shutil.rmtree(out, ignore_errors=True)
    return {"rows": given, "bad": counted[1], **measured.as_json()}


def _headwater(csv: Path, out: Path, *, unique: bool) -> list[str]:
    return [places.HEADWATER, "run", "bench", "--file", str(write(out, csv, out / "out", unique=unique)), "--quiet"]


def _peer(name: str) -> Callable[[Path, Path], Sequence[str]]:
    python = places.ENVIRONMENTS / name / "bin" / "python"
    return lambda csv, out: [str(python), str(HERE / f"{name}_job.py"), str(csv), str(out)]


def _measured(item: Contestant, command: Sequence[str]) -> Measured:
    env = {**os.environ, "PYTHONPATH": str(places.REPOSITORY), "TZ": "UTC"}
    log = places.RESULTS / f"J5-{item.name.split()[0].strip(',')}.log"
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
    wanted = [name for name in (os.environ.get("JOBS") or "").replace(",", " ").split() if name] or list(JOBS)
    if unknown := set(wanted) - set(JOBS):
        print(f"no job {', '.join(sorted(unknown))}; there are {', '.join(JOBS)}", file=sys.stderr)
        return 2
    places.make()
    for name in wanted:
        unique = JOBS[name]
        figures, missing = run(rows, repeats=repeats, peer_repeats=int(os.environ.get("PEERS") or 1), unique=unique)
        for line in keep(name, rows, figures, missing, unique=unique):
            print(line)
    write_page()
    print(f"written: {places.PAGE.relative_to(places.REPOSITORY)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
