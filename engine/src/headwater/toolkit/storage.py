"""Files by path, whatever keeps them: what a connector may ask of a file system, and the local one.

Paths are text with `/` between parts. `create` is the one atomic step that everything else builds on: it makes a file
with its whole content, durable, or fails because the name is taken.
Source: link(2), rename(2), fsync(2), flock(2).
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import uuid4

import pyarrow as pa

from headwater.sdk.errors import Busy, ConfigError, HeadwaterError, TransientError


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder. `version` changes whenever a file's content may have changed."""

    path: str
    is_folder: bool
    size_bytes: int
    version: int

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]


class Storage(Protocol):
    """A place for files. Every method raises HeadwaterError with the path in it."""

    def stat(self, path: str) -> Entry | None:
        """None when there is nothing of this name."""
        ...

    def list(self, folder: str) -> list[Entry]:
        """What lies directly in the folder, by name; nothing when there is no such folder."""
        ...

    def glob(self, pattern: str) -> list[Entry]:
        """Files whose path matches (`*`, `?`, `[…]`, `**`), by path."""
        ...

    def open(self, path: str) -> BinaryIO:
        """For reading, from the start."""
        ...

    def read(self, path: str) -> bytes: ...

    def scannable(self, path: str) -> str:
        """The path as DuckDB and Arrow readers take it."""
        ...

    def make_folder(self, path: str) -> None: ...

    def create(self, path: str, content: bytes) -> bool:
        """Make the file with all of this content, durably; False, and nothing changed, when the name is taken."""
        ...

    def replace(self, path: str, content: bytes) -> None:
        """Make or overwrite the file; a reader sees the old or the new content, never a part."""
        ...

    def rename(self, path: str, to: str) -> None: ...

    def sync(self, path: str) -> None:
        """Make a file's content, or a folder's names, durable."""
        ...

    def delete(self, path: str) -> None:
        """Files, or folders with all below them; nothing happens when there is none."""
        ...

    def delete_empty(self, folder: str) -> None:
        """Nothing happens when it is not there, or not empty."""
        ...

    def lock(self, path: str) -> Lock:
        """Raises Busy when another holds it; a holder that dies lets go."""
        ...


class Lock(Protocol):
    def release(self, *, forget: bool = False) -> None:
        """Let go; `forget` removes what marks the lock. Safe to call twice."""
        ...


