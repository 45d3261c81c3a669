"""What one engine tells, on its way to the database: the newest progress of each stream, and lines up to a limit.

Promises: however much comes, memory and table stay small; what was left out is said in one line.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

COUNTS = ("read", "filtered", "rejected", "deduplicated", "passed")
LEVELS = ("debug", "info", "warning", "error")
LONGEST_MESSAGE = 10_000
LONGEST_FACTS = 20_000
# Apart from the lines, so that a flood of them hides no event.
MOST_EVENTS = 5_000
# Rows per second are measured over at least so long.
RATE_OVER_S = 1.0

Line = dict[str, Any]


class RunHearer:
    """Implements `process.Hearer`. Whoever writes to the database takes what has come."""

    def __init__(self, most_lines: int, secrets: list[str]) -> None:
        self._left = {"log": most_lines, "event": MOST_EVENTS}
        self._secrets = [secret for secret in secrets if len(secret) >= 4]
        self._lines: list[Line] = []
        self._not_kept = 0
        self._progress: dict[str, dict[str, Any]] = {}
        self._measured: dict[str, tuple[float, int, float | None]] = {}

    def event(self, facts: dict[str, Any]) -> None:
        if facts.get("event") == "Progress":
            self._saw_progress(facts)
        else:
            name = str(facts.get("event"))
            rest = {key: value for key, value in facts.items() if key not in ("at", "event")}
            self._line(
                "event", _level(name, rest), rest.get("stream"), name, _message(name, rest), rest, facts.get("at")
            )

    def log(self, facts: dict[str, Any]) -> None:
        level = facts.get("level") if facts.get("level") in LEVELS else "info"
        message, more = str(facts.get("message")), facts.get("facts") or None
        self._line("log", str(level), facts.get("stream"), facts.get("event"), message, more, facts.get("at"))

    def text(self, line: bytes, *, expected: bool) -> None:
        if self._left["log"] <= 0:
            self._not_kept += 1
            return
        text = self._struck(line.decode(errors="replace").replace("\0", "\ufffd"))
        if text.strip():
            level, event = ("info", "printed") if expected else ("warning", "no_event")
            self._line("log", level, None, event, text, None, None)

    def _line(
        self, kind: str, level: str, stream: Any, event: Any, message: str, facts: dict[str, Any] | None, at: Any
    ) -> None:
        if self._left[kind] <= 0:
            self._not_kept += 1
            return
        self._left[kind] -= 1
        if facts is not None and len(str(facts)) > LONGEST_FACTS:
            facts = {"left_out": "too long"}
        self._lines.append(
            {
                "kind": kind,
                "level": level,
                "stream": None if stream is None else str(stream),
                "event": None if event is None else str(event),
                "message": message[:LONGEST_MESSAGE],
                "facts": facts,
                "at": _moment(at),
            }
        )

    def _saw_progress(self, facts: dict[str, Any]) -> None:
        try:
            stream = str(facts["stream"])
            counts = {name: int(facts.get(name) or 0) for name in COUNTS}
            estimate = facts.get("row_estimate")
            row_estimate = None if estimate is None else int(estimate)
        except (KeyError, TypeError, ValueError):
            return
        rate = self._rate(stream, counts["read"])
        self._progress[stream] = {"stream": stream, **counts, "row_estimate": row_estimate, "rows_per_s": rate}

    def _rate(self, stream: str, read: int) -> float | None:
        now = time.monotonic()
        since, before, rate = self._measured.setdefault(stream, (now, read, None))
        if now - since >= RATE_OVER_S:
            rate = max(0.0, (read - before) / (now - since))
            self._measured[stream] = (now, read, rate)
        return rate

    def take_progress(self) -> list[dict[str, Any]]:
        taken, self._progress = list(self._progress.values()), {}
        return taken

    def take_lines(self) -> list[Line]:
        taken, self._lines = self._lines, []
        return taken

    def give_back(self, lines: list[Line], progress: list[dict[str, Any]]) -> None:
        """The database did not take them."""
        self._lines = lines + self._lines
        self._progress = {item["stream"]: item for item in progress} | self._progress

    def last_lines(self) -> Iterator[Line]:
        """Said at the end, past the limit."""
        if self._not_kept:
            yield note("warning", "lines_not_kept", f"{self._not_kept:,} more lines were not kept")

    def _struck(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


def note(level: str, event: str, message: str) -> Line:
    """A line of the worker's own."""
    return {
        "kind": "log",
        "level": level,
        "stream": None,
        "event": event,
        "message": message,
        "facts": None,
        "at": datetime.now(UTC),
    }


def _moment(at: Any) -> datetime:
    try:
        said = datetime.fromisoformat(at)
    except (TypeError, ValueError):
        return datetime.now(UTC)
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def _level(event: str, facts: dict[str, Any]) -> str:
    if event in ("Warned", "Retrying"):
        return "warning"
    return "error" if event == "LoadFinished" and facts.get("status") == "failed" else "info"


def _message(event: str, facts: dict[str, Any]) -> str:
    error = facts.get("error")
    why = f": {error.get('message')}" if isinstance(error, dict) else ""
    match event:
        case "RunStarted":
            return f"{len(facts.get('streams') or ())} streams are planned"
        case "StreamStarted":
            return f"reading begins ({facts.get('path')})"
        case "Retrying":
            return f"attempt {facts.get('attempt')} failed, again in {facts.get('wait_s')} s{why}"
        case "LoadFinished":
            table = f"{facts.get('destination')}.{facts.get('table')}"
            return f"{table} {facts.get('status')}, {facts.get('written')} rows{why}"
        case "RunFinished":
            return f"the engine is done: {facts.get('status')}"
        case _:
            return str(facts.get("message") or event)
