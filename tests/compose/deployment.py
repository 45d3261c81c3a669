"""A deployment by compose.yaml, as its tests handle it: commands of compose, the API through the frontend's port."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

ROOT = Path(__file__).resolve().parents[2]
Found = TypeVar("Found")


class ComposeFailed(Exception):
    """A command of compose ended badly; its output is the message."""


@dataclass
class Deployment:
    """`port` is that of the frontend on 127.0.0.1."""

    port: int
    variables: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def compose(self, *arguments: str, check: bool = True, timeout_s: float = 300) -> str:
        """Output and errors of `docker compose …`. Raises ComposeFailed."""
        done = self._run(arguments, b"", timeout_s, subprocess.STDOUT)
        if check:
            _expect_success(done)
        return done.stdout.decode(errors="replace")

    def send_bytes(self, content: bytes, *arguments: str) -> None:
        """The same, with something on its standard input."""
        _expect_success(self._run(arguments, content, 60, subprocess.STDOUT))

    def receive_bytes(self, *arguments: str) -> bytes:
        """The same, for its standard output alone."""
        done = self._run(arguments, b"", 60, subprocess.PIPE)
        _expect_success(done)
        return done.stdout

    def _run(
        self, arguments: tuple[str, ...], content: bytes, timeout_s: float, errors: int
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["docker", "compose", "--ansi", "never", "--progress", "plain", *arguments],
            cwd=ROOT,
            env={**os.environ, "HEADWATER_PORT": str(self.port), **self.variables},
            input=content,
            stdout=subprocess.PIPE,
            stderr=errors,
            timeout=timeout_s,
            check=False,
        )

    def up(self, *arguments: str) -> str:
        return self.compose("up", "--detach", "--wait", "--wait-timeout", "240", *arguments)

    def execute(self, service: str, *command: str, check: bool = True) -> str:
        return self.compose("exec", "--no-TTY", service, *command, check=check)

    def containers(self) -> list[dict[str, Any]]:
        """What `docker compose ps` says of each."""
        return [json.loads(line) for line in self.compose("ps", "--all", "--format", "json").splitlines() if line]

    def services(self) -> dict[str, str]:
        """Service → state and health, of its worst container."""
        found = [(str(c["Service"]), f"{c['State']} {c['Health']}".strip()) for c in self.containers()]
        return dict(sorted(found, key=lambda item: item[1] == "running healthy", reverse=True))


def _expect_success(done: subprocess.CompletedProcess[bytes]) -> None:
    if done.returncode:
        said = (done.stdout[-4000:] + (done.stderr or b"")).decode(errors="replace")
        raise ComposeFailed(f"{' '.join(done.args)} ended with {done.returncode}:\n{said}")


def stays(look: Callable[[], bool], what: str, for_s: float) -> None:
    """Looks once a second, and expects to find it so each time."""
    deadline = time.monotonic() + for_s
    while time.monotonic() < deadline:
        assert look(), what
        time.sleep(1)


def eventually(look: Callable[[], Found | None], what: str, within_s: float = 120) -> Found:
    """The first answer of `look` that is neither None nor False. A server that is not there yet has not answered."""
    deadline = time.monotonic() + within_s
    last: object = None
    while time.monotonic() < deadline:
        try:
            last = found = look()
            if found is not None and found is not False:
                return found
        except (httpx.TransportError, ComposeFailed) as error:
            last = error
        time.sleep(0.3)
    raise AssertionError(f"{what}: not within {within_s:.0f} s; last seen: {last!r}")
