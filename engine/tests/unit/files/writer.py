"""Another process that loads rows: `writer.py PLACE WRITE LOAD_ID STAGE`; it kills itself at a stage that is named."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from headwater.connectors.files.config import FilesConfig
from headwater.connectors.files.destination import FilesDestination
from headwater.connectors.files.load import FilesLoad
from headwater.sdk.destination import Write
from headwater.sdk.errors import Busy
from headwater.testing.destination_case import LATER, request_for

# Of the table's folder: which method is the moment, and whether death comes before or after it.
STAGES = {
    "publishing": ("log.append", "before"),
    "writing current.json": ("log._write_current", "before"),
    "deleting what was replaced": ("describe", "after"),
}


def main() -> None:
    place, write, load_id, stage = sys.argv[1:]
    load = opened(Path(place), Write(write), load_id)
    receipt = load.write("a", LATER.to_reader())
    if stage == "staging":
        die()
    if stage in STAGES:
        die_in(load, *STAGES[stage])
    load.commit([receipt], {"load": load_id})


def opened(place: Path, write: Write, load_id: str) -> FilesLoad:
    """Waits for its turn."""
    while True:
        try:
            return FilesDestination(FilesConfig(url=str(place))).open(request_for(LATER, write, load_id=load_id))
        except Busy:
            continue


def die_in(load: FilesLoad, name: str, when: str) -> None:
    *path, method = name.split(".")
    target: Any = load._folder
    for part in path:
        target = getattr(target, part)
    original = getattr(target, method)

    def dying(*args: Any, **kwargs: Any) -> None:
        if when == "after":
            original(*args, **kwargs)
        die()

    setattr(target, method, dying)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
