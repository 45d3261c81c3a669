"""`headwater doctor` and `headwater health`: what they find, what they say to do, and the code they leave with."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psycopg
import pytest

KEY = "a-key-for-the-doctor-0123456789-abcdefghij"
Call = Callable[..., tuple[int, str]]


@pytest.fixture
def call(tmp_path: Path) -> Call:
    """Code and words of a command on a home folder of its own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HEADWATER_")}
    environment = clean | {"HEADWATER_HOME": str(tmp_path), "HEADWATER_SECRET_KEY": KEY}

    def run(*command: str, **more: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "headwater.cli.main", *command],
            env=environment | more,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return run


def add_worker(url: str, heard: str) -> None:
    """A worker of this machine that was heard so long ago."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "insert into workers (id, name, concurrency, version, heartbeat_at)"
            " values (gen_random_uuid(), %s, 2, '1', now() - %s::interval)",
            [f"{socket.gethostname()}:1", heard],
        )


def test_the_doctor_finds_nothing_wrong_with_a_server_that_is_well(call: Call, database_url: str) -> None:
    add_worker(database_url, "1 second")

    code, said = call("doctor", HEADWATER_DATABASE_URL=database_url, HEADWATER_PORT=str(free_port()))

    assert code == 0, said
    for line in ("answers", "schema: up to date", "workers: 1 alive", "is free", "connectors,"):
        assert line in said, said
    assert KEY not in said


def test_the_doctor_names_what_is_wrong_and_what_to_do(call: Call, tmp_path: Path, empty_database_url: str) -> None:
    (tmp_path / "secret.key").write_text(KEY)
    (tmp_path / "secret.key").chmod(0o644)

    code, said = call("doctor", HEADWATER_DATABASE_URL=empty_database_url)

    assert code == 1
    assert f"others may read {tmp_path / 'secret.key'}" in said
    assert f"chmod 600 {tmp_path / 'secret.key'}" in said
    assert "the database's schema is empty" in said
    assert "headwater migrate" in said


def test_the_doctor_says_that_no_worker_lives_and_that_the_database_is_away(call: Call, database_url: str) -> None:
    code, said = call("doctor", HEADWATER_DATABASE_URL=database_url)
    assert (code, "workers: 0 alive" in said, "start one: headwater worker" in said) == (1, True, True), said

    code, said = call("doctor", HEADWATER_DATABASE_URL="postgresql://me:pw-4711@127.0.0.1:1/none")
    assert (code, "me@127.0.0.1:1/none does not answer" in said) == (1, True), said
    assert "connectors," in said  # it goes on with what can be looked at
    assert "pw-4711" not in said


def test_a_worker_is_well_while_its_heartbeat_is_young(call: Call, database_url: str) -> None:
    add_worker(database_url, "10 minutes")
    code, said = call("health", "--worker", HEADWATER_DATABASE_URL=database_url)
    assert (code, "no worker of" in said, "health.no_worker" in said) == (1, True, True), said

    add_worker(database_url, "2 seconds")
    assert call("health", "--worker", HEADWATER_DATABASE_URL=database_url) == (0, "well\n")


def test_a_worker_that_cannot_write_to_its_home_refuses_to_start(call: Call, database_url: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    code, said = call("worker", HEADWATER_DATABASE_URL=database_url, HEADWATER_HOME=str(tmp_path / "file" / "home"))

    assert (code, "settings.home_unwritable" in said, str(tmp_path / "file" / "home") in said) == (2, True, True), said


def test_the_api_is_well_when_it_says_that_it_is_ready(call: Call) -> None:
    class Readiness(BaseHTTPRequestHandler):
        status = 200

        def do_GET(self) -> None:
            self.send_response(self.status if self.path == "/api/readyz" else 404)
            self.end_headers()
            self.wfile.write(b'{"ready": false}')

        def log_message(self, format: str, *args: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Readiness) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = str(server.server_port)
        assert call("health", HEADWATER_PORT=port) == (0, "well\n")
        Readiness.status = 503
        code, said = call("health", HEADWATER_PORT=port)
        server.shutdown()
    assert (code, "health.not_ready" in said) == (1, True), said

    code, said = call("health", HEADWATER_PORT=port)
    assert (code, "does not answer" in said, "health.no_api" in said) == (1, True, True), said


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
