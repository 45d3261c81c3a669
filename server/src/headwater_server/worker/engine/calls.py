"""What people ask while they build a pipeline: each answer comes from the systems themselves, and writes nothing there,
but for the three that say `state`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from headwater.run.preview import Previewed
from headwater.run.stop import StopFlag
from headwater_server.worker.engine.changes import changed_cells
from headwater_server.worker.engine.columns import column_profile
from headwater_server.worker.engine.pipe import Lines
from headwater_server.worker.engine.project import session_of
from headwater_server.worker.engine.tables import columns_of, rejected_table, table

ONE_STREAM = "one_stream"
PROFILE_ROWS, PREVIEW_ROWS = 10_000, 50
_LONGER = 3


def check(request: Mapping[str, Any], lines: Lines, stop: StopFlag) -> dict[str, Any]:
    """`connector` → `{ok, took_s, sides: [{side, ok, message, error}]}`."""
    began = time.monotonic()
    found = session_of(request).try_connector(request["connector"])
    sides = [
        {
            "side": side,
            "ok": error is None,
            "message": "connected" if error is None else error.message,
            "error": None if error is None else error.as_dict(),
        }
        for side, error in found.items()
    ]
    return {"ok": all(side["ok"] for side in sides), "took_s": round(time.monotonic() - began, 3), "sides": sides}


def discover(request: Mapping[str, Any], lines: Lines, stop: StopFlag) -> dict[str, Any]:
    """`connector`, `pattern`, `after`, `limit` → `{streams, next}`."""
    page = session_of(request).discover(
        request["connector"], request.get("pattern") or "*", after=request.get("after"), limit=request.get("limit", 500)
    )
    streams = [
        {
            "name": stream.name,
            "columns": columns_of(stream.schema),
            "primary_key": list(stream.primary_key),
            "cursors": list(stream.cursor_candidates),
            "row_estimate": stream.row_estimate,
        }
        for stream in page.streams
    ]
    return {"streams": streams, "next": page.next}


def stream_preview(request: Mapping[str, Any], lines: Lines, stop: StopFlag) -> dict[str, Any]:
    """`connector`, `stream`, `limit` → a table of its first rows."""
    return table(_first_rows(request, request.get("limit", PREVIEW_ROWS)).rows)


def stream_profile(request: Mapping[str, Any], lines: Lines, stop: StopFlag) -> dict[str, Any]:
    """`connector`, `stream`, `rows` → what the first rows show about each column."""
    rows = _first_rows(request, request.get("rows", PROFILE_ROWS)).rows
    return {"rows": rows.num_rows, "columns": [column_profile(rows, name) for name in rows.column_names]}


def _first_rows(request: Mapping[str, Any], limit: int) -> Previewed:
    """A connector's stream, read by a pipeline made for it; its destination is named and never opened."""
    source = {"connector": request["connector"], "streams": [{"name": request["stream"]}]}
    nowhere = {"type": "files", "config": {"url": f"{request['home']}/tmp/never.parquet"}}
    pipelines = {ONE_STREAM: {"sources": [source], "destinations": [nowhere]}}
    session = session_of({**request, "project": {**request["project"], "pipelines": pipelines, "schedules": {}}})
    return session.preview(ONE_STREAM, after=0, limit=limit)[0]


def plan(request: Mapping[str, Any], lines: Lines, stop: StopFlag) -> dict[str, Any]:
    """`pipeline` → `{loads}`: what a run would do."""
    return {"loads": [load.as_dict() for load in session_of(request).check(request["pipeline"])]}


def preview(request: Mapping[str, Any], lines: Lines, stop: StopFlag) -> dict[str, Any]:
    """`pipeline`, `stream`, `after`, `limit` → the first rows of each stream after a step, and those set aside."""
    found = session_of(request).preview(
        request["pipeline"],
        stream=request.get("stream"),
        after=request.get("after"),
        limit=request.get("limit", PREVIEW_ROWS),
    )
    return {
        "streams": [
            {
                "stream": item.stream,
                "after": item.after,
                "table": table(item.rows),
                "rejected": rejected_table(item.rejected),
            }
            for item in found
        ]
    }


