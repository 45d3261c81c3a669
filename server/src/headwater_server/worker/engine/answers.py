"""Values and errors as JSON that a browser and PostgreSQL's jsonb can hold."""

from __future__ import annotations

import math
import traceback
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from headwater.sdk.errors import Cancelled, ConfigError, DataError, HeadwaterError, InternalError, TransientError
from headwater.spec.problems import ProjectInvalid

# JavaScript's numbers are exact up to here (ECMA-262, Number.MAX_SAFE_INTEGER).
EXACT = 2**53 - 1
KINDS: dict[type[HeadwaterError], str] = {
    TransientError: "transient",
    ConfigError: "config",
    DataError: "data",
    Cancelled: "cancelled",
    InternalError: "internal",
}


def plain(value: Any) -> Any:
    """Numbers that would lose digits become texts, as do decimals; moments are ISO 8601, bytes hexadecimal."""
    match value:
        case None | bool():
            return value
        case int():
            return value if -EXACT <= value <= EXACT else str(value)
        case float():
            return value if math.isfinite(value) else None
        case str():
            return _text(value)
        case Mapping():
            return {_text(str(key)): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
        case datetime() | date() | time():
            return value.isoformat()
        case bytes():
            return "\\x" + value.hex()
        case _:
            return _text(str(value))


def _text(value: str) -> str:
    """Without NUL and lone surrogates, which jsonb refuses."""
    return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def error_of(error: BaseException) -> dict[str, Any]:
    """`kind` says what is done next: `transient` may be tried again. A bug says where it happened, without values."""
    if isinstance(error, HeadwaterError):
        said: dict[str, Any] = {**error.as_dict(), "kind": _kind(error)}
        if isinstance(error, TransientError):
            said["retry_after_s"] = error.retry_after_s
        if isinstance(error, ProjectInvalid):
            said["problems"] = [problem.as_dict() for problem in error.problems]
        return said
    if isinstance(error, MemoryError):
        return {
            "code": "run.memory_limit",
            "message": "the engine was refused memory: its limit is reached",
            "hint": "give the run more memory, or read less at once (`engine: {memory: …}`, `parallelism`)",
            "kind": "config",
        }
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = [f"{frame.name} ({frame.filename.rsplit('/', 1)[-1]}:{frame.lineno})" for frame in reversed(frames)]
    place = " < ".join(places)
    return {
        "code": "internal.bug",
        "message": f"{type(error).__name__} in {place}",
        "hint": "this is a bug in Headwater or in a plugin",
        "kind": "internal",
    }


def _kind(error: HeadwaterError) -> str:
    # Somebody else holds the pipeline's lock on this machine: an engine that is about to end.
    if error.public_code == "run.busy":
        return "transient"
    return next((name for kind, name in KINDS.items() if isinstance(error, kind)), "internal")
