"""`make bench`: every job, its contestants in turn, medians, a check of every result; then the page and the JSON.

    ROWS=1000000 JOBS=J1,J3 REPEATS=3 PEERS=0 make bench

A job that is run again takes the place of its former result; the others stay as they were.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Container, Sequence

from benchmarks.speed import places, rivals
from benchmarks.speed.contestant import Contestant, Job
from benchmarks.speed.data import make as make_data
from benchmarks.speed.jobs import JOBS
from benchmarks.speed.measure import Measured, measure
from benchmarks.speed.page import write_page
from benchmarks.speed.results import Result, Skipped, keep, machine
from benchmarks.speed.server import Server, running
from benchmarks.speed.tables import Bench, Wrong

TIMEOUT_S = 1800


def main() -> int:
    rows = int(os.environ.get("ROWS") or 10_000_000)
    repeats = int(os.environ.get("REPEATS") or 3)
    peer_repeats = int(os.environ.get("PEERS") or 1)
    wanted = [name for name in (os.environ.get("JOBS") or "").replace(",", " ").split() if name]
    if unknown := set(wanted) - {job.name for job in JOBS}:
        print(f"no job {', '.join(sorted(unknown))}; there are {', '.join(job.name for job in JOBS)}", file=sys.stderr)
        return 2
    if "NICE" in os.environ:
        os.nice(int(os.environ["NICE"]))
    places.make()
    failed = False
    with running() as server:
        about = machine(server.version)
        for job in JOBS:
            if not wanted or job.name in wanted:
                results = _run(job, server, rows, repeats, peer_repeats)
                keep(job, job.fixed_rows or rows, results, about)
                failed = failed or any(isinstance(result, Skipped) and result.is_ours for result in results)
    write_page()
    print(f"written: {places.PAGE.relative_to(places.REPOSITORY)}")
    return 1 if failed else 0


def _run(job: Job, server: Server, rows: int, repeats: int, peer_repeats: int) -> list[Result | Skipped]:
    """All contestants once, then all again: what disturbs the machine meets all of them."""
    bench = Bench(make_data(job.fixed_rows or rows), server)
    times = {item.name: peer_repeats if item.kind == "peer" else repeats for item in job.contestants}
    if job.fixed_rows:
        times = dict.fromkeys(times, max(repeats, peer_repeats and 3))
    out = {item.name: Skipped(item, reason) for item in job.contestants if (reason := _absent(item, times[item.name]))}
    measured: dict[str, list[Measured]] = {item.name: [] for item in job.contestants}
    for number in range(max(times.values())):
        for item in job.contestants:
            if item.name in out or number >= times[item.name]:
                continue
            try:
                run = _once(job, item, bench)
            except (Wrong, RuntimeError) as error:
                out[item.name] = Skipped(item, str(error))
                print(f"{job.name} {item.name}: {error}", flush=True)
                continue
            measured[item.name].append(run)
            _tell(job, item, number, run)
    moved = job.rows(job.fixed_rows or rows)
    tenths = _tenths(job, server, rows, skipped=out) if not job.fixed_rows else {}
    bench.clean()
    return [
        out.get(item.name) or Result(item, moved, measured[item.name], tenths.get(item.name))
        for item in job.contestants
    ]


def _tenths(job: Job, server: Server, rows: int, *, skipped: Container[str]) -> dict[str, Measured]:
    """Headwater's parts with a tenth of the rows, once: their peaks say whether memory grows with the data."""
    bench = Bench(make_data(max(10, rows // 10)), server)
    found: dict[str, Measured] = {}
    for item in job.contestants:
        if item.kind == "headwater" and item.name not in skipped:
            found[item.name] = _once(job, item, bench)
    return found


def _absent(item: Contestant, times: int) -> str | None:
    if item.kind != "peer":
        return None
    return rivals.missing(item.name.partition(" ")[0]) if times else "left out of this run"


def _once(job: Job, item: Contestant, bench: Bench) -> Measured:
    item.prepare(bench)
    command: Sequence[str] = item.command(bench)
    env = {**os.environ, "TZ": "UTC", **item.env(bench)}
    log = places.RESULTS / f"{job.name}-{item.name.split(' ')[0].strip(',')}.log"
    run = measure(command, server_pid=bench.server.pid, env=env, cwd=places.REPOSITORY, log=log, timeout_s=TIMEOUT_S)
    if run.exit_code != 0:
        last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise RuntimeError(f"ended with {run.exit_code}: {last[-1][:300] if last else 'no output'}")
    item.check(bench)
    return run


def _tell(job: Job, item: Contestant, number: int, run: Measured) -> None:
    print(
        f"{time.strftime('%H:%M:%S')} {job.name:5} {item.name:24} #{number + 1}"
        f"  {run.wall_s:8.2f} s  cpu {run.cpu_s:7.2f}  server {run.server_cpu_s:6.2f}  others {run.others_cores:4.2f}"
        f"  peak {run.peak_bytes / 1e6:6.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    # The server and what is being measured end with us.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    sys.exit(main())
