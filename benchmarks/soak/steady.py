"""The process that runs everything again and again: one line of JSON about itself after each round.

`python -m benchmarks.soak.steady PROJECT UNTIL`, UNTIL in seconds of the monotonic clock.
"""

from __future__ import annotations

import gc
import json
import logging
import sys
import threading
import time
from collections import Counter
from typing import Any

import psutil
from benchmarks.soak.project import BROKEN, GOOD, LONG

import headwater
from headwater.run.events import Event, Progress
from headwater.run.stop import StopFlag


def run_all(session: Any) -> tuple[Counter[str], list[str]]:
    """Every pipeline once, one that fails, one that is cancelled; how often each status came, and unwanted errors."""
    ended: Counter[str] = Counter()
    errors: list[str] = []
    for name in GOOD:
        report = session.run(name)
        ended[f"{name} {report.status}"] += 1
        errors += [f"{name}: {load.error}" for load in report.loads if load.error is not None]
    ended[f"{BROKEN} {session.run(BROKEN).status}"] += 1
    stop = StopFlag()

    def stop_on_its_way(event: Event) -> None:
        if isinstance(event, Progress):
            stop.set("the soak cancels this one")

    ended[f"cancelled {session.run(LONG, listener=stop_on_its_way, stop=stop).status}"] += 1
    return ended, errors


def main(project: str, until: float) -> None:
    logging.disable(logging.CRITICAL)
    process = psutil.Process()
    number = 0
    while time.monotonic() < until:
        started = time.monotonic()
        # A project is loaded anew each time, as by a server that takes its changes.
        ended, errors = run_all(headwater.load(project))
        number += 1
        gc.collect()
        line = {
            "round": number,
            "at_s": round(time.monotonic(), 1),
            "took_s": round(time.monotonic() - started, 2),
            "rss_bytes": process.memory_info().rss,
            "open_files": process.num_fds(),
            "threads": process.num_threads(),
            "python_threads": threading.active_count(),
            "objects": len(gc.get_objects()),
            "ended": ended,
            "errors": errors,
        }
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
