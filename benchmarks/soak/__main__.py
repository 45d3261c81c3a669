"""`make soak`: mixed pipelines for MINUTES (60), in one process and as repeated commands; fails when anything grows.

Beside the process that runs everything again and again, each pipeline is also run as a command of its own. At the
end the first part of the time (after a warm-up) is held against the last. Writes benchmarks/results/soak.json and
docs/reference/soak.md.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.soak import project
from benchmarks.soak.verdict import PAGE, judge, page
from benchmarks.speed.measure import measure
from benchmarks.speed.places import HEADWATER, HOME, PYTHON, REPOSITORY, RESULTS
from benchmarks.speed.server import Server, running

# On a machine that does a lot else, a command of a second may take minutes.
COMMAND_S = 900


def main() -> int:
    minutes = float(os.environ.get("MINUTES") or 60)
    home = HOME / "soak"
    shutil.rmtree(home, ignore_errors=True)
    (home / "postgres").mkdir(parents=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    with running(home / "postgres") as server:
        file = project.make(home / "work", server)
        until = time.monotonic() + minutes * 60
        env = {
            **os.environ,
            "SOAK_URL": server.url,
            "SOAK_KEY": "a key of the soak, long enough",
            "HEADWATER_HOME": str(home / "home"),
            "PYTHONPATH": os.pathsep.join([str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])]),
        }
        with (home / "steady.jsonl").open("wb") as out:
            command = [PYTHON, "-m", "benchmarks.soak.steady", str(file), str(until)]
            steady = subprocess.Popen(command, env=env, cwd=REPOSITORY, stdout=out)
            try:
                commands = _commands(file, server, home, env, until, steady)
                ended = steady.wait(COMMAND_S)
            finally:
                steady.kill()
        left = _left_behind(home, server)
    rounds = [json.loads(line) for line in (home / "steady.jsonl").read_text(encoding="utf-8").splitlines()]
    verdict = judge(rounds, commands, left, exit_code=ended)
    (RESULTS / "soak.json").write_text(
        json.dumps({"minutes": minutes, "verdict": verdict, "rounds": rounds, "commands": commands}, indent=1),
        encoding="utf-8",
    )
    PAGE.write_text(page(minutes, rounds, commands, verdict), encoding="utf-8")
    for line in verdict:
        print(f"{'ok    ' if line['ok'] else 'FAILED'} {line['what']}: {line['told']}")
    if all(line["ok"] for line in verdict):
        shutil.rmtree(home, ignore_errors=True)
        return 0
    return 1


def _commands(
    file: Path, server: Server, home: Path, env: dict[str, str], until: float, steady: subprocess.Popen[bytes]
) -> list[dict[str, Any]]:
    """Every pipeline as a command, over and over, with a home of its own, so that no run meets another's lock."""
    told: list[dict[str, Any]] = []
    own = {**env, "HEADWATER_HOME": str(home / "commands")}
    names = [name for name in project.GOOD if name not in ("json_to_duckdb", "fan_out")]
    while time.monotonic() < until and steady.poll() is None:
        project.change(server, len(told))
        name = names[len(told) % len(names)]
        # Into tables of its own: a load that meets another one of the same table is refused.
        table = f"pipelines.{name}.destinations.0.table=cmd_{name}"
        command = [HEADWATER, "run", name, "--file", str(file), "--quiet", "--set", table]
        run = measure(
            command, server_pid=server.pid, env=own, cwd=REPOSITORY, log=home / "command.log", timeout_s=COMMAND_S
        )
        said = (home / "command.log").read_text(encoding="utf-8", errors="replace") if run.exit_code else ""
        told.append({"pipeline": name, **run.as_json(), "said": said[-500:]})
        time.sleep(1.0)
    return told


def _left_behind(home: Path, server: Server) -> dict[str, int]:
    """What ended runs should have taken with them."""
    spilled = [path for path in home.glob("*/tmp/**/*") if path.is_file() or path.is_fifo()]
    stages = server.sql("SELECT count(*) FROM pg_class WHERE relname LIKE '\\_hw\\_stage%' AND relkind = 'r'")
    sessions = server.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'headwater'")
    return {"spilled files": len(spilled), "staging tables": int(stages), "sessions": int(sessions)}


if __name__ == "__main__":
    # The server and what is being measured end with us.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    sys.exit(main())
