"""A folder in the system's temporary place that is this process's own while it lives.

A process that is killed removes nothing. Its folders are known by a lock that nobody holds, and the next to make one
takes them away.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR

from headwater.toolkit.file_lock import FileLock

PREFIX, OWNER = "headwater-spill-", ".owner"


class TemporaryFolder:
    """Removed by `close`, with this object, or at the process's end. Raises OSError when there is no room for it."""

    def __init__(self) -> None:
        _sweep(Path(tempfile.gettempdir()))
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = FileLock(self.path / OWNER)
        lock.acquire()
        self.close = weakref.finalize(self, _remove, self.path, lock)


def _sweep(place: Path) -> None:
    for folder in place.glob(f"{PREFIX}*"):
        # Another user's, or gone in the meantime: nothing of ours.
        with suppress(OSError):
            found = folder.lstat()
            if not S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or not (folder / OWNER).exists():
                continue
            lock = FileLock(folder / OWNER)
            if lock.acquire():
                _remove(folder, lock)


def _remove(folder: Path, lock: FileLock) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    lock.release()
