"""Whether anything grew: the second quarter of the time against the last, by medians."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchmarks.soak.project import BROKEN, GOOD
from benchmarks.speed.places import REPOSITORY

PAGE = REPOSITORY / "docs" / "reference" / "soak.md"
# What an allocator may keep without it being a leak; a leak of one run in a hundred kB passes this in an hour.
_SPARE_BYTES = 24 << 20
_SPARE_SHARE = 0.05

Line = dict[str, Any]


def judge(rounds: Sequence[Line], commands: Sequence[Line], left: Mapping[str, int], *, exit_code: int) -> list[Line]:
    """One line for everything that was looked at: `what`, `told`, `ok`."""
    told = [
        _line("the process", f"ended with {exit_code} after {len(rounds)} rounds", exit_code == 0 and len(rounds) >= 8)
    ]
    if len(rounds) >= 8:
        told += [
            _grown("memory of the process", [line["rss_bytes"] for line in rounds], _mib, bytes_=True),
            _grown("open files", [line["open_files"] for line in rounds], str),
            _grown("threads", [line["threads"] for line in rounds], str),
            _grown("Python objects", [line["objects"] for line in rounds], str, share=0.02),
        ]
    for name in sorted({line["pipeline"] for line in commands}):
        peaks = [line["peak_bytes"] for line in commands if line["pipeline"] == name]
        if len(peaks) >= 8:
            told.append(_grown(f"peak memory of the command {name}", peaks, _mib, bytes_=True))
    failed = [line["pipeline"] for line in commands if line["exit_code"] != 0]
    told.append(_line("commands", f"{len(commands)} run, {len(failed)} failed {sorted(set(failed)) or ''}", not failed))
    ended: Counter[str] = Counter()
    for line in rounds:
        ended.update(line["ended"])
    wanted = {f"{name} succeeded" for name in GOOD} | {f"{BROKEN} failed", "cancelled cancelled", "cancelled succeeded"}
    wrong = {what: count for what, count in ended.items() if what not in wanted}
    told.append(
        _line("runs in the process", f"{sum(ended.values())}, ended unexpectedly: {wrong or 'none'}", not wrong)
    )
    if errors := [error for line in rounds for error in line["errors"]]:
        told.append(_line("errors in the process", "; ".join(dict.fromkeys(errors))[:500], not errors))
    told += [_line(f"left behind: {what}", str(count), count == 0) for what, count in left.items()]
    return told


def _line(what: str, told: str, ok: bool) -> Line:  # noqa: FBT001
    return {"what": what, "told": told, "ok": ok}


def _grown(
    what: str, values: Sequence[int], show: Callable[[int], str], *, bytes_: bool = False, share: float = 0.0
) -> Line:
    quarter = len(values) // 4
    before = int(statistics.median(values[quarter : 2 * quarter]))
    after = int(statistics.median(values[-quarter:]))
    most = before + (max(_SPARE_BYTES, before * _SPARE_SHARE) if bytes_ else max(2, before * share))
    return _line(what, f"{show(before)} → {show(after)}", after <= most)


def _mib(size: int) -> str:
    return f"{size / (1 << 20):.0f} MiB"


def page(minutes: float, rounds: Sequence[Line], commands: Sequence[Line], verdict: Sequence[Line]) -> str:
    lines = [
        "# Soak\n\n",
        "Written by `make soak`: pipelines of every kind (with rejected rows, a failing one and a cancelled one among",
        " them) run again and again, in one process and as commands beside it. Values are medians of the second",
        " quarter of the time, and of the last.\n\n",
        f"{minutes:g} minutes, {len(rounds)} rounds in one process, {len(commands)} commands.\n\n",
        "| | second quarter → last quarter | |\n|---|---|---|\n",
    ]
    lines += [f"| {line['what']} | {line['told']} | {'ok' if line['ok'] else '**failed**'} |\n" for line in verdict]
    return "".join(lines)
