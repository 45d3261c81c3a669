"""Quarantine files: what is in them. What became of a row (edited, replayed) the server knows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from headwater.run.quarantine_files import Rejects
from headwater.run.quarantine_pages import origin_of, rows_of, rule_counts
from headwater.run.stop import StopFlag
from headwater.sdk.errors import DataError
from headwater_server.worker.engine.pipe import Lines

MOST_EXPORTED = 100_000


def described(item: Rejects, *, ours: bool) -> dict[str, Any]:
    """`ours`: the folder is the worker's own, and the file may leave it once the server has it."""
    return {
        "engine_run_id": item.run_id,
        "pipeline": item.pipeline,
        "stream": item.stream,
        "path": str(item.path),
        "rows": item.rows,
        "size_bytes": item.size_bytes,
        "rules": rule_counts(item.path),
        "ours": ours,
    }


def rows(request: Mapping[str, Any], lines: Lines, stop: StopFlag) -> dict[str, Any]:
    """A page: at most `limit` rows past row `after`, of `rule` if one is named; `only` or not `without` these rows."""
    limit = request["limit"]
    found = list(islice(_wanted(request), limit + 1))
    return {"items": found[:limit], "next": found[limit - 1]["row"] if len(found) > limit else None}


def export(request: Mapping[str, Any], lines: Lines, stop: StopFlag) -> dict[str, Any]:
    """All wanted rows, at most MOST_EXPORTED; `next` says from where to go on."""
    return rows({**request, "limit": min(request.get("limit") or MOST_EXPORTED, MOST_EXPORTED)}, lines, stop)


def scan(request: Mapping[str, Any], lines: Lines, stop: StopFlag) -> dict[str, Any]:
    """What lies in a home: files that a worker left behind when it died."""
    files: list[dict[str, Any]] = []
    for path in sorted((Path(request["home"]) / "quarantine").glob("*/*/*.parquet")):
        if (origin := origin_of(path)) is None:
            continue
        run_id, pipeline, stream = origin
        counts = rule_counts(path)
        size = path.stat().st_size
        files.append(
            {
                "engine_run_id": run_id,
                "pipeline": pipeline,
                "stream": stream,
                "path": str(path),
                "rows": sum(1 for _ in rows_of(path, lambda number, rules: True)),
                "size_bytes": size,
                "rules": counts,
                "ours": True,
            }
        )
    return {"files": files}


def chosen_rows(
    path: Path, numbers: Sequence[int] | None, edits: Mapping[str, Mapping[str, Any]], closed: Iterable[int]
) -> list[dict[str, Any]]:
    """Rows as a replay takes them. Rows without columns are left where they are, unless they are asked for by number.
    Raises DataError.
    """
    asked, done = None if numbers is None else set(numbers), set(closed)
    chosen: list[dict[str, Any]] = []
    for number, row in rows_of(path, lambda number, rules: number not in done and (asked is None or number in asked)):
        record = edits.get(str(number)) or _record(row["row"])
        if record is not None:
            chosen.append({**record, "_row": number})
        elif asked is not None:
            raise DataError(
                f"row {number} could not be parsed when it was read: it has no columns to replay",
                hint="give its columns by editing it, or correct it in its file and run again",
                code="quarantine.row_without_columns",
            )
    return chosen


def _wanted(request: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    rule: str | None = request.get("rule")
    without: set[int] = set(request.get("without") or ())
    only: set[int] | None = None if request.get("only") is None else set(request["only"])

    def wanted(number: int, rules: list[str]) -> bool:
        named = rule is None or rule in rules
        return named and number not in without and (only is None or number in only)

    after = -1 if request.get("after") is None else int(request["after"])
    for number, row in rows_of(Path(request["file"]), wanted, after=after):
        yield {
            "row": number,
            "step": row["step"],
            "step_name": row["step_name"],
            "rules": [{"id": item["id"], "column": item["column"]} for item in row["rules"]],
            "messages": [item["message"] for item in row["rules"]],
            "record": _record(row["row"]),
            "source": {
                "text": row["row"] if _record(row["row"]) is None else None,
                "file": row["file"],
                "line": row["line"],
            },
            "rejected_at": row["rejected_at"],
        }


def _record(text: str | None) -> dict[str, Any] | None:
    try:
        values = json.loads(text or "")
    except ValueError:
        return None
    return values if isinstance(values, dict) else None
