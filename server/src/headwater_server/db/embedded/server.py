"""Starts and stops PostgreSQL as a child process, with its data in the home folder.

Promises: one owner per home (a file lock); a password, and 127.0.0.1 only; what was committed survives `kill -9` of
either side; when this process dies, the server ends with it (Linux) or is ended by the next start (elsewhere).
Start it from the main thread: the kernel's parent-death signal is bound to the thread that starts the child.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from psycopg import OperationalError, connect

from headwater.sdk.errors import TransientError
from headwater_server.db.embedded.leftover import end_leftover
from headwater_server.db.embedded.programs import MAJOR, account, find_programs, reachable
from headwater_server.settings import BadSettings

USER, DATABASE = "headwater", "postgres"
_START_S, _STOP_S = 120.0, 30.0
_PR_SET_PDEATHSIG = 1
_SETTINGS = {"max_connections": "200", "shared_buffers": "128MB", "wal_compression": "on", "jit": "off"}


class HomeInUse(BadSettings):
    """Another server runs on this home folder."""

    code = "settings.home_in_use"


class EmbeddedPostgres:
    """`start()` answers the URL; `stop()` ends the server cleanly. Other processes read the URL from `url_file`."""

    def __init__(self, home: Path) -> None:
        self._home = home.absolute()
        self._data = self._home / f"pgdata-{MAJOR}"
        self._run = self._home / "run"
        self._process: subprocess.Popen[Any] | None = None
        self._lock: Any = None
        self._url = ""
        self._port = 0

    @property
    def url_file(self) -> Path:
        return url_file(self._home)

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def start(self) -> str:
        """The URL of the running server. Raises HomeInUse, BadSettings, or TransientError when it does not come up."""
        self._take_home()
        who = account()
        programs = reachable(find_programs(), self._home, who)
        self._run.mkdir(mode=0o700, exist_ok=True)
        who.own(self._run)
        password = self._password()
        if not (self._data / "PG_VERSION").exists():
            self._initialise(programs, password, who.popen)
        end_leftover(self._data)
        self._port = _free_port()
        self._url = f"postgresql://{USER}:{password}@127.0.0.1:{self._port}/{DATABASE}"
        self._launch(programs, who.popen)
        self._wait_until_ready()
        _write_private(self.url_file, self._url)
        return self._url

    def restart(self) -> str:
        """After the server died: the same port and data, so that every URL stays good."""
        programs = reachable(find_programs(), self._home, account())
        end_leftover(self._data)
        self._launch(programs, account().popen)
        self._wait_until_ready()
        return self._url

    def has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, and everything committed is on disk."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(_STOP_S)
        self._process = None
        self.url_file.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _take_home(self) -> None:
        self._home.mkdir(parents=True, exist_ok=True)
        lock = (self._home / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise HomeInUse(
                f"another Headwater server runs on {self._home}",
                hint="stop it, or choose another HEADWATER_HOME and port; more workers join with `headwater worker`",
            ) from error
        self._lock = lock

    def _password(self) -> str:
        file = self._home / "postgres.password"
        if not file.exists():
            _write_private(file, secrets.token_urlsafe(24))
        return file.read_text().strip()

    def _initialise(self, programs: Path, password: str, popen: dict[str, Any]) -> None:
        """`initdb` into a folder beside, moved into place when it is whole."""
        draft = self._run / "initdb"
        subprocess.run(["rm", "-rf", draft], check=True)
        given = self._run / "password"
        _write_private(given, password)
        if popen:
            os.chown(given, popen["user"], popen["group"])
        command = [programs / "bin" / "initdb", "-D", draft, "-U", USER, "-E", "UTF8", "--locale=C.UTF-8"]
        command += ["--auth=scram-sha-256", f"--pwfile={given}", "--no-instructions"]
        made = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, **popen)
        given.unlink()
        if made.returncode:
            raise BadSettings(
                f"PostgreSQL could not make its folder {draft}: {made.stderr.strip()[-500:]}",
                hint="the account it runs as must be able to write there: choose another HEADWATER_HOME",
            )
        draft.rename(self._data)

    def _launch(self, programs: Path, popen: dict[str, Any]) -> None:
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [programs / "bin" / "postgres", "-D", self._data, "-k", "", "-h", "127.0.0.1"]
        with (self._home / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "-p", str(self._port), *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - one C call
                start_new_session=True,  # Ctrl-C is for us; the server is stopped when nobody needs it any more
                **popen,
            )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_S
        while True:
            assert self._process is not None
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise TransientError(
                    f"the embedded PostgreSQL did not start; its log is {self._home / 'postgres.log'}",
                    hint=_last_line(self._home / "postgres.log"),
                    code="database.not_started",
                )
            try:
                connect(self._url, connect_timeout=2).close()
            except OperationalError as error:
                if "password" in str(error):
                    raise BadSettings(
                        f"the embedded PostgreSQL does not take the password in {self._home / 'postgres.password'}",
                        hint="restore that file from a backup; it belongs to the data beside it",
                    ) from error
                time.sleep(0.02)
            else:
                return


def url_file(home: Path) -> Path:
    """Holds the URL of the embedded server while it runs; for its owner's eyes only."""
    return home / "database.url"


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _write_private(file: Path, text: str) -> None:
    draft = file.with_name(f".{file.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    draft.rename(file)


def _last_line(file: Path) -> str | None:
    try:
        lines = file.read_text(errors="replace").splitlines()
    except OSError:
        return None
    return next((line for line in reversed(lines) if "FATAL" in line or "ERROR" in line), lines[-1] if lines else None)
