"""`make bench-server`: every part in turn, then the page.

    make bench-server PARTS=reads,drain RUNS=1000

A part that is measured again takes the place of its former result; the others stay as they were.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from benchmarks.server import begin, drain, live_events, many_schedules, reads
from benchmarks.server.figures import PAGE, REPOSITORY, Goal, keep, write_page
from benchmarks.server.stand import postgres

Part = Callable[[str, Path], Coroutine[Any, Any, list[Goal]]]
PARTS: dict[str, tuple[str, Part]] = {
    "reads": ("reads of the API", reads.measure),
    "begin": ("start of runs", begin.measure),
    "drain": ("draining the queue", drain.measure),
    "events": ("live events", live_events.measure),
    "schedules": ("the scheduler", many_schedules.measure),
}


def main() -> int:
    wanted = (os.environ.get("PARTS") or ",".join(PARTS)).replace(",", " ").split()
    if unknown := set(wanted) - set(PARTS):
        print(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    for name in wanted:
        title, part = PARTS[name]
        load = os.getloadavg()[0]
        with postgres() as (url, home):
            goals = asyncio.run(part(url, home))
        keep(name, title, goals, load)
        for goal in goals:
            verdict = {True: "met", False: "MISSED", None: ""}[goal.met]
            print(f"{goal.what}: {goal.reached} (goal: {goal.goal}) {verdict}", flush=True)
    all_met = write_page(list(PARTS))
    print(f"written: {PAGE.relative_to(REPOSITORY)}")
    return 0 if all_met else 1


if __name__ == "__main__":
    raise SystemExit(main())
