"""What a process notes on disk about the run it is doing: so that a second one is refused, and a dead one is found.

`<home>/runs/<pipeline>.lock` is held (flock) while a run lives; `<pipeline>.json` names the run. A run that is noted
as running while nobody holds the lock died: the next run takes its id over, so that what it committed is not
delivered again.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Self
from urllib.parse import quote

from headwater.sdk.errors import Busy, ConfigError


@dataclass(frozen=True, slots=True)
class Entry:
    run_id: str
    resumed: int = 0
    running: bool = True


class Journal:
    """The note of one pipeline's run; a context manager around it, under the pipeline's lock."""

    def __init__(self, home: Path, pipeline: str) -> None:
        self._note = _note_path(home, pipeline)
        self._held = pipeline_lock(home, pipeline)
        self.entry = Entry(_new_run_id())

    def __enter__(self) -> Self:
        self._held.__enter__()
        dead = self._read()
        if dead is not None and dead.running:
            self.entry = Entry(dead.run_id, resumed=dead.resumed + 1)
        self._write(self.entry)
        return self

    def __exit__(self, *_: object) -> None:
        self._write(Entry(self.entry.run_id, self.entry.resumed, running=False))
        self._held.__exit__(None, None, None)

    def _read(self) -> Entry | None:
        return _read_note(self._note)

    def _write(self, entry: Entry) -> None:
        fresh = self._note.with_suffix(".new")
        with fresh.open("w") as out:
            json.dump(asdict(entry), out)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(self._note)


@contextmanager
def pipeline_lock(home: Path, pipeline: str) -> Iterator[None]:
    """One process at a time works on a pipeline. Raises Busy, and ConfigError when the home cannot be written."""
    note = _note_path(home, pipeline)
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        lock = note.with_suffix(".lock").open("ab")
    except OSError as cause:
        raise ConfigError(
            f"{note.parent} cannot be written: {cause.strerror}",
            hint="Headwater keeps locks, quarantine and logs there; set HEADWATER_HOME to a folder it may write",
            code="config.home_not_writable",
        ) from cause
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as cause:
            entry = _read_note(note)
            raise Busy(
                f"pipeline {pipeline!r} is already running{f' (run {entry.run_id})' if entry else ''}",
                hint="wait until that run ends, or cancel it",
            ) from cause
        yield


def _note_path(home: Path, pipeline: str) -> Path:
    return home / "runs" / f"{quote(pipeline, safe='')}.json"


def _read_note(path: Path) -> Entry | None:
    try:
        return Entry(**json.loads(path.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        # No note, or one that a full disk cut short: nothing that can be resumed.
        return None


def _new_run_id() -> str:
    """Sorts by time; unique beside any other run."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{token_hex(4)}"
