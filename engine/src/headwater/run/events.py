"""What happens in a run, as values: the CLI draws them as bars or writes them as JSON lines, the server stores them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from headwater.sdk.errors import HeadwaterError
from headwater.sdk.stream import Json


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class RunStarted:
    run_id: str
    pipeline: str
    streams: tuple[str, ...]
    at: datetime = field(default_factory=_now)


@dataclass(frozen=True, slots=True)
class StreamStarted:
    stream: str
    attempt: int
    path: str
    at: datetime = field(default_factory=_now)


@dataclass(frozen=True, slots=True)
class Progress:
    """Rows of one stream so far; sent a few times a second at most."""

    stream: str
    read: int
    filtered: int
    rejected: int
    deduplicated: int
    passed: int
    row_estimate: int | None
    at: datetime = field(default_factory=_now)


@dataclass(frozen=True, slots=True)
class Retrying:
    stream: str
    attempt: int
    wait_s: float
    error: HeadwaterError
    at: datetime = field(default_factory=_now)


@dataclass(frozen=True, slots=True)
class LoadFinished:
    """`size_bytes`: what the destination took, before anything of it was merged; None where that is not counted."""

    stream: str
    destination: str
    table: str
    status: str
    written: int
    size_bytes: int | None = None
    error: HeadwaterError | None = None
    at: datetime = field(default_factory=_now)


@dataclass(frozen=True, slots=True)
class Warned:
    """Something a person should know that does not change the run's outcome."""

    stream: str | None
    message: str
    at: datetime = field(default_factory=_now)


@dataclass(frozen=True, slots=True)
class RunFinished:
    run_id: str
    status: str
    took_s: float
    at: datetime = field(default_factory=_now)


Event = RunStarted | StreamStarted | Progress | Retrying | LoadFinished | Warned | RunFinished
Listener = Callable[[Event], None]


def as_dict(event: Event) -> dict[str, Json]:
    """`at` (UTC, milliseconds), `event` (the name of the class), and the event's own facts."""
    facts = {item.name: _plain(getattr(event, item.name)) for item in fields(event) if item.name != "at"}
    return {"at": event.at.isoformat(timespec="milliseconds"), "event": type(event).__name__, **facts}


def _plain(value: Any) -> Json:
    if isinstance(value, HeadwaterError):
        return dict(value.as_dict())
    return list(value) if isinstance(value, tuple) else value


def ignore(event: Event) -> None:
    """The listener that listens to nothing."""
