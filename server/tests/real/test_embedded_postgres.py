"""PostgreSQL from the wheel: whatever dies, the next start has everything that was committed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import psycopg
import pytest

from headwater_server.db.embedded.server import EmbeddedPostgres, HomeInUse

OWNER = """
import sys, time
from pathlib import Path
from headwater_server.db.embedded.server import EmbeddedPostgres
postgres = EmbeddedPostgres(Path(sys.argv[1]))
print(postgres.start(), postgres.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that every account may enter: root's PostgreSQL runs as another one."""
    with tempfile.TemporaryDirectory(prefix="hw-home-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture
def postgres(home: Path) -> Iterator[EmbeddedPostgres]:
    made = EmbeddedPostgres(home)
    yield made
    made.stop()


def owner_of(home: Path) -> tuple[subprocess.Popen[str], str, int]:
    """A process of its own that has started the server."""
    process = subprocess.Popen([sys.executable, "-c", OWNER, str(home)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout as said:
        url, pid = said.readline().split()
    return process, url, int(pid)


def note(url: str, number: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("create table if not exists noted (number int)")
        connection.execute("insert into noted values (%s)", [number])


def noted(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [number for (number,) in connection.execute("select number from noted order by 1").fetchall()]


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 30
    while Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1][:3]:
        assert time.monotonic() < deadline, "the server is still there"
        Event().wait(0.05)


def test_what_dies_by_kill_9_loses_nothing(home: Path) -> None:
    owner, url, pid = owner_of(home)
    note(url, 1)
    owner.kill()
    owner.wait()
    wait_until_gone(pid)  # with its parent, by the kernel's signal

    owner, url, pid = owner_of(home)
    note(url, 2)
    os.kill(pid, signal.SIGKILL)
    owner.kill()
    owner.wait()

    owner, url, pid = owner_of(home)
    assert noted(url) == [1, 2]
    owner.kill()
    owner.wait()
    wait_until_gone(pid)


def test_a_server_that_died_comes_back_under_the_same_url(postgres: EmbeddedPostgres) -> None:
    url = postgres.start()
    note(url, 1)
    assert postgres.pid is not None
    os.kill(postgres.pid, signal.SIGKILL)
    while not postgres.has_ended():
        Event().wait(0.05)

    assert postgres.restart() == url
    assert noted(url) == [1]


def test_a_second_owner_of_the_same_home_is_refused(postgres: EmbeddedPostgres, home: Path) -> None:
    postgres.start()

    with pytest.raises(HomeInUse) as refused:
        EmbeddedPostgres(home).start()

    assert str(home) in refused.value.message


def test_a_stale_pid_file_that_names_a_stranger_is_not_believed(postgres: EmbeddedPostgres, home: Path) -> None:
    note(postgres.start(), 1)
    postgres.stop()
    (home / "pgdata-18" / "postmaster.pid").write_text(f"{os.getpid()}\n{home}\n")

    assert noted(postgres.start()) == [1]  # and this process is still alive to say so


def test_the_url_and_the_password_are_for_the_owner_only(postgres: EmbeddedPostgres, home: Path) -> None:
    url = postgres.start()

    for name in ("database.url", "postgres.password"):
        assert (home / name).stat().st_mode & 0o777 == 0o600
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url.replace((home / "postgres.password").read_text(), "wrong"))
    assert " -h 127.0.0.1 " in Path(f"/proc/{postgres.pid}/cmdline").read_text().replace("\0", " ")
