"""Files are made durable while they grow; a sync that fails is not forgotten."""

import threading
import time
from pathlib import Path

import pytest

from headwater.connectors.files.meanwhile import GROWN_BYTES, Meanwhile
from headwater.sdk.errors import DataError
from headwater.toolkit.storage import LocalStorage


class Watched(LocalStorage):
    """Tells how large a file was when it was synced; or that the disk is full."""

    def __init__(self, *, full: bool = False) -> None:
        self.synced: list[int] = []
        self.asked = threading.Event()
        self._full = full

    def sync(self, path: str) -> None:
        self.synced.append(Path(path).stat().st_size)
        self.asked.set()
        if self._full:
            raise DataError("the disk is full", code="files.no_space")
        super().sync(path)


def grow(path: Path, size_bytes: int) -> None:
    with path.open("ab") as file:
        file.truncate(size_bytes)


def test_a_file_is_synced_when_it_has_grown_and_before_it_is_whole(tmp_path: Path) -> None:
    path, storage = tmp_path / "f", Watched()
    with Meanwhile(storage, str(path)):
        grow(path, GROWN_BYTES - 1)
        assert not storage.asked.wait(0.2)
        grow(path, GROWN_BYTES)
        assert storage.asked.wait(10)
        storage.asked.clear()
        grow(path, 2 * GROWN_BYTES)
        assert storage.asked.wait(10)
    assert storage.synced == [GROWN_BYTES, 2 * GROWN_BYTES]


def test_a_sync_that_fails_is_raised_at_the_end_for_the_system_tells_of_it_once(tmp_path: Path) -> None:
    path, storage = tmp_path / "f", Watched(full=True)
    meanwhile = Meanwhile(storage, str(path))
    grow(path, GROWN_BYTES)
    assert storage.asked.wait(10)
    with pytest.raises(DataError, match="the disk is full"):
        meanwhile.stop()
    meanwhile.stop()
    assert len(storage.synced) == 1


def test_what_went_wrong_before_is_not_covered_by_a_sync_that_failed_too(tmp_path: Path) -> None:
    path, storage = tmp_path / "f", Watched(full=True)

    def write() -> None:
        with Meanwhile(storage, str(path)):
            grow(path, GROWN_BYTES)
            assert storage.asked.wait(10)
            raise ValueError("first")

    with pytest.raises(ValueError, match="first"):
        write()


def test_nothing_is_left_running_for_a_file_that_never_came(tmp_path: Path) -> None:
    before = threading.active_count()
    started = time.monotonic()
    with Meanwhile(Watched(), str(tmp_path / "none")):
        pass
    assert threading.active_count() == before
    assert time.monotonic() - started < 5


def test_a_file_that_is_given_up_is_not_waited_for(tmp_path: Path) -> None:
    class Slow(Watched):
        def sync(self, path: str) -> None:
            self.asked.set()
            assert go_on.wait(20)

    go_on, storage, path = threading.Event(), Slow(), tmp_path / "f"
    meanwhile = Meanwhile(storage, str(path))
    grow(path, GROWN_BYTES)
    assert storage.asked.wait(10)
    meanwhile.leave()
    go_on.set()
    meanwhile.stop()
