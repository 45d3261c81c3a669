"""docs/reference/benchmarks.md, written from the JSON of all jobs."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.speed.jobs import JOBS
from benchmarks.speed.places import PAGE, RESULTS

_HEAD = """# Benchmarks

Written by `make bench` and `make bench-quality` (J5); how they measure is in
[benchmarks/README.md](../../benchmarks/README.md), and what the time is spent on in
[where the time goes](../explanation/performance.md). Each contestant is one process tree from start to exit,
contestants take turns, and after every run the destination's rows are counted and summed and compared with the
source's. Time, CPU and ratios are medians over the runs (peers: {peers}), memory is the highest peak. *Floors* are the
least that any tool must do; J5's are SQL by hand in bare DuckDB with a tee on its Arrow stream: the first makes the
same checks as Headwater, the second leaves casts to TRY_CAST, which takes 1.5 for the integer 2.

{about}

## Goals

| job | who | goal | reached | over the runs | |
|---|---|---|---|---|---|
"""
# The jobs of benchmarks/quality_chain.
QUALITY = ("J5", "J5u")
_COLUMNS = (
    "| | | seconds | rows/s | CPU s | server's CPU s | peak MiB | × floor |\n|---|---|---:|---:|---:|---:|---:|---:|\n"
)


def write_page() -> None:
    names = sorted([*(job.name for job in JOBS), *QUALITY])
    found = [
        json.loads(path.read_text(encoding="utf-8")) for name in names if (path := RESULTS / f"{name}.json").exists()
    ]
    if not found:
        return
    about: dict[str, str] = {}
    for job in sorted(found, key=lambda job: job.get("measured", "")):
        about |= job["about"]
    peers = {
        len(item["runs"]) for job in found for item in job["contestants"] if item["kind"] == "peer" and "runs" in item
    }
    count = "fewer, see the JSON" if len(peers) > 1 else _runs(next(iter(peers), 0))
    told = ", ".join(f"{name} {value}" for name, value in about.items() if name not in ("cpu", "memory"))
    text = [_HEAD.format(peers=count, about=f"{about['cpu']}, {about['memory']}; {told}.")]
    for job in found:
        for goal in job["goals"]:
            met = "met" if goal["met"] else "**missed**"
            text.append(
                f"| {job['job']} | {goal['who']} | {goal['goal']} | {goal['reached']} | {goal['spread']} | {met} |\n"
            )
    text += [_section(job) for job in found]
    PAGE.write_text("".join(text), encoding="utf-8")


def _runs(count: int) -> str:
    return f"{count} run{'' if count == 1 else 's'}"


def _section(job: dict[str, Any]) -> str:
    rows = next((item["rows"] for item in job["contestants"] if "rows" in item), 0)
    when = f"Measured {job['measured']} UTC, " if "measured" in job else ""
    runs = max(
        (len(item["runs"]) for item in job["contestants"] if item["kind"] != "peer" and "runs" in item), default=0
    )
    told = f"{when}Headwater {job['about']['headwater']}; Headwater and floor run {runs} times.\n\n"
    lines = [f"\n## {job['job']}: {job['title']}, {rows:,} rows\n\n", told, _COLUMNS]
    floor = next((item for item in job["contestants"] if item["kind"] == "floor" and "wall_s" in item), None)
    missing: list[str] = []
    for item in job["contestants"]:
        if "missing" in item:
            missing.append(f"{item['name']}: no result ({item['missing']}).\n")
            continue
        ratio = f"{(item['wall_s'] / item['rows']) / (floor['wall_s'] / floor['rows']):.2f}" if floor else ""
        name = f"**{item['name']}**" if item["kind"] == "headwater" else item["name"]
        lines.append(
            f"| {name} | {item['kind'] if item['kind'] != 'headwater' else ''} | {item['wall_s']:.2f} |"
            f" {item['rows_per_s']:,} | {item['cpu_s']:.2f} | {item['server_cpu_s']:.2f} |"
            f" {item['peak_bytes'] / (1 << 20):.0f} | {ratio} |\n"
        )
    return "".join([*lines, *(["\n", *missing] if missing else [])])
