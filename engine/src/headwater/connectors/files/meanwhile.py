"""A file becomes durable while it is being written, not only at its end.

The system would keep what is written in memory for half a minute, so that the sync at the end waits for all of it at
once: on many disks a second for each few hundred megabytes, in which no processor has anything to do. Source: fsync(2),
and proc_sys_vm(5) on dirty_expire_centisecs.
"""

from __future__ import annotations

import threading
from types import TracebackType

from headwater.sdk.errors import HeadwaterError
from headwater.toolkit.storage import Storage

GROWN_BYTES = 32 << 20
LOOK_EVERY_S = 0.05


class Meanwhile:
    """Syncs the file at `path`, which may not be there yet, whenever it has grown by so much; until `stop`.

    The system tells of a failed sync once: whoever stops this, gets its failure.
    """

    def __init__(self, storage: Storage, path: str) -> None:
        self._storage = storage
        self._path = path
        self._over = threading.Event()
        self._failure: HeadwaterError | None = None
        self._thread = threading.Thread(target=self._run, name=f"sync {path}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Safe to call twice. Raises what a sync raised."""
        self._over.set()
        self._thread.join()
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def leave(self) -> None:
        """The file was given up: nothing is waited for, and what went wrong is of no interest."""
        self._over.set()

    def __enter__(self) -> Meanwhile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.stop()
        except HeadwaterError:
            if error is None:
                raise

    def _run(self) -> None:
        synced = 0
        while not self._over.wait(LOOK_EVERY_S):
            try:
                found = self._storage.stat(self._path)
                if found is not None and found.size_bytes - synced >= GROWN_BYTES:
                    synced = found.size_bytes
                    self._storage.sync(self._path)
            except HeadwaterError as error:
                self._failure = error
                return
