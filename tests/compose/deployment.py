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
        return self._run(arguments, b"", timeout_s, check=check)

    def send_bytes(self, content: bytes, *arguments: str) -> str:
        """The same, with something on its standard input."""
        return self._run(arguments, content, 60, check=True)

    def _run(self, arguments: tuple[str, ...], content: bytes, timeout_s: float, *, check: bool) -> str:
        done = subprocess.run(
            ["docker", "compose", "--ansi", "never", "--progress", "plain", *arguments],
            cwd=ROOT,
            env={**os.environ, "HEADWATER_PORT": str(self.port), **self.variables},
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout_s,
            check=False,
        )
        said = done.stdout.decode(errors="replace")
        if check and done.returncode:
            raise ComposeFailed(f"docker compose {' '.join(arguments)} ended with {done.returncode}:\n{said}")
        return said

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
