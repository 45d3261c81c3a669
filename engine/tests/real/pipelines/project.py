"""A project on disk, run through the command line's own doors, against real systems."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command left: exit code, stderr, and the object it printed with `--json`."""

    code: int
    stderr: str
    printed: dict[str, Any]

    @property
    def load(self) -> dict[str, Any]:
        (load,) = self.printed["loads"]
        return load

    @property
    def error(self) -> dict[str, Any]:
        """The error of the run, or of its only load."""
        return self.printed["error"] if "error" in self.printed else self.load["error"]


@dataclass(frozen=True, slots=True)
class ProjectFolder:
    path: Path

    def write(self, name: str, content: str | bytes) -> None:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def pipeline(self, source: Mapping[str, Any], destination: Mapping[str, Any], **more: Any) -> None:
        """One pipeline `p` from `source` to `destination`; each is a step with its type and config in place."""
        spec = {"sources": [dict(source)], "destinations": [dict(destination)], "retries": {"attempts": 1}, **more}
        self.write("headwater.yaml", yaml.safe_dump({"version": 1, "pipelines": {"p": spec}}))

    def run(self, *options: str) -> Answer:
        return self.call("run", "p", "--json", "--quiet", *options)

    def call(self, *arguments: str) -> Answer:
        command = [sys.executable, "-m", "headwater.cli.main", *arguments]
        done = subprocess.run(command, cwd=self.path, capture_output=True, text=True, check=False, timeout=100)
        lines = done.stdout.strip().splitlines() if "--json" in arguments else []
        return Answer(done.returncode, done.stderr, json.loads(lines[-1]) if lines else {})
