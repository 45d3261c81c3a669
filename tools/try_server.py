"""Tries an installed server as a newcomer does: start it, open the page, sign in by the link, run a pipeline, stop.

For `tools/dist.py`, in the environment where the wheels were installed.
"""

from __future__ import annotations

import csv
import json
import re
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

UP_S, RUN_S, STOP_S = 180, 180, 60
ROWS = 1000
LINK = re.compile(r"(http://\S+)/sign-in\?token=(\S+)")
PROJECT = """
version: 1
connectors:
  files: {type: files, config: {url: numbers}}
  target: {type: duckdb, config: {path: numbers.duckdb}}
pipelines:
  numbers:
    sources: [{connector: files, streams: [numbers]}]
    processors: [{type: filter, config: {where: number >= 10}}]
    destinations: [{connector: target}]
"""


class ServerFailed(Exception):
    """What the server did not do, with its log."""


def try_server(headwater: Path, home: Path, environment: dict[str, str]) -> None:
    """Raises ServerFailed."""
    # A folder whose parents all may enter: PostgreSQL, which is embedded, runs as another account when this is root.
    for folder in (home.parent, home):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
    numbers = home / "projects" / "default" / "numbers"
    numbers.mkdir(parents=True)
    with (numbers / "numbers.csv").open("w", newline="") as out:
        csv.writer(out).writerows([["number"], *([number] for number in range(ROWS))])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = home.parent / "server.log"
    settings = {"HEADWATER_HOME": str(home), "HEADWATER_PORT": str(port), "HEADWATER_WORKERS": "1"}
    with log.open("wb") as out:
        server = subprocess.Popen(
            [str(headwater), "serve"], cwd="/", env={**environment, **settings}, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        _use(server, log)
        _port_is_taken(headwater, home.parent / "other", {**environment, **settings})
        server.send_signal(signal.SIGTERM)
        if (code := server.wait(STOP_S)) != 0:
            raise ServerFailed(f"SIGTERM ended it with {code}")
    except (ServerFailed, OSError, subprocess.TimeoutExpired) as error:
        raise ServerFailed(f"{error}\n--- its log:\n{log.read_text()[-3000:]}") from error
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()


def _use(server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + UP_S
    while not (link := LINK.search(log.read_text())):
        if server.poll() is not None or time.monotonic() > deadline:
            raise ServerFailed(f"no sign-in link within {UP_S} s")
        time.sleep(0.2)
    address, token = link.groups()
    browser = build_opener(HTTPCookieProcessor())
    page = browser.open(address, timeout=10).read().decode()
    if "<div id=" not in page:
        raise ServerFailed(f"{address} shows no web interface: {page[:200]}")
    _ask(browser, address, "/api/session/link", {"token": token})
    types = {item["type"]: item for item in _ask(browser, address, "/api/connector-types")["items"]}
    if not _ask(browser, address, "/api/connector-types/postgres")["docs"] or "duckdb" not in types:
        raise ServerFailed(f"connector types or their pages are missing: {sorted(types)}")
    _ask(browser, address, "/api/apply", {"yaml": PROJECT})
    run = _ask(browser, address, "/api/pipelines/numbers/run", {})
    deadline = time.monotonic() + RUN_S
    while run["status"] not in ("succeeded", "failed", "cancelled"):
        if time.monotonic() > deadline:
            raise ServerFailed(f"the run is {run['status']} after {RUN_S} s")
        time.sleep(0.3)
        run = _ask(browser, address, f"/api/runs/{run['id']}")
    if run["status"] != "succeeded" or run["rows"]["written"] != ROWS - 10:
        raise ServerFailed(f"the run: {json.dumps(run)[:2000]}")


def _ask(browser: OpenerDirector, address: str, path: str, body: object = None) -> Any:
    content = None if body is None else json.dumps(body).encode()
    request = Request(address + path, content, {"Content-Type": "application/json", "Origin": address})
    try:
        return json.loads(browser.open(request, timeout=30).read() or "null")
    except HTTPError as error:
        raise ServerFailed(f"{path} answered {error.code}: {error.read().decode()[:2000]}") from error


def _port_is_taken(headwater: Path, home: Path, environment: dict[str, str]) -> None:
    """A second server on the port says so, and ends, before it makes anything."""
    second = subprocess.run(
        [str(headwater), "serve"],
        env={**environment, "HEADWATER_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=UP_S,
        check=False,
    )
    said = second.stdout + second.stderr
    if second.returncode == 0 or environment["HEADWATER_PORT"] not in said or "Traceback" in said:
        raise ServerFailed(f"a taken port was not reported well ({second.returncode}): {said}")
