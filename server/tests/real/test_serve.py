"""`headwater serve` as a user starts it: processes, signals, and what it refuses."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import httpx
import psycopg
import pytest

HEADWATER = [sys.executable, "-m", "headwater.cli.main"]
READY_S = 110
PROJECT = """
version: 1
connectors:
  shop: {type: postgres, config: {host: db.local, database: shop, user: reader, password: not-in-any-log-4711}}
"""


class Served:
    """A server on a home folder of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home / "serve.log"
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("HEADWATER_")} | {
            "HEADWATER_HOME": str(home),
            "HEADWATER_PORT": str(self.port),
            "HEADWATER_LOG_FORMAT": "json",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            command = [*HEADWATER, "serve", "--workers", "0"]
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        self.wait_until(self.is_ready)

    def wait_until(self, there: Callable[[], bool]) -> None:
        deadline = time.monotonic() + READY_S
        while not there():
            assert time.monotonic() < deadline, self.log.read_text()
            Event().wait(0.1)

    def is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        try:
            return httpx.get(f"{self.url}/api/readyz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def call(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {**self.environment, "HEADWATER_URL": self.url, **more}
        return subprocess.run([*HEADWATER, *command], env=environment, capture_output=True, text=True, check=False)

    def children(self) -> list[int]:
        assert self.process is not None
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in found.split()]

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hw-serve-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture
def served(home: Path) -> Iterator[Served]:
    made = Served(home)
    made.start()
    yield made
    made.stop()


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.timeout(400)
def test_a_server_from_first_start_to_last(served: Served) -> None:
    """One long story, because a start takes seconds."""
    the_first_administrator_signs_in_once(served)
    a_project_goes_there_and_back(served)
    a_second_server_on_the_same_home_or_port_is_refused(served)
    a_database_that_is_killed_comes_back(served)
    what_is_killed_takes_all_with_it_and_starts_again(served)
    sigterm_stops_everything(served)
    another_secret_key_is_refused(served)


def the_first_administrator_signs_in_once(served: Served) -> None:
    served.wait_until(lambda: "sign-in?token=" in served.log.read_text())
    found = re.search(r"http://localhost:\d+/sign-in\?token=(\S+)", served.log.read_text())
    assert found is not None
    with httpx.Client(base_url=served.url, headers={"Origin": served.url}) as browser:
        assert browser.post("/api/session/link", json={"token": found[1]}).status_code == 201
        assert browser.get("/api/session").json()["user"]["role"] == "admin"
        cookie = browser.cookies.jar
        assert all(item.has_nonstandard_attr("HttpOnly") for item in cookie)
        browser.cookies.clear()
        assert browser.post("/api/session/link", json={"token": found[1]}).json()["code"] == "auth.bad_link"


def a_project_goes_there_and_back(served: Served) -> None:
    file = served.home / "project.yaml"
    file.write_text(PROJECT)
    token = served.call("tokens", "create", "--user", "admin@localhost").stdout.strip()
    assert "is not set" in served.call("apply", "-f", str(file)).stderr

    planned = served.call("diff", "-f", str(file), HEADWATER_TOKEN=token)
    assert (planned.returncode, "+ connector shop" in planned.stdout) == (1, True), planned.stderr
    assert served.call("apply", "-f", str(file), HEADWATER_TOKEN=token).returncode == 0
    assert served.call("diff", "-f", str(file), HEADWATER_TOKEN=token).returncode == 0
    exported = served.call("export", HEADWATER_TOKEN=token).stdout
    assert "password: ${secret:connector.shop.password}" in exported
    assert "not-in-any-log-4711" not in exported + served.log.read_text() + planned.stdout


def a_second_server_on_the_same_home_or_port_is_refused(served: Served) -> None:
    same_port = served.call("serve", HEADWATER_HOME=str(served.home / "other"))
    assert (same_port.returncode, "is taken by another program" in same_port.stderr) == (2, True)
    same_home = served.call("serve", HEADWATER_PORT="0")
    assert (same_home.returncode, "another Headwater server runs on" in same_home.stderr) == (2, True)


def a_database_that_is_killed_comes_back(served: Served) -> None:
    pid = int((served.home / "pgdata-18" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    served.wait_until(lambda: gone(pid))
    served.wait_until(served.is_ready)


def what_is_killed_takes_all_with_it_and_starts_again(served: Served) -> None:
    assert served.process is not None
    children = served.children()
    assert len(children) == 3  # PostgreSQL, API, scheduler
    served.process.kill()
    served.process.wait()
    for pid in children:
        served.wait_until(lambda pid=pid: gone(pid))
    served.start()


def sigterm_stops_everything(served: Served) -> None:
    children = served.children()
    served.stop()
    assert served.process is not None
    assert (served.process.returncode, [pid for pid in children if not gone(pid)]) == (0, [])


def another_secret_key_is_refused(served: Served) -> None:
    (served.home / "secret.key").write_text("another-key-0123456789-abcdefghijklmnop\n")
    refused = served.call("serve", "--workers", "0")

    assert refused.returncode == 2
    assert "settings.wrong_secret_key" in refused.stderr


def test_unsafe_settings_refuse_to_start(home: Path) -> None:
    served = Served(home)

    def refusal(**more: str) -> str:
        refused = served.call("serve", **more)
        assert refused.returncode == 2
        return refused.stderr

    said = refusal(HEADWATER_ENVIRONMENT="production")
    assert "production needs HEADWATER_SECRET_KEY" in said
    assert "production needs HEADWATER_DATABASE_URL" in said
    assert "can be reached from outside" in refusal(HEADWATER_HOST="0.0.0.0")
    assert "at least 32 are needed" in refusal(HEADWATER_SECRET_KEY="too-short-a-key")
    assert "HEADWATER_PORT" in refusal(HEADWATER_PORT="many")
    assert "must begin with postgresql://" in refusal(HEADWATER_DATABASE_URL="mysql://u:pw-4711@h/d")
    assert "pw-4711" not in refusal(HEADWATER_DATABASE_URL="mysql://u:pw-4711@h/d")


def test_a_database_that_is_not_there_is_named_without_its_password(home: Path) -> None:
    served = Served(home)
    url = "postgresql://me:pw-4711@127.0.0.1:1/none"

    refused = served.call("migrate", HEADWATER_DATABASE_URL=url, HEADWATER_DATABASE_WAIT_S="0")

    assert (refused.returncode, "me@127.0.0.1:1/none does not answer" in refused.stderr) == (1, True)
    assert "pw-4711" not in refused.stderr


def test_schema_up_down_and_status_from_the_command_line(home: Path, empty_database_url: str) -> None:
    served = Served(home)

    def migrate(action: str) -> tuple[int, str]:
        done = served.call("migrate", action, HEADWATER_DATABASE_URL=empty_database_url)
        return done.returncode, done.stdout

    assert migrate("status")[0] == 1
    assert "up to date" in migrate("up")[1]
    assert migrate("status")[0] == 0
    assert "pending" in migrate("down")[1]
    with psycopg.connect(empty_database_url) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    assert "does not know" in served.call("migrate", HEADWATER_DATABASE_URL=empty_database_url).stderr
