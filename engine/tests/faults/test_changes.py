"""Tables and files that change, or go away, under a run."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import psycopg
import pytest
from faults.conftest import STRATEGIES, Bed, MakeBed, ended
from faults.proxy import Proxy, proxied
from faults.tables import NOTHING, ROWS, SECOND, expected, write_source
from real.conftest import PostgresDatabase

COPIED = expected("replace")[1]
SLOW = 100_000  # bytes a second: the copy takes about three


@pytest.fixture
def proxy(postgres: PostgresDatabase) -> Iterator[Proxy]:
    with proxied(postgres.host, postgres.port) as made:
        yield made


def slow_read(make_bed: MakeBed, proxy: Proxy, postgres: PostgresDatabase) -> tuple[Bed, subprocess.Popen[str]]:
    """A run that is reading `public.t` slowly, and has begun to."""
    postgres.execute(
        "CREATE TABLE t (id bigint PRIMARY KEY, value bigint, text text);"
        "INSERT INTO t SELECT n, 2, 'text of ' || n"
        f" FROM generate_series({SECOND.start}, {SECOND.stop - 1}) n; ANALYZE t"
    )
    bed = make_bed("sqlite", "replace")
    source = {"type": "postgres", "config": {**postgres.config, "port": proxy.port, "sslmode": "disable"}}
    bed = Bed(bed.folder, source, bed.destination, bed.write, bed.watcher, stream="public.t")
    bed.project()
    process = bed.start("--json")
    assert process.stderr is not None
    for line in process.stderr:
        if '"StreamStarted"' in line:
            break
    proxy.rules.bytes_per_s = SLOW
    return bed, process


@pytest.mark.parametrize(
    "change", ["ALTER TABLE t ADD COLUMN late int", "ALTER TABLE t DROP COLUMN value", "DROP TABLE t", "TRUNCATE t"]
)
def test_a_source_table_cannot_change_in_mid_read(
    make_bed: MakeBed, proxy: Proxy, postgres: PostgresDatabase, change: str
) -> None:
    """PostgreSQL keeps changes waiting while the snapshot reads; so the copy is of one moment."""
    bed, process = slow_read(make_bed, proxy, postgres)
    refused = False
    try:
        postgres.execute(f"SET lock_timeout = '300ms'; {change}")
    except psycopg.errors.LockNotAvailable:
        refused = True
    proxy.rules.bytes_per_s = None
    run = ended(process)
    if refused:
        assert (run.code, run.load["rows"]["written"]) == (0, ROWS), run.err
        assert bed.watcher.now() == COPIED
    else:  # it came before the first lock: the run noticed, or read the table as it became
        assert bed.watcher.now() in {NOTHING, COPIED}
        assert run.code == 0 or run.error["code"].startswith(("data.", "config.", "postgres.")), run.err


@pytest.mark.parametrize("write", STRATEGIES)
def test_a_destination_table_that_is_dropped_during_a_run_is_made_again_or_the_load_fails_by_name(
    make_bed: MakeBed, proxy: Proxy, postgres: PostgresDatabase, write: str
) -> None:
    bed = make_bed("postgres", write, port=proxy.port, sslmode="disable")
    bed.first()
    first, _ = expected(write)
    proxy.rules.bytes_per_s = SLOW * 4
    process = bed.start("--json")
    assert process.stderr is not None
    for line in process.stderr:
        if '"StreamStarted"' in line:
            break
    postgres.execute("DROP TABLE t")
    proxy.rules.bytes_per_s = None
    run = ended(process)
    if run.code != 0:
        assert "[internal" not in run.err, run.err
        assert bed.watcher.now() == NOTHING
    again = bed.run_here()
    assert again.succeeded
    if write in ("replace", "merge", "scd2"):
        assert bed.watcher.now().keys >= len(SECOND)
    assert bed.watcher.now() not in {first, NOTHING} or write == "append by cursor"


@pytest.mark.parametrize("destination", ["postgres", "sqlite", "files"])
def test_a_file_that_changes_its_columns_in_mid_read_fails_by_name_or_is_read_as_it_was(
    make_bed: MakeBed, destination: str
) -> None:
    bed = make_bed(destination, "replace")
    bed.first()
    first, second = expected("replace")
    with bed.watcher.watching():
        for _ in range(3):
            process = bed.start("--json")
            assert process.stderr is not None
            for line in process.stderr:
                if '"StreamStarted"' in line or '"RunStarted"' in line:
                    break
            (bed.folder / "in" / "t" / "0.csv").write_text("value,id,more\n7,1,x\n")
            run = ended(process)
            assert run.code == 0 or run.error["code"].split(".")[0] in {"files", "data", "transient"}, run.err
            if run.code == 0 and bed.watcher.now() not in {first, second}:
                break  # the new file came before the read began: its rows were read as they are now
            assert bed.watcher.now() in {first, second}
            write_source(bed.folder / "in" / "t", SECOND, 2)
    write_source(bed.folder / "in" / "t", SECOND, 2)
    assert bed.run_here().succeeded
    assert bed.watcher.now() == second