def try_processor(request: Mapping[str, Any], lines: Lines, stop: StopFlag) -> dict[str, Any]:
    """`pipeline`, `stream`, `limit` → its first stream `before` and `after` its processors, what they `rejected`, the
    cells that they `changed`, and their `sql`.
    """
    session = session_of(request)
    name, stream, limit = request["pipeline"], request.get("stream"), request.get("limit", PREVIEW_ROWS)
    # Rows that stay may come from behind those that are dropped: pairing them takes a longer sample than is shown.
    before = session.preview(name, stream=stream, after=0, limit=limit * _LONGER)[0]
    after = session.preview(name, stream=stream, limit=limit)[0]
    one, other = table(before.rows), table(after.rows)
    return {
        "stream": before.stream,
        "before": {**one, "rows": one["rows"][:limit]},
        "after": other,
        "rejected": rejected_table(after.rejected),
        "changed": changed_cells(one, other),
        "sql": {
            "duckdb": _joined(session.sql(name, stream=stream).get(before.stream, ())),
            "spark": _joined(session.sql(name, stream=stream, dialect="spark").get(before.stream, ())),
        },
    }


def detect(request: Mapping[str, Any], lines: Lines, stop: StopFlag) -> dict[str, Any]:
    """`pipeline`, `stream`, `after` → columns that look personal and are not protected."""
    found = session_of(request).detect(request["pipeline"], stream=request.get("stream"), after=request.get("after"))
    return {"streams": [item.as_dict() for item in found]}


def profile_rules(request: Mapping[str, Any], lines: Lines, stop: StopFlag) -> dict[str, Any]:
    """`pipeline`, `stream`, `after`, `rows` → quality rules that hold for the rows looked at."""
    found = session_of(request).profile(
        request["pipeline"],
        stream=request.get("stream"),
        after=request.get("after"),
        rows=request.get("rows", PROFILE_ROWS),
    )
    return {"streams": [item.as_dict() for item in found]}


def infer_contract(request: Mapping[str, Any], lines: Lines, stop: StopFlag) -> dict[str, Any]:
    """`pipeline`, `stream`, `after`, `rows` → contracts that the rows looked at keep."""
    found = session_of(request).infer_contract(
        request["pipeline"],
        stream=request.get("stream"),
        after=request.get("after", 0),
        rows=request.get("rows", PROFILE_ROWS),
    )
    return {"streams": [item.as_dict() for item in found]}


def _joined(queries: Sequence[str]) -> str | None:
    """None for a processor that is no query, but a function over batches."""
    return ";\n".join(queries) or None


def sql(request: Mapping[str, Any], lines: Lines, stop: StopFlag) -> dict[str, Any]:
    """`pipeline`, `stream` → the SQL of each stream, by engine."""
    found = session_of(request).sql(request["pipeline"], stream=request.get("stream"))
    return {"streams": [{"stream": name, "duckdb": list(queries)} for name, queries in found.items()]}


def state(request: Mapping[str, Any], lines: Lines, stop: StopFlag) -> dict[str, Any]:
    """`pipeline` → where its streams stand, as the destinations hold it."""
    return {"streams": [item.as_dict() for item in session_of(request).state(request["pipeline"])]}


def set_state(request: Mapping[str, Any], lines: Lines, stop: StopFlag) -> dict[str, Any]:
    """`pipeline`, `stream`, `checkpoint` → where the stream stands now."""
    found = session_of(request).set_state(request["pipeline"], request["stream"], request["checkpoint"])
    return {"streams": [item.as_dict() for item in found]}


def reset_state(request: Mapping[str, Any], lines: Lines, stop: StopFlag) -> dict[str, Any]:
    """`pipeline`, `stream` (None: all) → what was forgotten."""
    found = session_of(request).reset(request["pipeline"], stream=request.get("stream"))
    return {"streams": [item.as_dict() for item in found]}
