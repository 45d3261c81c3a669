"""`make bench-ui`: how long the first page takes in a browser that has never seen it, signed in and at the door.

The server is the real one, with pipelines that have run; it shares the machine with the browser.
"""

from __future__ import annotations

import asyncio
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import httpx
from benchmarks.server.figures import REPOSITORY, Goal
from benchmarks.server.stand import HEADERS, all_ended, api, ask, pipelines, postgres, workers
from benchmarks.ui.visits import Visit, chromium, click_as_soon_as_it_is_there, signed_in, visit
from playwright.sync_api import Browser

from headwater_server.db.session import Database

PAGE = REPOSITORY / "docs" / "reference" / "ui-benchmarks.md"
VISITS, MOST_MS, MOST_KB, PIPELINES = 5, 1_500, 300, 12
HEAD = """# Benchmarks of the web interface

Written by `make bench-ui`; [benchmarks/README.md](../../benchmarks/README.md) says how it measures. Medians; the
slowest of all visits in brackets. Browser, server and database share the machine.

| what | goal | reached | |
|---|---|---|---|
"""


def main() -> int:
    load = os.getloadavg()[0]
    size = _entry_size()
    with postgres() as (url, home):
        asyncio.run(_history(url, home))
        with api(url, home) as base, chromium() as browser:
            goals = [_size(size), *_measure(base.replace("127.0.0.1", "localhost"), browser)]
            about = _about(browser, load)
    for goal in goals:
        print(f"{goal.what}: {goal.reached} (goal: {goal.goal}) {'MISSED' if goal.met is False else ''}", flush=True)
    PAGE.write_text(HEAD + "\n".join(map(_row, goals)) + f"\n\n{about}\n", encoding="utf-8")
    print(f"written: {PAGE.relative_to(REPOSITORY)}")
    return 0 if all(goal.met is not False for goal in goals) else 1


async def _history(url: str, home: Path) -> None:
    """Pipelines with a run each, so that Home has something to show."""
    database = Database(url)
    made = await pipelines(database, home, PIPELINES)
    with workers(url, home, 1):
        for pipeline in made:
            await ask(database, pipeline)
        await all_ended(database)
    await database.dispose()


def _measure(address: str, browser: Browser) -> list[Goal]:
    with httpx.Client(base_url=address, headers=HEADERS, timeout=60) as client:
        user = client.get("/api/users").raise_for_status().json()["items"][0]["id"]
        link = client.post(f"/api/users/{user}/link").raise_for_status().json()["url"]
    state = signed_in(browser, f"{address}/sign-in?{link.rsplit('?', 1)[1]}")
    home = [visit(browser, f"{address}/", "main dl dd", state) for _ in range(VISITS)]
    door = [visit(browser, f"{address}/sign-in", "main input[type=password]", None) for _ in range(VISITS)]
    clicks = [click_as_soon_as_it_is_there(browser, f"{address}/", state) for _ in range(VISITS)]
    return [
        *_told("Home", home),
        _row_of("Home entered and left for Runs by a click as soon as it can be clicked", clicks),
        *_told("the page to sign in", door),
    ]


def _told(page: str, visits: Sequence[Visit]) -> list[Goal]:
    usable = [one.usable for one in visits]
    goal = Goal(f"{page}: usable", f"under {MOST_MS / 1000} s", _seconds(usable), median(usable) < MOST_MS)
    return [
        goal,
        _row_of(f"{page}: first contentful paint", [one.painted for one in visits]),
        _row_of(f"{page}: content stands", [one.content for one in visits]),
        _row_of(f"{page}: longest task", [one.longest_task for one in visits]),
        Goal(f"{page}: script that came until usable", "", f"{median(one.script_kb for one in visits):.0f} KB", None),
    ]


def _row_of(what: str, values: Sequence[float]) -> Goal:
    return Goal(what, "", _seconds(values), None)


def _seconds(values: Sequence[float]) -> str:
    return f"{median(values) / 1000:.2f} s ({max(values) / 1000:.2f} s)"


def _size(kilobytes: float) -> Goal:
    return Goal("Home: script, gzipped", f"under {MOST_KB} KB", f"{kilobytes:.0f} KB", kilobytes < MOST_KB)


def _entry_size() -> float:
    told = subprocess.run(
        ["../tools/node.sh", "node", "scripts/entry-size.mjs"],
        cwd=REPOSITORY / "frontend",
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    found = re.search(r"([\d.]+) KB  gzipped script on the entry route", told)
    assert found is not None, told
    return float(found.group(1))


def _row(goal: Goal) -> str:
    verdict = {None: "", True: "met", False: "**missed**"}[goal.met]
    return f"| {goal.what} | {goal.goal} | {goal.reached} | {verdict} |"


def _about(browser: Browser, load: float) -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=False
    ).stdout.strip()
    return (
        f"Measured {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC on {os.cpu_count()} × "
        f"{model or platform.machine()}, load before {load:.1f}; commit {commit}, Chromium {browser.version}, "
        f"kernel {platform.release().split('-')[0]}. {VISITS} visits each."
    )


if __name__ == "__main__":
    sys.exit(main())
