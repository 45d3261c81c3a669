"""A folder in the system's temporary place that is this process's own while it lives.

A process that is killed removes nothing. Its folders are known by a lock that nobody holds, and the next to make one
takes them away. A folder gets the name that others look for only once it is locked.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import weakref
from contextlib import suppress
from pathlib import Path

PREFIX, MARK = "headwater-spill-", ".headwater"


class TemporaryFolder:
    """Removed by `close`, with this object, or at the process's end. Raises OSError when there is no room for it."""

    def __init__(self) -> None:
        place = Path(tempfile.gettempdir())
        _sweep(place)
        made = Path(tempfile.mkdtemp(prefix=f".{PREFIX}", dir=place))
        (made / MARK).touch()
        descriptor = _locked(made)
        self.path = made.rename(made.with_name(made.name[1:]))
        self.close = weakref.finalize(self, _remove, self.path, descriptor)


def _sweep(place: Path) -> None:
    for folder in place.glob(f"{PREFIX}*"):
        # Another user's, in use, or gone in the meantime: nothing for us.
        with suppress(OSError):
            if folder.lstat().st_uid == os.getuid() and (folder / MARK).exists():
                _remove(folder, _locked(folder))


def _locked(folder: Path) -> int:
    """The descriptor that holds the lock. Raises OSError when another one does, or this is no folder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _remove(folder: Path, descriptor: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.close(descriptor)
