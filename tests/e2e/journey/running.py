"""What a journey knows of the server it goes through."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HEADWATER = [str(Path(sys.executable).with_name("headwater"))]


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers at `address`; `data` is where relative paths of its projects begin."""

    address: str
    home: Path
    data: Path

    def sign_in_link(self) -> str:
        shown = headwater(self.home, "users", "link", "admin@localhost")
        return f"{self.address}/sign-in?{shown.strip().rsplit('?', 1)[1]}"


def headwater(home: Path, *arguments: str) -> str:
    done = subprocess.run(
        [*HEADWATER, *arguments], capture_output=True, text=True, check=True, timeout=60, env=environment(home)
    )
    return done.stdout


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "HEADWATER_HOME": str(home)}