class LocalStorage:
    """The file system of this machine (or one that is mounted here)."""

    def stat(self, path: str) -> Entry | None:
        with _explained("look at", path):
            try:
                return _entry(path, os.stat(path))
            except (FileNotFoundError, NotADirectoryError):
                return None

    def list(self, folder: str) -> list[Entry]:
        with _explained("list", folder):
            try:
                with os.scandir(folder) as found:
                    entries = [_entry(item.path, item.stat()) for item in found if _exists(item)]
            except (FileNotFoundError, NotADirectoryError):
                return []
        return sorted(entries, key=lambda entry: entry.path)

    def glob(self, pattern: str) -> list[Entry]:
        with _explained("search", pattern):
            found = [self.stat(path) for path in sorted(glob(pattern, recursive=True))]
        return [entry for entry in found if entry is not None and not entry.is_folder]

    def open(self, path: str) -> BinaryIO:
        with _explained("read", path):
            return open(path, "rb")

    def read(self, path: str) -> bytes:
        with self.open(path) as file, _explained("read", path):
            return file.read()

    def scannable(self, path: str) -> str:
        return path

    def make_folder(self, path: str) -> None:
        with _explained("make", path):
            os.makedirs(path, exist_ok=True)

    def create(self, path: str, content: bytes) -> bool:
        part = _part_name(path)
        with _explained("write", path):
            try:
                _write_durably(part, content)
                return _link(part, path)
            finally:
                _unlink(part)

    def replace(self, path: str, content: bytes) -> None:
        part = _part_name(path)
        with _explained("write", path):
            try:
                _write_durably(part, content)
                os.replace(part, path)
                _sync(os.path.dirname(path))
            finally:
                _unlink(part)

    def rename(self, path: str, to: str) -> None:
        with _explained("move", path):
            os.rename(path, to)

    def sync(self, path: str) -> None:
        with _explained("write", path):
            _sync(path)

    def delete(self, path: str) -> None:
        with _explained("delete", path):
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path, ignore_errors=False)
            else:
                _unlink(path)

    def delete_empty(self, folder: str) -> None:
        with _explained("delete", folder):
            try:
                os.rmdir(folder)
            except OSError as error:
                if error.errno not in (errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                    raise

    def lock(self, path: str) -> LocalLock:
        return LocalLock(path)


class LocalLock:
    """An flock on a file that holds nothing; the kernel lets go when the process ends."""

    def __init__(self, path: str) -> None:
        self._path = path
        with _explained("lock", path):
            while True:
                self._file: int | None = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
                try:
                    fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    os.close(self._file)
                    raise Busy(
                        f"{os.path.dirname(path)} is being written by another run",
                        hint="wait for it to end, or cancel it; the lock goes with its process",
                    ) from None
                # Another holder may have forgotten the file between our open and our lock: then it is nobody's.
                if _same_file(self._file, path):
                    return
                os.close(self._file)

    def release(self, *, forget: bool = False) -> None:
        if self._file is None:
            return
        if forget:
            _unlink(self._path)
        os.close(self._file)
        self._file = None


def is_pattern(path: str) -> bool:
    """Whether the path is a glob, and not the name of a file that is there."""
    return has_magic(path) and not os.path.lexists(path)


def local_path(url: str) -> str:
    """A local path from a path or a `file://` URL. Raises ConfigError for other schemes."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return os.path.abspath(Path(url).expanduser())
    if scheme.lower() != "file":
        raise ConfigError(
            f"{scheme}:// is not a place that files can be read from or written to yet",
            hint="give a path of this machine, or one that is mounted here; object stores come with a later version",
            code="files.unknown_scheme",
        )
    path = rest.removeprefix("localhost")
    if not path.startswith("/"):
        raise ConfigError(
            f"{url!r} names another machine", hint="write file:///absolute/path", code="files.unknown_scheme"
        )
    return os.path.abspath(path)


def _entry(path: str, found: os.stat_result) -> Entry:
    return Entry(str(path), Path(path).is_dir(), found.st_size, found.st_mtime_ns)


def _exists(item: os.DirEntry[str]) -> bool:
    return not item.is_symlink() or os.path.exists(item.path)


def _part_name(path: str) -> str:
    return os.path.join(os.path.dirname(path), f".{uuid4().hex}.part")


def _write_durably(path: str, content: bytes) -> None:
    with open(path, "xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _link(part: str, path: str) -> bool:
    try:
        os.link(part, path)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK):
            raise
        # A file system without hard links: the name is taken first, then gets its content in one step.
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
        except FileExistsError:
            return False
        os.replace(part, path)
    _sync(os.path.dirname(path))
    return True


def _sync(path: str) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unlink(path: str) -> None:
    Path(path).unlink(missing_ok=True)


def _same_file(handle: int, path: str) -> bool:
    try:
        there = os.stat(path)
    except FileNotFoundError:
        return False
    mine = os.fstat(handle)
    return (mine.st_dev, mine.st_ino) == (there.st_dev, there.st_ino)


@contextmanager
def _explained(doing: str, path: str) -> Iterator[None]:
    try:
        yield
    except HeadwaterError:
        raise
    except (OSError, pa.ArrowException) as error:
        raise storage_error(error, f"cannot {doing} {path}") from error


def storage_error(error: OSError | pa.ArrowException, what: str) -> HeadwaterError:
    """An error of the file system in Headwater's words; `what` says what was tried, with the path."""
    number = getattr(error, "errno", None)
    reason = (os.strerror(number) if number else str(error).split("\n", 1)[0]).lower()
    if number in (errno.ENOSPC, errno.EDQUOT) or "no space left" in reason:
        return TransientError(
            f"{what}: {reason}", hint="free space on the disk, then run again", code="files.disk_full"
        )
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ConfigError(f"{what}: {reason}", hint="give this user the right to it", code="files.forbidden")
    if number in (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EEXIST):
        return ConfigError(f"{what}: {reason}", hint="check the connector's url", code="files.not_found")
    return TransientError(f"{what}: {reason}", hint="the file system may answer later", code="files.unavailable")
