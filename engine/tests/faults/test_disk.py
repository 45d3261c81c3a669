"""A disk that fills up while rows are written to it: a small file system in memory, which only root can make."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from faults.conftest import WRITES, MakeBed
from faults.tables import expected
from real.conftest import PostgresDatabase
from real.postgres_server import server_account

CASES = [(destination, write) for destination in ("duckdb", "sqlite", "files") for write in WRITES[destination]]


class SmallDisk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, *, but: int = 4096) -> None:
        """Take what is left, but so many bytes."""
        filler = self.folder / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                pass
        with filler.open("r+b") as file:
            file.truncate(max(0, filler.stat().st_size - but))

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
        assert "[sqlite.disk_full]" in run.err or "space" in run.err
        assert str(small_disk.folder) in run.err or "lake" in run.err
        assert bed.watcher.now() == first
        small_disk.free()
        bed.ends_right(second, allowed={first, second})


@pytest.mark.parametrize("write", WRITES["postgres"])
def test_a_full_disk_of_postgres_fails_the_load_and_space_mends_it(
    make_bed: MakeBed, small_disk: SmallDisk, postgres: PostgresDatabase, write: str
) -> None:
    # The server's log of changes is elsewhere: without room for that it ends itself, and with it everybody's work.
    space = small_disk.folder / "space"
    space.mkdir()
    small_disk.folder.chmod(0o755)
    os.chown(space, server_account()["user"], server_account()["group"])
    with psycopg.connect(postgres.admin_dsn, autocommit=True) as admin:
        admin.execute(f"CREATE TABLESPACE \"space {write}\" LOCATION '{space}'".encode())
        admin.execute(f'GRANT CREATE ON TABLESPACE "space {write}" TO PUBLIC'.encode())
        admin.execute(f'ALTER DATABASE "{postgres.database}" SET default_tablespace = "space {write}"'.encode())
    bed = make_bed("postgres", write)
    bed.first()
    first, second = expected(write)
    small_disk.fill()
    with bed.watcher.watching():
        run = bed.run()
        assert run.code == 1, run.err
        assert "Check free disk space" in run.err
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
    small_disk.fill(but=0)
    home = {"HEADWATER_HOME": str(small_disk.folder)}
    with bed.watcher.watching():
        run = bed.run(env=home)
        assert run.code != 0
        assert "[internal" not in run.err, run.err
        assert bed.watcher.now() == first
        small_disk.free()
        again = bed.run(env=home)
        assert (again.code, again.load["rows"]["rejected"]) == (0, 20), again.err
        assert bed.watcher.now() == second
        assert bed.watcher.saw <= {first, second}
