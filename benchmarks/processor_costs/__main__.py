"""Run every processor alone over a fixed table, and write what it costs to docs/reference/processor-costs.md.

    ROWS=1000000 REPEATS=3 python -m benchmarks.processor_costs

CPU of the whole process, the least of the repeats, less that of the same run with a filter that keeps every row: so
reading, writing and starting do not count.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb
from benchmarks.processor_costs.cases import CASES, COLUMNS, Config
from benchmarks.speed.places import REPOSITORY
from benchmarks.speed.results import machine

import headwater

PAGE = REPOSITORY / "docs" / "reference" / "processor-costs.md"
HEAD = """\
# What processors cost

Written by `python -m benchmarks.processor_costs`: each step alone over {rows:,} rows of 12 columns, Parquet to Parquet;
the processor time of all cores for each row, and for a million rows, less what the same run takes without the step.
{machine}

A step that is SQL is part of one query with the others, so what several of them ask of one column is computed once, and
steps together take less than the sum. Those that run outside of SQL (tokenize, fake, noise, encrypt, python) part the
query and pass each batch through Python. `deduplicate`, and `unique` on a stream that cannot be read twice, hold rows
until the last has come, and spill to disk beyond `engine.memory`. What is less than the noise of the measurement shows
as 0.

| processor | what | ns per row | s per million rows |
|---|---|---:|---:|
"""


def main() -> int:
    rows, repeats = int(os.environ.get("ROWS") or 1_000_000), int(os.environ.get("REPEATS") or 3)
    folder = Path(tempfile.mkdtemp(prefix="processor-costs-"))
    try:
        _make(folder, rows)
        _run(folder, "filter", {"where": "id IS NOT NULL"})  # the first one imports
        base = _least(folder, "filter", {"where": "id IS NOT NULL"}, repeats)
        lines: list[str] = []
        for kind, what, config in CASES:
            cost = max(0.0, _least(folder, kind, config, repeats) - base)
            lines.append(f"| `{kind}` | {what} | {cost / rows * 1e9:,.0f} | {cost / rows * 1e6:.2f} |")
            print(lines[-1], flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    about = machine("none")
    told = ", ".join(
        f"{name}: {value}" for name, value in about.items() if name in ("processor", "cpu", "cores", "python")
    )
    PAGE.write_text(
        HEAD.format(rows=rows, machine=f"{told}." if told else "") + "\n".join(lines) + "\n", encoding="utf-8"
    )
    print(f"written: {PAGE.relative_to(REPOSITORY)}")
    return 0


def _make(folder: Path, rows: int) -> None:
    (folder / "in").mkdir()
    (folder / "same.py").write_text("def same(batch):\n    return batch\n", encoding="utf-8")
    with duckdb.connect() as connection:
        numbers = f"range({rows}) AS numbers(n)"
        orders, customers = (folder / "in" / f"{name}.parquet" for name in ("orders", "customers"))
        connection.execute(f"COPY (SELECT {COLUMNS} FROM {numbers}) TO '{orders}' (FORMAT parquet)")
        people = "SELECT CAST(n AS UBIGINT) AS id, 'segment ' || n % 7 AS segment FROM range(100000) AS numbers(n)"
        connection.execute(f"COPY ({people}) TO '{customers}' (FORMAT parquet)")


def _least(folder: Path, kind: str, config: Config, repeats: int) -> float:
    return min(_run(folder, kind, config) for _ in range(repeats))


def _run(folder: Path, kind: str, config: Config) -> float:
    asks_others = "stream" in config or "foreign_key" in json.dumps(config)
    sources: list[Any] = [_source(folder, "orders")]
    if asks_others and kind != "sql":
        sources.append(_source(folder, "customers"))
    step: Config = {"type": kind, "config": config}
    if kind != "sql":
        step["streams"] = ["orders"]
    written = {"type": "files", "config": {"url": "out", "format": "parquet"}, "write": "replace"}
    pipeline = {"sources": sources, "processors": [step], "destinations": [{**written, "streams": ["orders"]}]}
    if kind == "sql":
        pipeline["destinations"] = [{**written, "streams": ["orders", "sums"]}]
    project = folder / "headwater.yaml"
    # YAML reads JSON.
    project.write_text(json.dumps({"version": 1, "pipelines": {"costs": pipeline}}), encoding="utf-8")
    before = _cpu_s()
    report = headwater.load(project).run("costs")
    took = _cpu_s() - before
    shutil.rmtree(folder / "out", ignore_errors=True)
    shutil.rmtree(folder / ".headwater", ignore_errors=True)
    if not report.succeeded:
        raise RuntimeError(f"{kind}: {[load.error.message for load in report.loads if load.error is not None]}")
    return took


def _source(folder: Path, name: str) -> Config:
    return {"type": "files", "config": {"url": str(folder / "in" / f"{name}.parquet")}, "streams": [name]}


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
