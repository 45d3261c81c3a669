"""Runs and replays: the two kinds of request that move rows into a destination."""

from __future__ import annotations

import json
import logging
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from headwater.run.events import Event, Listener, as_dict
from headwater.run.quarantine import folder_of
from headwater.run.quarantine_files import find_rejects
from headwater.run.report import CANCELLED, FAILED, SUCCEEDED, LoadReport
from headwater.run.session import Session
from headwater.run.stop import StopFlag
from headwater.sdk.errors import HeadwaterError, TransientError
from headwater_server.worker.engine.pipe import Lines
from headwater_server.worker.engine.project import session_of
from headwater_server.worker.engine.rejected import chosen_rows, described

log = logging.getLogger(__name__)


def run(request: Mapping[str, Any], lines: Lines, stop: StopFlag) -> dict[str, Any]:
    """`transient`: the run failed, and all that failed may go well when it is tried again."""
    session, pipeline, run_id = session_of(request), request["pipeline"], request["run_id"]
    report = session.run(
        pipeline,
        streams=request.get("streams") or (),
        full_refresh=bool(request.get("full_refresh")),
        run_id=run_id,
        resumed=request.get("resumed", 0),
        listener=_listener(lines),
        stop=stop,
    )
    return {
        "report": report.as_dict(),
        "in_doubt": report.in_doubt,
        "transient": _may_pass(report.loads),
        "quarantine": _rejected_by(session, pipeline, {run_id}),
    }


def replay(request: Mapping[str, Any], lines: Lines, stop: StopFlag) -> dict[str, Any]:
    """Rows of one quarantine file, which stands at `file`; `rows` None means all that are not `closed`. `edits` are
    records by row number. Answers with the rows that were delivered.
    """
    session = session_of(request)
    with _put_back(session, request) as with_rows:
        return _replay(session, request, lines, stop, with_rows)


def _replay(
    session: Session, request: Mapping[str, Any], lines: Lines, stop: StopFlag, with_rows: Path
) -> dict[str, Any]:
    pipeline, stream = request["pipeline"], request["stream"]
    began, clock = datetime.now(UTC), time.monotonic()
    closed = frozenset(request.get("closed") or ())
    edited = chosen_rows(with_rows, request.get("rows"), request.get("edits") or {}, closed)
    reports: tuple[LoadReport, ...] = ()
    if edited:
        reports = session.replay(
            pipeline, run_id=request["of_run"], stream=stream, edited=edited, listener=_listener(lines), stop=stop
        )
    found = find_rejects(session.quarantine_home(pipeline), pipeline, request["of_run"], stream)
    replayed = sorted({row for item in found if item.path == with_rows for row in item.replayed} - closed)
    new = {Path(report.quarantine).stem.split(".")[0] for report in reports if report.quarantine}
    return {
        "report": {
            "run_id": request["run_id"],
            "pipeline": pipeline,
            "status": _status(reports),
            "engine": "local",
            "started_at": began.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "took_s": round(time.monotonic() - clock, 3),
            "loads": [report.as_dict() for report in reports],
        },
        "in_doubt": any(report.in_doubt for report in reports),
        "transient": _may_pass(reports),
        "quarantine": _rejected_by(session, pipeline, new),
        "replayed": replayed,
    }


def _listener(lines: Lines) -> Listener:
    def tell(event: Event) -> None:
        lines.event(as_dict(event))

    return tell


def _may_pass(reports: tuple[LoadReport, ...]) -> bool:
    failed = [report.error for report in reports if report.status == FAILED]
    return bool(failed) and all(isinstance(error, TransientError) for error in failed)


def _status(reports: tuple[LoadReport, ...]) -> str:
    statuses = {report.status for report in reports}
    return FAILED if FAILED in statuses else CANCELLED if CANCELLED in statuses else SUCCEEDED


def _rejected_by(session: Session, pipeline: str, run_ids: set[str]) -> list[dict[str, Any]]:
    """A torn file in the folder does not undo what was delivered."""
    try:
        ours = session.quarantine_home(pipeline) == session.home
        return [described(item, ours=ours) for item in session.rejected(pipeline) if item.run_id in run_ids]
    except HeadwaterError as error:
        log.exception("rejected rows cannot be listed", exc_info=error, extra={"event": "quarantine_left"})
        return []


@contextmanager
def _put_back(session: Session, request: Mapping[str, Any]) -> Iterator[Path]:
    """Give the file the place where the engine looks for it, and say which of its rows are done with."""
    home = session.quarantine_home(request["pipeline"])
    path = folder_of(home, request["pipeline"], request["stream"]) / f"{request['of_run']}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    fetched = Path(request["file"]) != path
    note = path.with_name(f"{path.stem}.replayed.json")
    try:
        if fetched:
            shutil.copyfile(request["file"], path)
        note.write_text(json.dumps({"rows": sorted(request.get("closed") or ()), "replays": []}))
        yield path
    finally:
        if fetched:
            path.unlink(missing_ok=True)
            note.unlink(missing_ok=True)
