"""What a process notes on disk about the run it is doing: so that a second one is refused, and a dead one is found.

`<home>/runs/<pipeline>.lock` is held (flock) while a run lives; `<pipeline>.json` names the run. A run that is noted
as running while nobody holds the lock died: the next run takes its id over, so that what it committed is not
delivered again.
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import IO, Self
from urllib.parse import quote

from headwater.sdk.errors import Busy, ConfigError


@dataclass(frozen=True, slots=True)
class Entry:
    run_id: str
    resumed: int = 0
    running: bool = True


class Journal:
    """The lock and the note of one pipeline; a context manager around a run."""

    def __init__(self, home: Path, pipeline: str) -> None:
        self._folder = home / "runs"
        self._pipeline = pipeline
        self._note = self._folder / f"{quote(pipeline, safe='')}.json"
        self._lock: IO[bytes] | None = None
        self.entry = Entry(_new_run_id())

    def __enter__(self) -> Self:
        self._take_lock()
        dead = self._read()
        if dead is not None and dead.running:
            self.entry = Entry(dead.run_id, resumed=dead.resumed + 1)
        self._write(self.entry)
        return self

    def __exit__(self, *_: object) -> None:
        self._write(Entry(self.entry.run_id, self.entry.resumed, running=False))
        if self._lock is not None:
            self._lock.close()

    def _take_lock(self) -> None:
        path = self._note.with_suffix(".lock")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock = path.open("ab")
        except OSError as cause:
            raise ConfigError(
                f"{self._folder} cannot be written: {cause.strerror}",
                hint="Headwater keeps locks, quarantine and logs there; set HEADWATER_HOME to a folder it may write",
                code="config.home_not_writable",
            ) from cause
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as cause:
            self._lock.close()
            raise Busy(
                f"pipeline {self._pipeline!r} is already running{self._running_since()}",
                hint="wait until that run ends, or cancel it",
            ) from cause

    def _running_since(self) -> str:
        entry = self._read()
        return f" (run {entry.run_id})" if entry else ""

    def _read(self) -> Entry | None:
        try:
            return Entry(**json.loads(self._note.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            # No note, or one that a full disk cut short: nothing that can be resumed.
            return None

    def _write(self, entry: Entry) -> None:
        fresh = self._note.with_suffix(".new")
        with fresh.open("w") as out:
            json.dump(asdict(entry), out)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(self._note)


def _new_run_id() -> str:
    """Sorts by time; unique beside any other run."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{token_hex(4)}"
