"""Signals to what only looks, and to a run that a script of the user's began."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from real.pipelines.project import ProjectFolder

SCRIPT = """
import sys, headwater
def told(event):
    print(type(event).__name__, flush=True)
try:
    headwater.load("headwater.yaml").run("p", listener=told)
except KeyboardInterrupt:
    print("interrupted", flush=True)
    sys.exit(3)
"""


@pytest.fixture
def project(tmp_path: Path) -> ProjectFolder:
    return ProjectFolder(tmp_path)


@contextmanager
def silent_server() -> Iterator[tuple[int, socket.socket]]:
    """A port where one may connect, and nobody ever says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1], server


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", [("check", "p"), ("preview", "p"), ("discover", "quiet"), ("state", "show", "p")])
def test_a_signal_ends_a_look_at_a_system_that_does_not_answer(
    project: ProjectFolder, command: tuple[str, ...], number: signal.Signals
) -> None:
    with silent_server() as (port, server):
        config = {
            "host": "127.0.0.1",
            "port": port,
            "database": "d",
            "user": "u",
            "password": "p",
            "sslmode": "disable",
        }
        quiet = {"quiet": {"type": "postgres", "config": config}}
        lake = {"type": "duckdb", "config": {"path": "lake.duckdb"}}
        project.pipeline({"connector": "quiet", "streams": ["t"]}, lake)
        text = (project.path / "headwater.yaml").read_text()
        project.write("headwater.yaml", f"connectors: {quiet!r}\n{text}")
        looking = subprocess.Popen(
            [sys.executable, "-m", "headwater.cli.main", *command], cwd=project.path, stderr=subprocess.PIPE, text=True
        )
        connection, _ = server.accept()
        with connection:
            assert connection.recv(8)
            looking.send_signal(number)
            started = time.monotonic()
            _, err = looking.communicate(timeout=30)
        assert time.monotonic() - started < 5
        assert looking.returncode == 130
        assert "stopping; nothing is written" in err
        assert f"was cancelled by {number.name}" in err


def test_ctrl_c_in_a_script_ends_its_run_and_leaves_nothing(project: ProjectFolder) -> None:
    project.write("in/t.csv", "id,name\n" + "".join(f"{n},name {n}\n" for n in range(3_000_000)))
    project.write("script.py", SCRIPT)
    project.pipeline(
        {"type": "files", "config": {"url": "in"}},
        {"type": "duckdb", "config": {"path": "lake.duckdb"}},
        verify="checksum",
    )
    script = subprocess.Popen(
        [sys.executable, "script.py"], cwd=project.path, stdout=subprocess.PIPE, text=True, env={**os.environ}
    )
    assert script.stdout is not None
    for line in script.stdout:
        if line.strip() == "StreamStarted":
            break
    script.send_signal(signal.SIGINT)
    started = time.monotonic()
    out, _ = script.communicate(timeout=30)
    assert time.monotonic() - started < 5
    assert (script.returncode, "interrupted" in out) == (3, True)
    with duckdb.connect(str(project.path / "lake.duckdb")) as lake:
        assert lake.execute("SELECT count(*) FROM information_schema.tables WHERE table_name = 't'").fetchall() == [
            (0,)
        ]
    assert not [path for path in (project.path / ".headwater" / "tmp").rglob("*") if path.is_file()]
    assert project.run().code == 0
