"""Log records of the engine and of plugins as lines to the worker."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from headwater.run.secrets import Secrets
from headwater.sdk.errors import HeadwaterError
from headwater_server.worker.engine.pipe import Lines

LONGEST = 10_000
# What every record has, and what this handler says under names of its own.
_OWN = {*vars(logging.makeLogRecord({})), "message", "asctime", "event", "stream"}


@contextmanager
def told_as_lines(lines: Lines, hidden: Sequence[str]) -> Iterator[None]:
    """`hidden` values appear in no record."""
    handler = _Records(lines, hidden)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("headwater").setLevel(logging.INFO)
    try:
        yield
    finally:
        root.removeHandler(handler)


class _Records(logging.Handler):
    def __init__(self, lines: Lines, hidden: Sequence[str]) -> None:
        super().__init__(level=logging.INFO)
        self._lines = lines
        self._secrets = Secrets()
        for value in hidden:
            self._secrets.learn_text(value)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._lines.log(self._facts(record))
        except (OSError, ValueError):
            self.handleError(record)

    def _facts(self, record: logging.LogRecord) -> dict[str, object]:
        more: dict[str, object] = {key: value for key, value in vars(record).items() if key not in _OWN}
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HeadwaterError):
            more["error"] = {**error.as_dict(), "message": self._secrets.struck(error.message)}
        elif error is not None:
            more["error"] = self._secrets.struck(f"{type(error).__name__}: {error}")[:LONGEST]
        return {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": "error" if record.levelno >= logging.ERROR else record.levelname.lower(),
            "message": self._secrets.struck(record.getMessage())[:LONGEST],
            "event": getattr(record, "event", None) or record.name,
            "stream": getattr(record, "stream", None),
            "facts": more,
        }
