"""A disk that fills up while rows are written to it: a small file system in memory, which only root can make."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults.conftest import WRITES, MakeBed
from faults.tables import expected

CASES = [(destination, write) for destination in ("duckdb", "sqlite", "files") for write in WRITES[destination]]


class SmallDisk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def resize(self, size: str) -> None:
        subprocess.run(["mount", "-o", f"remount,size={size}", str(self.folder)], check=True)

    def fill(self) -> None:
        """Take what is left, but a little."""
        filler = self.folder / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                pass
        with filler.open("r+b") as file:
            file.truncate(max(0, filler.stat().st_size - 4096))

    def free(self) -> None:
        (self.folder / "filler").unlink()


@pytest.fixture
def small_disk() -> Iterator[SmallDisk]:
    with tempfile.TemporaryDirectory() as place:
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64m", "headwater-faults", place],
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode != 0:
            pytest.skip(f"NO FULL DISK WAS TESTED: only root can mount one ({made.stderr.strip()})")
        try:
            yield SmallDisk(Path(place))
        finally:
            subprocess.run(["umount", "-l", place], check=True)


@pytest.mark.parametrize(("destination", "write"), CASES)
def test_a_full_disk_fails_the_load_by_name_and_space_mends_it(
    make_bed: MakeBed, small_disk: SmallDisk, destination: str, write: str
) -> None:
    bed = make_bed(destination, write, at=small_disk.folder)
    bed.first()
    first, second = expected(write)
    small_disk.fill()
    with bed.watcher.watching():
        run = bed.run()
        assert run.code == 1, run.err
        assert "space" in run.err
        assert str(small_disk.folder) in run.err or "lake" in run.err
        assert bed.watcher.now() == first
        small_disk.free()
        bed.ends_right(second, allowed={first, second})


def test_rejected_rows_that_find_no_room_keep_the_load_from_being_published(
    make_bed: MakeBed, small_disk: SmallDisk
) -> None:
    bed = make_bed("sqlite", "merge")
    bed.first()
    first, second = expected("merge")
    with (bed.folder / "in" / "t" / "0.csv").open("a") as file:
        file.write("this is no row\n" * 20)
    small_disk.fill()
    small_disk.resize("4k")
    home = {"HEADWATER_HOME": str(small_disk.folder)}
    with bed.watcher.watching():
        run = bed.run(env=home)
        assert run.code != 0
        assert "[internal" not in run.err, run.err
        assert bed.watcher.now() == first
        small_disk.resize("64m")
        small_disk.free()
        again = bed.run(env=home)
        assert (again.code, again.load["rows"]["rejected"]) == (0, 20), again.err
        assert bed.watcher.now() == second
        assert bed.watcher.saw <= {first, second}
