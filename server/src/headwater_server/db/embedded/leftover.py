"""A PostgreSQL whose parent was killed: it is told apart from a stranger's process, and ended."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

_STOP_S = 30.0


def end_leftover(data: Path) -> None:
    """End the server that still serves `data`, if there is one, and remove its pid file.

    For the one process that holds the home's lock. A pid is believed only if that process is a postgres that has this
    folder open: after a restart of the machine the number may be anyone's.
    """
    file = data / "postmaster.pid"
    if not file.exists():
        return
    pid = _pid_in(file)
    if pid is not None and _serves(pid, data):
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + _STOP_S
        while _serves(pid, data):
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGQUIT)  # crash recovery follows, nothing that was committed is lost
            time.sleep(0.05)
    file.unlink(missing_ok=True)


def _pid_in(file: Path) -> int | None:
    try:
        return int(file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _serves(pid: int, data: Path) -> bool:
    process = Path(f"/proc/{pid}")
    if not process.parent.is_dir():
        return _answers_to_signals(pid)
    try:
        state = (process / "stat").read_text().rsplit(")", 1)[1].split()[0]
        return state != "Z" and (process / "exe").readlink().name.startswith("postgres") and _is_in(process, data)
    except (OSError, IndexError):
        return False


def _is_in(process: Path, data: Path) -> bool:
    """A postmaster works in its data folder."""
    return (process / "cwd").readlink() == data.resolve()


def _answers_to_signals(pid: int) -> bool:
    """Where there is no /proc (macOS)."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
