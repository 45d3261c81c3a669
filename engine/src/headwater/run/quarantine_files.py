"""The quarantine as it lies on disk: which runs rejected rows of which streams, and which of these are open.

Beside `<run_id>.parquet` stands `<run_id>.notes.json` once rows of it were replayed or dismissed (`quarantine_notes`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from headwater.run.naming import file_name
from headwater.run.quarantine import KEY_KEY, RUN_KEY, STREAM_KEY
from headwater.run.quarantine_notes import Notes, forget_notes, read_notes
from headwater.sdk.errors import DataError, UnknownName
from headwater.sdk.stream import Json
from headwater.toolkit.deferred import parquet as pq


@dataclass(frozen=True, slots=True)
class Rejects:
    """The rejected rows of one stream in one run."""

    pipeline: str
    stream: str
    run_id: str
    path: Path
    rows: int
    notes: Notes
    size_bytes: int
    key: tuple[str, ...] = ()

    @property
    def replayed(self) -> frozenset[int]:
        return self.notes.replayed

    @property
    def dismissed(self) -> frozenset[int]:
        return self.notes.dismissed

    @property
    def open_rows(self) -> int:
        return self.rows - len(self.replayed | self.dismissed)

    def as_dict(self) -> dict[str, Json]:
        return {
            "pipeline": self.pipeline,
            "run_id": self.run_id,
            "stream": self.stream,
            "rows": self.rows,
            "open": self.open_rows,
            "replayed": len(self.replayed),
            "dismissed": len(self.dismissed - self.replayed),
            "file": str(self.path),
            "size_bytes": self.size_bytes,
        }

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
    chosen = sorted((item for item in of_run if stream in (None, item.stream)), key=lambda item: item.stream)
    if not chosen:
        raise UnknownName("stream", stream or "", {item.stream for item in of_run}, place=f"quarantine of run {run_id}")
    return chosen


def forget_old(home: Path, pipeline: str, older_than: timedelta, largest_bytes: int | None = None) -> int:
    """Delete rejected rows of runs that are older, and the oldest runs while all together are larger; returns how many
    files went. The newest run's rows stay, however large.
    """
    oldest = datetime.now(UTC) - older_than
    gone, total = 0, 0
    newest: str | None = None
    for changed_at, path, size in _by_age(home / "quarantine" / file_name(pipeline)):
        newest = newest or path.name
        total += size
        is_too_much = largest_bytes is not None and total > largest_bytes and path.name != newest
        if datetime.fromtimestamp(changed_at, UTC) < oldest or is_too_much:
            path.unlink(missing_ok=True)
            forget_notes(path)
            gone += 1
    return gone


def _by_age(folder: Path) -> list[tuple[float, Path, int]]:
    """The files of all runs, newest first."""
    found = [(status.st_mtime, path, status.st_size) for path in folder.glob("*/*.parquet") for status in [path.stat()]]
    return sorted(found, reverse=True)


def _rejects(pipeline: str, path: Path) -> Rejects | None:
    """None for a file that is not Headwater's. Raises DataError for one that is torn."""
    try:
        metadata = pq.read_metadata(path)
    except (pa.ArrowInvalid, OSError) as cause:
        raise DataError(f"{path} cannot be read: {cause}", code="quarantine.unreadable") from cause
    facts = metadata.metadata or {}
    if RUN_KEY not in facts or STREAM_KEY not in facts:
        return None
    run_id, stream = (facts[name].decode() for name in (RUN_KEY, STREAM_KEY))
    key = tuple(json.loads(facts.get(KEY_KEY, b"[]")))
    return Rejects(pipeline, stream, run_id, path, metadata.num_rows, read_notes(path), path.stat().st_size, key)
