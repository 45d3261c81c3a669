"""What a process notes on disk about the run it is doing: so that a second one is refused, and a dead one is found.

`<home>/runs/<pipeline>.lock` is held (flock) while a run lives; `<pipeline>.json` names the run. A run that is noted
as running while nobody holds the lock died: the next run takes its id over, so that what it committed is not
delivered again. The same holds for a run that ended without knowing whether a commit went through.

Whoever keeps such notes elsewhere (the server, in its database) gives the run's id, and the note here is not asked.
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

from headwater.run.naming import file_name
from headwater.sdk.errors import Busy, ConfigError


@dataclass(frozen=True, slots=True)
class Entry:
    run_id: str
    resumed: int = 0
    running: bool = True


class Journal:
    """The note of one pipeline's run; a context manager around it, under the pipeline's lock. `given`: the id that
    someone else has noted, and how often the run began before; then nothing is noted here.
    """

    def __init__(self, home: Path, pipeline: str, given: Entry | None = None) -> None:
        self._note = _note_path(home, pipeline)
        self._held = pipeline_lock(home, pipeline)
        self._settled = True
        self._given = given is not None
        self.entry = given or Entry(_new_run_id())

    def __enter__(self) -> Self:
        self._held.__enter__()
        if self._given:
            return self
        try:
            dead = _read_note(self._note)
            if dead is not None and dead.running:
                self.entry = Entry(dead.run_id, resumed=dead.resumed + 1)
            _write_note(self._note, self.entry)
        except BaseException:
            self._held.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """A run that an unforeseen error ended is as good as dead: what it committed is not known here."""
        try:
            if self._settled and kind is None and not self._given:
                _write_note(self._note, Entry(self.entry.run_id, self.entry.resumed, running=False))
        finally:
            self._held.__exit__(None, None, None)

    def leave_open(self) -> None:
        """The outcome of a commit is not known: the next run goes on with this run's id, and finds out."""
        self._settled = False


@contextmanager
def pipeline_lock(home: Path, pipeline: str) -> Iterator[None]:
    """One process at a time works on a pipeline. Raises Busy, and ConfigError when the home cannot be written."""
    note = _note_path(home, pipeline)
    with _writing(note):
        note.parent.mkdir(parents=True, exist_ok=True)
        lock = note.with_suffix(".lock").open("ab")
    with lock:
        try:
            with _writing(note):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as cause:
            entry = _read_note(note)
            raise Busy(
                f"pipeline {pipeline!r} is already running{f' (run {entry.run_id})' if entry else ''}",
                hint="wait until that run ends, or cancel it",
            ) from cause
        yield


def refuse_unsettled(home: Path, pipeline: str) -> None:
    """For what would hide from the next run what the dead one committed. Raises ConfigError."""
    note = _read_note(_note_path(home, pipeline))
    if note is not None and note.running:
        raise ConfigError(
            f"run {note.run_id} of pipeline {pipeline!r} died, and what it delivered is not settled yet",
            hint=f"run the pipeline first, it goes on where that run stopped: headwater run {pipeline}",
            code="run.unsettled",
        )


def _note_path(home: Path, pipeline: str) -> Path:
    return home / "runs" / f"{file_name(pipeline)}.json"


def _read_note(path: Path) -> Entry | None:
    try:
        with _writing(path):
            found = json.loads(path.read_text())
        return Entry(str(found["run_id"]), int(found["resumed"]), bool(found["running"]))
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        # No note, or one that a full disk cut short: nothing that can be resumed.
        return None


def _write_note(path: Path, entry: Entry) -> None:
    fresh = path.with_suffix(".new")
    with _writing(path):
        with fresh.open("w") as out:
            json.dump(asdict(entry), out)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(path)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, BlockingIOError):
        raise
    except OSError as cause:
        raise ConfigError(
            f"{path.parent} cannot be written: {cause.strerror or cause}",
            hint="Headwater keeps locks, quarantine and logs there; set HEADWATER_HOME to a folder it may write",
            code="config.home_not_writable",
        ) from cause


def _new_run_id() -> str:
    """Sorts by time; unique beside any other run."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{token_hex(4)}"
