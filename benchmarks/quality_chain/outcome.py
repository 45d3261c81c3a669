"""What J5 brought, as JSON that the page of all benchmarks is written from: medians, ratios within a round, goals."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.speed.places import RESULTS
from benchmarks.speed.results import machine

OURS = "headwater"
# The goal is about the first: the same checks, bare in DuckDB with an Arrow tee. The other checks less than Headwater.
FLOOR, LAX = "the same SQL, bare", "bare, TRY_CAST alone"
TITLES = {
    "J5": "dirty CSV → types, ten rules, HMAC, mask, rejects aside → Parquet",
    "J5u": "the same, and no key twice",
}
_WORDS = {"spark": "spark, two writes", "dlt": "dlt, row by row"}
_MB = 1_000_000
Figures = dict[str, float | int]


def keep(
    name: str, rows: int, found: Mapping[str, list[Figures]], missing: Mapping[str, str], *, unique: bool
) -> list[str]:
    """Writes the job's JSON; gives its goals as lines."""
    goals = _goals(found, unique=unique)
    document = {
        "job": name,
        "title": TITLES[name],
        "data_rows": rows,
        "measured": time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
        "about": machine(None),
        "contestants": [
            *(_result(who, runs) for who, runs in found.items()),
            *({"name": _WORDS[who], "kind": "peer", "missing": why} for who, why in missing.items()),
        ],
        "goals": goals,
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
    return [
        f"{name} {goal['who']}: {goal['goal']}: {goal['reached']} {goal['spread']} {'met' if goal['met'] else 'MISSED'}"
        for goal in goals
    ]


def _result(who: str, runs: Sequence[Figures]) -> dict[str, Any]:
    wall_s, rows = statistics.median(run["wall_s"] for run in runs), int(runs[0]["rows"])
    kind = "headwater" if who == OURS else "floor" if who in (FLOOR, LAX) else "peer"
    name = _WORDS.get(who, who)
    return {
        "name": f"{name}, {rows:,} rows" if who == "dlt" else name,
        "kind": kind,
        "rows": rows,
        "wall_s": round(wall_s, 3),
        "cpu_s": round(statistics.median(run["cpu_s"] for run in runs), 3),
        "server_cpu_s": 0.0,
        "peak_bytes": max(run["peak_bytes"] for run in runs),
        "rows_per_s": round(rows / wall_s),
        "runs": list(runs),
    }


def _goals(found: Mapping[str, list[Figures]], *, unique: bool) -> list[dict[str, Any]]:
    # With the check for doubles, only the memory was agreed upon.
    told = [] if unique else [_ratio(found, FLOOR, 1.15, f"at most 1.15 × {FLOOR}")]
    for who, times in (("spark", 4.0), ("dlt", 15.0)):
        if who in found:
            goal = f"at least {times:g} × as fast as {_WORDS[who]}"
            told.append(_ratio(found, who, times, goal, is_floor=False))
    most = 900 if unique else 500
    peak = max(run["peak_bytes"] for run in found[OURS]) / _MB
    told.append(
        {"who": OURS, "goal": f"at most {most} MB", "reached": f"{peak:.0f} MB", "spread": "", "met": peak <= most}
    )
    return told


def _ratio(
    found: Mapping[str, list[Figures]], other: str, times: float, goal: str, *, is_floor: bool = True
) -> dict[str, Any]:
    """Per row, for not all get the same; of runs of one round."""
    pairs = zip(found[OURS], found[other], strict=False)
    ratios = [(ours["wall_s"] / ours["rows"]) / (theirs["wall_s"] / theirs["rows"]) for ours, theirs in pairs]
    ratios = ratios if is_floor else [1 / ratio for ratio in ratios]
    reached = statistics.median(ratios)
    spread = f"{min(ratios):.2f}–{max(ratios):.2f}" if len(ratios) > 1 else ""
    met = reached <= times if is_floor else reached >= times
    return {"who": OURS, "goal": goal, "reached": f"{reached:.2f}", "spread": spread, "met": met}
