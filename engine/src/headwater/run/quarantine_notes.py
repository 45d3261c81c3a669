"""What people and replays have done about rejected rows, in `<run_id>.notes.json` beside the rows themselves.

A row is open until it was delivered by a replay or dismissed by a person; a dismissal can be taken back. Rows are
numbered from 0 in the order of their file; the note keeps ranges of them. Whoever writes holds the file's lock.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from headwater.sdk.errors import Busy, DataError
from headwater.toolkit.file_lock import FileLock

_WAIT_S, _PAUSE_S = 10.0, 0.02
Noted = dict[str, Any]
"""The note as JSON."""


@dataclass(frozen=True, slots=True)
class Dismissal:
    """Somebody has decided that these rows are not to be delivered."""

    rows: frozenset[int]
    note: str
    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Notes:
    replayed: frozenset[int] = frozenset()
    dismissals: tuple[Dismissal, ...] = field(default=())

    @property
    def dismissed(self) -> frozenset[int]:
        return frozenset().union(*(item.rows for item in self.dismissals))

    def dismissal_of(self, row: int) -> Dismissal | None:
        return next((item for item in self.dismissals if row in item.rows), None)


def read_notes(rows_file: Path) -> Notes:
    """Of the rows in this Parquet file. Raises DataError for a note that cannot be read."""
    noted = _read(rows_file)
    replays, dismissals = _entries(noted, "replays"), _entries(noted, "dismissals")
    return Notes(
        frozenset(number for item in replays for number in _numbers(item["rows"])),
        tuple(_dismissal(item) for item in dismissals),
    )


def note_replayed(rows_file: Path, rows: Sequence[int], replay_id: str) -> None:
    """Remember that these rows were delivered."""
    with _changing(rows_file) as noted:
        replays = _entries(noted, "replays")
        replays.append({"replay_id": replay_id, "at": _now(), "rows": _ranges(rows)})
        noted["replays"] = replays


def note_dismissed(rows_file: Path, rows: Iterable[int], note: str, by: str | None) -> int:
    """Take rows off the list of open ones; how many were open. Those replayed or dismissed before stay as they are."""
    with _changing(rows_file) as noted:
        before = read_notes(rows_file)
        open_rows = frozenset(rows) - before.replayed - before.dismissed
        if open_rows:
            dismissals = _entries(noted, "dismissals")
            dismissals.append({"note": note, "by": by, "at": _now(), "rows": _ranges(open_rows)})
            noted["dismissals"] = dismissals
        return len(open_rows)


def note_restored(rows_file: Path, rows: Iterable[int]) -> int:
    """Take a dismissal back; how many rows are open again."""
    wanted = frozenset(rows)
    with _changing(rows_file) as noted:
        restored = 0
        kept: list[Noted] = []
        for item in _entries(noted, "dismissals"):
            numbers = frozenset(_numbers(item["rows"]))
            restored += len(numbers & wanted)
            if left := numbers - wanted:
                kept.append({**item, "rows": _ranges(left)})
        noted["dismissals"] = kept
        return restored


def forget_notes(rows_file: Path) -> None:
    _path(rows_file).unlink(missing_ok=True)


def _dismissal(item: Noted) -> Dismissal:
    by = item.get("by")
    return Dismissal(
        frozenset(_numbers(item["rows"])),
        str(item["note"]),
        None if by is None else str(by),
        datetime.fromisoformat(str(item["at"])),
    )


def _path(rows_file: Path) -> Path:
    return rows_file.with_name(f"{rows_file.stem}.notes.json")


def _read(rows_file: Path) -> Noted:
    path = _path(rows_file)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as cause:
        raise DataError(
            f"{path} cannot be read: {cause}",
            hint="it says which rows were replayed or dismissed; remove it only if none may be",
            code="quarantine.unreadable",
        ) from cause
    return found if isinstance(found, dict) else {}


def _entries(noted: Noted, key: str) -> list[Noted]:
    return list(noted.get(key, []))


@contextmanager
def _changing(rows_file: Path) -> Iterator[Noted]:
    """The note, to be changed in place; written back when the block ends well."""
    path = _path(rows_file)
    lock = FileLock(path.with_suffix(".lock"))
    deadline = time.monotonic() + _WAIT_S
    while not lock.acquire():
        if time.monotonic() > deadline:
            raise Busy(f"{path} is being written by another process", hint="try again in a moment")
        time.sleep(_PAUSE_S)
    try:
        noted = _read(rows_file)
        yield noted
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(noted, ensure_ascii=False), encoding="utf-8")
        fresh.replace(path)
    except OSError as cause:
        raise DataError(
            f"{path} cannot be written: {cause.strerror or cause}",
            hint="free space or give the right to write there",
            code="quarantine.unwritable",
        ) from cause
    finally:
        lock.release()


def _ranges(rows: Iterable[int]) -> list[list[int]]:
    """`[[3, 5], [9, 9]]`: first and last of each run of numbers."""
    found: list[list[int]] = []
    for _, group in groupby(enumerate(sorted(set(rows))), lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in group]
        found.append([numbers[0], numbers[-1]])
    return found


def _numbers(ranges: list[list[int]]) -> Iterator[int]:
    for first, last in ranges:
        yield from range(first, last + 1)


def _now() -> str:
    return datetime.now(UTC).isoformat()
