"""What a test in the browser knows of the server it goes through: `headwater serve` with an embedded database."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
HEADWATER = [str(Path(sys.executable).with_name("headwater"))]
ADMIN = "admin@localhost"
READY_WITHIN_S, STOPPED_WITHIN_S, RUN_WITHIN_S = 90, 30, 120
ENDED = frozenset({"succeeded", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Api:
    """The REST API as the administrator: for what a test needs to be there, not for what it is about."""

    client: httpx.Client

    def __call__(self, method: str, path: str, body: object = None) -> Any:
        """The answer's JSON; None when it has no body. Anything but success fails the test with what was said."""
        answer = self.client.request(method, f"/api{path}", json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def put_connector(self, name: str, kind: str, config: dict[str, object]) -> None:
        self._put("connectors", name, {"name": name, "type": kind, "config": config})

    def put_processor(self, name: str, kind: str, config: dict[str, object]) -> None:
        self._put("processors", name, {"name": name, "type": kind, "config": config})

    def put_pipeline(self, name: str, document: dict[str, object]) -> None:
        self._put("pipelines", name, {"name": name, "document": document})

    def _put(self, noun: str, name: str, body: dict[str, object]) -> None:
        there = self.client.get(f"/api/{noun}/{name}").is_success
        self("PUT" if there else "POST", f"/{noun}/{name}" if there else f"/{noun}", body)

    def run(self, pipeline: str, **request: object) -> dict[str, Any]:
        """Runs a pipeline and waits for its end, whatever that is."""
        run = self("POST", f"/pipelines/{pipeline}/run", request)
        deadline = time.monotonic() + RUN_WITHIN_S
        while run["status"] not in ENDED and time.monotonic() < deadline:
            time.sleep(0.1)
            run = self("GET", f"/runs/{run['id']}")
        assert run["status"] in ENDED, f"{pipeline}: after {RUN_WITHIN_S} s the run is still {run['status']}"
        return run


@dataclass(slots=True)
class Running:
    """A server that answers at `address`; `data` is where relative paths of its projects begin."""

    address: str
    home: Path
    data: Path
    process: subprocess.Popen[bytes] = field(repr=False)

    def sign_in_link(self) -> str:
        shown = headwater(self.home, "users", "link", ADMIN)
        return f"{self.address}/sign-in?{shown.strip().rsplit('?', 1)[1]}"

    @contextmanager
    def api(self) -> Iterator[Api]:
        token = headwater(self.home, "tokens", "create", "--user", ADMIN, "--name", "e2e", "--days", "1").strip()
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=self.address, headers=headers, timeout=60) as client:
            yield Api(client)


def headwater(home: Path, *arguments: str) -> str:
    done = subprocess.run(
        [*HEADWATER, *arguments], capture_output=True, text=True, check=True, timeout=60, env=environment(home)
    )
    return done.stdout


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "HEADWATER_HOME": str(home)}


@contextmanager
def serving(*options: str) -> Iterator[Running]:
    """A server of its own in a folder that goes away with it. The web UI must have been built (`make ui`)."""
    built = ROOT / "server/src/headwater_server/static/index.html"
    if not built.exists():
        pytest.fail("the web UI is not built here: run `make ui` first")
    # As root the embedded database runs as another account, which must be able to walk to its folder.
    home, port = Path(tempfile.mkdtemp(prefix="headwater-e2e-")), _free_port()
    home.chmod(0o755)
    data = home / "projects/default"
    data.mkdir(parents=True)
    process = start(home, port, *options)
    try:
        wait_until_ready(f"http://localhost:{port}", process, home)
        running = Running(f"http://localhost:{port}", home, data, process)
        yield running
        process = running.process
    finally:
        stop(process)
        shutil.rmtree(home, ignore_errors=True)


def start(home: Path, port: int, *options: str) -> subprocess.Popen[bytes]:
    with (home / "serve.log").open("ab") as log:
        return subprocess.Popen(
            [*HEADWATER, "serve", "--port", str(port), "--workers", "1", *options],
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environment(home),
            start_new_session=True,
        )


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOPPED_WITHIN_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until_ready(address: str, process: subprocess.Popen[bytes], home: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/api/readyz", timeout=5) as answer:
                if answer.status == HTTPStatus.OK:
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the server did not get ready; its log:\n{(home / 'serve.log').read_text()[-3000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
