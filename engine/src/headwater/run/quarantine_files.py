"""The quarantine as it lies on disk: which runs rejected rows of which streams, and which of these were replayed.

Beside `<run_id>.parquet` stands `<run_id>.replayed.json` once rows of it were delivered: the row numbers, and when.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from headwater.run.naming import file_name
from headwater.run.quarantine import RUN_KEY, STREAM_KEY
from headwater.sdk.errors import DataError, UnknownName
from headwater.toolkit.deferred import parquet as pq


@dataclass(frozen=True, slots=True)
class Rejects:
    """The rejected rows of one stream in one run."""

    pipeline: str
    stream: str
    run_id: str
    path: Path
    rows: int
    replayed: frozenset[int]
    size_bytes: int

    @property
    def open_rows(self) -> int:
        return self.rows - len(self.replayed)

    def table(self) -> pa.Table:
        """All rows (`quarantine.SCHEMA`), in the order they were rejected; row numbers count from 0."""
        try:
            return pq.read_table(self.path)
        except (pa.ArrowInvalid, OSError) as cause:
            raise DataError(f"{self.path} cannot be read: {cause}", code="quarantine.unreadable") from cause


def list_rejects(home: Path, pipeline: str) -> list[Rejects]:
    """Newest run first. Files of loads that were never published are not listed."""
    folder = home / "quarantine" / file_name(pipeline)
    found = [rejects for path in folder.glob("*/*.parquet") if (rejects := _rejects(pipeline, path)) is not None]
    return sorted(found, key=lambda item: (item.run_id, item.stream), reverse=True)


def find_rejects(home: Path, pipeline: str, run_id: str | None, stream: str | None) -> list[Rejects]:
    """Those of one run (default: the newest that has open rows), of one stream or all. Raises UnknownName."""
    known = list_rejects(home, pipeline)
    if run_id is None:
        run_id = next((item.run_id for item in known if item.open_rows), known[0].run_id if known else "")
    of_run = [item for item in known if item.run_id == run_id]
    if not of_run:
        raise UnknownName(
            "run with rejected rows", run_id, {item.run_id for item in known}, place=f"quarantine of {pipeline}"
        )
    chosen = [item for item in of_run if stream in (None, item.stream)]
    if not chosen:
        raise UnknownName("stream", stream or "", {item.stream for item in of_run}, place=f"quarantine of run {run_id}")
    return chosen


def note_replayed(rejects: Rejects, rows: Sequence[int], replay_id: str) -> None:
    """Remember that these rows were delivered."""
    path = _note_of(rejects.path)
    noted = _read_note(path)
    noted["rows"] = sorted({*noted["rows"], *rows})
    noted["replays"] = [
        *noted["replays"],
        {"replay_id": replay_id, "at": datetime.now(UTC).isoformat(), "rows": len(rows)},
    ]
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(noted))
    fresh.replace(path)


def forget_old(home: Path, pipeline: str, older_than: timedelta) -> int:
    """Delete rejected rows of runs that are older; returns how many files went."""
    oldest = datetime.now(UTC) - older_than
    gone = 0
    for path in (home / "quarantine" / file_name(pipeline)).glob("*/*.parquet"):
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < oldest:
            path.unlink()
            _note_of(path).unlink(missing_ok=True)
            gone += 1
    return gone


def _rejects(pipeline: str, path: Path) -> Rejects | None:
    """None for a file that is not Headwater's. Raises DataError for one that is torn."""
    try:
        metadata = pq.read_metadata(path)
    except (pa.ArrowInvalid, OSError) as cause:
        raise DataError(f"{path} cannot be read: {cause}", code="quarantine.unreadable") from cause
    facts = metadata.metadata or {}
    if RUN_KEY not in facts or STREAM_KEY not in facts:
        return None
    noted = _read_note(_note_of(path))
    run_id, stream = (facts[key].decode() for key in (RUN_KEY, STREAM_KEY))
    return Rejects(pipeline, stream, run_id, path, metadata.num_rows, frozenset(noted["rows"]), path.stat().st_size)


def _note_of(path: Path) -> Path:
    return path.with_name(f"{path.stem}.replayed.json")


def _read_note(path: Path) -> dict[str, list]:
    return json.loads(path.read_text()) if path.exists() else {"rows": [], "replays": []}
