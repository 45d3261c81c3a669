"""A server of its own for the journey: `headwater serve` with an embedded database, in a folder that goes away.

Chromium is Debian's (`apt-get install chromium`); the web UI must have been built (`make ui`). Screenshots are written
to the folder that HEADWATER_SHOTS names, and to none otherwise.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from e2e.journey.running import HEADWATER, Running, environment
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[3]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
READY_WITHIN_S = 90


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server() -> Iterator[Running]:
    built = ROOT / "server/src/headwater_server/static/index.html"
    if not built.exists():
        pytest.fail("the web UI is not built here: run `make ui` first")
    # As root the embedded database runs as another account, which must be able to walk to its folder.
    home, port = Path(tempfile.mkdtemp(prefix="headwater-e2e-")), _free_port()
    home.chmod(0o755)
    data = home / "projects/default"
    data.mkdir(parents=True)
    log = (home / "serve.log").open("w")
    process = subprocess.Popen(
        [*HEADWATER, "serve", "--port", str(port), "--workers", "1"],
        stdout=log,
        stderr=subprocess.STDOUT,
        env=environment(home),
        start_new_session=True,
    )
    address = f"http://localhost:{port}"
    try:
        _wait_until_ready(address, process, home / "serve.log")
        yield Running(address, home, data)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        log.close()
        shutil.rmtree(home, ignore_errors=True)


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/api/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the server did not get ready; its log:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or pytest.fail("there is no chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1360, "height": 900})
    context.set_default_timeout(45_000)
    expect.set_options(timeout=45_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def shoot() -> Callable[[Page, str], None]:
    """Keeps a picture of the page when somebody wants to look at them."""
    folder = os.environ.get("HEADWATER_SHOTS")

    def take(page: Page, name: str) -> None:
        if folder is not None:
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return take
