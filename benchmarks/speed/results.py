"""What a job brought: medians, ratios, goals; kept as JSON, one file for each job."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from benchmarks.speed import rivals
from benchmarks.speed.contestant import Contestant, Job
from benchmarks.speed.measure import Measured
from benchmarks.speed.places import REPOSITORY, RESULTS

MOST_BYTES = 512 << 20
# Queues and buffers that a short run does not fill.
SPARE_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Skipped:
    """A contestant without a result, and why."""

    contestant: Contestant
    reason: str

    @property
    def is_ours(self) -> bool:
        return self.contestant.kind == "headwater"

    def as_json(self) -> dict[str, Any]:
        return {"name": self.contestant.name, "kind": self.contestant.kind, "missing": self.reason}


@dataclass(frozen=True, slots=True)
class Result:
    contestant: Contestant
    rows: int
    runs: Sequence[Measured]
    tenth: Measured | None = None

    def as_json(self) -> dict[str, Any]:
        def median(read: str) -> float:
            return statistics.median(getattr(run, read) for run in self.runs)

        wall_s = median("wall_s")
        return {
            "name": self.contestant.name,
            "kind": self.contestant.kind,
            "rows": self.rows,
            "wall_s": round(wall_s, 3),
            "cpu_s": round(median("cpu_s"), 3),
            "server_cpu_s": round(median("server_cpu_s"), 3),
            "peak_bytes": max(run.peak_bytes for run in self.runs),
            "rows_per_s": round(self.rows / wall_s),
            "tenth_peak_bytes": self.tenth.peak_bytes if self.tenth else None,
            "runs": [run.as_json() for run in self.runs],
        }


def keep(job: Job, rows: int, results: Sequence[Result | Skipped], about: Mapping[str, str]) -> None:
    document = {
        "job": job.name,
        "title": job.title,
        "data_rows": rows,
        "measured": time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
        "about": about,
        "contestants": [result.as_json() for result in results],
        "goals": goals_of(job, {result.contestant.name: result for result in results}),
    }
    (RESULTS / f"{job.name}.json").write_text(json.dumps(document, indent=1), encoding="utf-8")


def goals_of(job: Job, results: Mapping[str, Result | Skipped]) -> list[dict[str, Any]]:
    """Each with what was reached, and whether that is enough; ratios are taken of runs of one round."""
    told: list[dict[str, Any]] = []
    for goal in job.goals:
        ours, other = results[goal.contestant], results[goal.than]
        if isinstance(ours, Skipped) or isinstance(other, Skipped):
            continue
        is_floor = other.contestant.kind == "floor"
        pairs = list(zip(ours.runs, other.runs, strict=False))
        ratios = [(a.wall_s / b.wall_s) if is_floor else (b.wall_s / a.wall_s) for a, b in pairs]
        reached = statistics.median(ratios)
        words = (
            f"at most {goal.times:g} × {goal.than}" if is_floor else f"at least {goal.times:g} × as fast as {goal.than}"
        )
        met = reached <= goal.times if is_floor else reached >= goal.times
        spread = f"{min(ratios):.2f}–{max(ratios):.2f}" if len(ratios) > 1 else ""
        told.append({"who": goal.contestant, "goal": words, "reached": f"{reached:.2f}", "spread": spread, "met": met})
    for name, most in job.most_cpu_s.items():
        if isinstance(result := results[name], Result):
            cpu_s = statistics.median(run.cpu_s for run in result.runs)
            spread = f"{min(run.cpu_s for run in result.runs):.2f}–{max(run.cpu_s for run in result.runs):.2f}"
            words = f"at most {most:g} s of CPU"
            told.append({"who": name, "goal": words, "reached": f"{cpu_s:.2f}", "spread": spread, "met": cpu_s <= most})
    for name, result in results.items():
        if isinstance(result, Result) and result.contestant.kind == "headwater" and not job.fixed_rows:
            peak = max(run.peak_bytes for run in result.runs)
            met, reached = peak <= MOST_BYTES, f"{peak / (1 << 20):.0f} MiB"
            told.append({"who": name, "goal": "at most 512 MiB", "reached": reached, "spread": "", "met": met})
            if result.tenth is not None:
                before = result.tenth.peak_bytes
                reached, met = (
                    f"{before / (1 << 20):.0f} → {peak / (1 << 20):.0f} MiB",
                    peak <= before * 1.2 + SPARE_BYTES,
                )
                goal = "no more memory for ten times the rows"
                told.append({"who": name, "goal": goal, "reached": reached, "spread": "", "met": met})
    return told


def machine(postgres: str | None) -> dict[str, str]:
    """Where and with what it was measured; None where no server took part."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    head = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    ours = {name: version(name) for name in ("duckdb", "pyarrow", "pgpq", "psycopg")}
    return {
        "cpu": f"{len(os.sched_getaffinity(0))} × {model}",
        "memory": f"{memory / (1 << 20):.0f} GiB",
        "kernel": platform.release().split("-")[0],
        "python": platform.python_version(),
        **({"postgresql": postgres} if postgres else {}),
        "headwater": f"{version('headwater')} ({head.stdout.strip()})",
        **ours,
        **{peer: rivals.version(peer) for peer in rivals.NAMES},
    }


def _lines(path: str) -> list[str]:
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()
