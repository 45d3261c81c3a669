"""Log records as lines on stderr: JSON for machines, short text for people. Facts stand in `extra`.

Promises: one line per record; a value is never a template; tracebacks are of the server's own code and hold no values
of requests. The server logs no secret, and strikes what looks like one out of messages of others (libpq, httpx).
"""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any

from headwater_server.settings import Settings

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_PASSWORD_IN_URL = re.compile(r"(\w+://[^\s:/@]*:)[^\s@/]+(@)")
_PASSWORD_IN_DSN = re.compile(r"(\bpassword\s*=\s*)('[^']*'|\S+)", re.IGNORECASE)
_QUIET = {"alembic": logging.WARNING, "httpx": logging.WARNING, "uvicorn.access": logging.WARNING}


def configure(settings: Settings, process: str) -> None:
    """For the whole process; `process` says which one a line is from."""
    as_json = (settings.log_format or ("json" if settings.environment == "production" else "text")) == "json"
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(process) if as_json else TextLines(process))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)


def struck(text: str) -> str:
    """Without passwords of URLs and connection strings."""
    return _PASSWORD_IN_DSN.sub(r"\1***", _PASSWORD_IN_URL.sub(r"\1***\2", text))


class JsonLines(logging.Formatter):
    """`{"at", "level", "process", "logger", "event", "message", …facts}`."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": self._process,
            "logger": record.name,
            "message": struck(record.getMessage()),
            **_facts(record),
        }
        if record.exc_info:
            line["traceback"] = struck(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """`12:03:04 info    server  message (event=… key=…)`."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        facts = " ".join(f"{key}={value}" for key, value in _facts(record).items())
        text = f"{at} {record.levelname.lower():<7} {self._process:<9} {struck(record.getMessage())}"
        text += f" ({facts})" if facts else ""
        if record.exc_info:
            text += "\n" + struck(self.formatException(record.exc_info))
        return text


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    found = {key: value for key, value in vars(record).items() if key not in _OWN and not key.startswith("color_")}
    return {key: struck(value) if isinstance(value, str) else value for key, value in found.items()}
