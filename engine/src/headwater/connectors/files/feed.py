"""Text files as named pipes, so that DuckDB reads what had to be decompressed or decoded first."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

from headwater.sdk.errors import HeadwaterError, InternalError

Content = Callable[[], Iterator[bytes]]


class Feeds:
    """Pipes in one folder, each filled by a thread as fast as DuckDB takes the bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._contents: dict[str, tuple[str, Content]] = {}
        self._errors: list[HeadwaterError] = []

    def open(self, path: str, content: Content) -> str:
        """The pipe's name. `path` is the file that it stands for."""
        name = str(self._folder / f"feed-{uuid4().hex}")
        os.mkfifo(name, 0o600)
        self._contents[name] = (path, content)
        thread = threading.Thread(target=self._fill, args=(name, content), name=f"feed {path}", daemon=True)
        self._threads.append(thread)
        thread.start()
        return name

    def path_of(self, name: str) -> str:
        """The file behind a pipe; the name itself when it is no pipe of ours."""
        return self._contents[name][0] if name in self._contents else name

    def content_of(self, name: str) -> Iterator[bytes] | None:
        """The same bytes once more, for what has to be looked up in them."""
        return self._contents[name][1]() if name in self._contents else None

    def check(self) -> None:
        """Raises what ended a feed early: to DuckDB a cut stream looks like a complete one."""
        if self._errors:
            raise self._errors[0]

    def close(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join(timeout=5)
        for name in self._contents:
            Path(name).unlink(missing_ok=True)

    def _fill(self, name: str, content: Content) -> None:
        pipe = self._connected(name)
        if pipe is None:
            return
        try:
            for chunk in content():
                _write(pipe, chunk)
                if self._stopped.is_set():
                    return
        except BrokenPipeError:
            # DuckDB has all it wants, or has failed and says so itself.
            return
        except HeadwaterError as error:
            self._errors.append(error)
        except (OSError, ValueError) as error:
            self._errors.append(InternalError(f"{self.path_of(name)}: {error}", code="internal.read_failed"))
        finally:
            # Last: once the pipe is closed, the reader believes that it has the whole file.
            os.close(pipe)

    def _connected(self, name: str) -> int | None:
        """The write end, once DuckDB has opened the other; None when the read ended before."""
        while True:
            try:
                pipe = os.open(name, os.O_WRONLY | os.O_NONBLOCK)
            except OSError as error:
                if error.errno != errno.ENXIO:
                    raise
                if self._stopped.wait(0.002):
                    return None
            else:
                os.set_blocking(pipe, True)
                return pipe


def _write(pipe: int, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[os.write(pipe, view) :]
