"""Events and log records as JSON lines on stderr: what a scheduler or log collector reads."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping
from datetime import UTC, datetime

import click

from headwater.run.events import Event, Progress, as_dict
from headwater.sdk.errors import HeadwaterError


class Display:
    """One JSON object per line: `at`, `event`, and the event's own facts. Progress at most every five seconds per
    stream.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: dict[str, datetime] = {}
        self._handler = _Records(self)
        logging.getLogger("headwater").addHandler(self._handler)

    def listen(self, event: Event) -> None:
        if isinstance(event, Progress) and not self._due(event):
            return
        self._line(as_dict(event))

    def _due(self, event: Progress) -> bool:
        last = self._told.get(event.stream)
        if last is not None and (event.at - last).total_seconds() < 5:
            return False
        self._told[event.stream] = event.at
        return last is not None

    def write(self, at: datetime, event: str, facts: dict[str, object]) -> None:
        self._line({"at": at.isoformat(timespec="milliseconds"), "event": event, **facts})

    def _line(self, facts: Mapping[str, object]) -> None:
        line = json.dumps(facts, ensure_ascii=False, default=str)
        with self._lock:
            click.echo(line, err=True)

    def close(self) -> None:
        logging.getLogger("headwater").removeHandler(self._handler)


class _Records(logging.Handler):
    def __init__(self, display: Display) -> None:
        super().__init__(level=logging.WARNING)
        self._display = display

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        facts: dict[str, object] = {
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if error is not None:
            facts["error"] = error.as_dict() if isinstance(error, HeadwaterError) else type(error).__name__
        self._display.write(datetime.fromtimestamp(record.created, UTC), "Log", facts)
