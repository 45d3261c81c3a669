"""Connections that are cut, stalled and slow, between Headwater and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from faults.conftest import STRATEGIES, Bed, MakeBed
from faults.proxy import Proxy, proxied
from faults.tables import NOTHING, SECOND, expected
from real.conftest import PostgresDatabase

FAST_RETRIES = {"attempts": 4, "backoff": "10ms", "max_backoff": "50ms"}


@pytest.fixture
def proxy(postgres: PostgresDatabase) -> Iterator[Proxy]:
    with proxied(postgres.host, postgres.port) as made:
        yield made


def written_through(proxy: Proxy, make_bed: MakeBed, write: str) -> Bed:
    """A bed whose destination is behind the proxy; the reader beside is not."""
    bed = make_bed("postgres", write, port=proxy.port, sslmode="disable")
    bed.first()
    return bed


def read_through(proxy: Proxy, make_bed: MakeBed, postgres: PostgresDatabase, **more: Any) -> Bed:
    """A bed whose source is a table behind the proxy, read into DuckDB."""
    postgres.execute(
        "CREATE TABLE t (id bigint PRIMARY KEY, value bigint, text text);"
        "INSERT INTO t SELECT n, 2, 'text of ' || n"
        f" FROM generate_series({SECOND.start}, {SECOND.stop - 1}) n; ANALYZE t"
    )
    bed = make_bed("duckdb", "replace")
    source = {"type": "postgres", "config": {**postgres.config, "port": proxy.port, "sslmode": "disable"}}
    bed = Bed(bed.folder, source, bed.destination, bed.write, bed.watcher, stream="public.t")
    bed.project(**more)
    return bed


COPIED = expected("replace")[1]


@pytest.mark.parametrize("write", STRATEGIES)
def test_a_connection_that_is_cut_in_mid_write_is_tried_again(make_bed: MakeBed, proxy: Proxy, write: str) -> None:
    bed = written_through(proxy, make_bed, write)
    first, second = expected(write)
    bed.project(retries=FAST_RETRIES)
    proxy.rules.cuts, proxy.rules.cut_from_client_after = 2, 20_000
    with bed.watcher.watching():
        bed.ends_right(second, allowed={first, second})
    assert proxy.rules.cut == ["write", "write"]


@pytest.mark.parametrize("write", STRATEGIES)
def test_without_retries_a_cut_fails_the_load_by_name_and_leaves_the_table(
    make_bed: MakeBed, proxy: Proxy, write: str
) -> None:
    bed = written_through(proxy, make_bed, write)
    first, second = expected(write)
    proxy.rules.cuts, proxy.rules.cut_from_client_after = 1, 20_000
    with bed.watcher.watching():
        (load,) = bed.run_here().loads
        assert load.error is not None
        assert load.error.public_code.startswith(("transient.", "postgres."))
        assert "table public.t" in load.error.message
        assert bed.watcher.now() == first
        bed.ends_right(second, allowed={first, second})


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("write", STRATEGIES)
def test_a_connection_that_is_cut_at_the_commit_delivers_once(
    make_bed: MakeBed, proxy: Proxy, write: str, moment: str
) -> None:
    bed = written_through(proxy, make_bed, write)
    first, second = expected(write)
    bed.project(retries=FAST_RETRIES)
    proxy.rules.cuts, proxy.rules.cut_commit = 1, moment
    with bed.watcher.watching():
        bed.ends_right(second, allowed={first, second})
    assert proxy.rules.cut == ["commit"]


@pytest.mark.parametrize("write", STRATEGIES)
def test_a_commit_whose_answer_is_lost_with_the_server_is_not_repeated_by_the_next_run(
    make_bed: MakeBed, proxy: Proxy, write: str
) -> None:
    bed = written_through(proxy, make_bed, write)
    first, second = expected(write)
    proxy.rules.cuts, proxy.rules.cut_commit, proxy.rules.gone_after_a_cut = 1, "after", True
    with bed.watcher.watching():
        (load,) = bed.run_here().loads
        assert (load.status, load.in_doubt) == ("failed", True)
        assert bed.watcher.now() == second
        proxy.rules.gone_after_a_cut = False
        bed.ends_right(second, allowed={first, second})


def test_a_connection_that_is_cut_in_mid_read_is_tried_again(
    make_bed: MakeBed, proxy: Proxy, postgres: PostgresDatabase
) -> None:
    bed = read_through(proxy, make_bed, postgres, retries=FAST_RETRIES)
    proxy.rules.cuts, proxy.rules.cut_from_server_after = 2, 100_000
    bed.ends_right(COPIED, allowed={COPIED})
    assert proxy.rules.cut == ["read", "read"]


def test_without_retries_a_cut_read_fails_by_name_and_publishes_nothing(
    make_bed: MakeBed, proxy: Proxy, postgres: PostgresDatabase
) -> None:
    bed = read_through(proxy, make_bed, postgres)
    proxy.rules.cuts, proxy.rules.cut_from_server_after = 1, 100_000
    (load,) = bed.run_here().loads
    assert load.error is not None
    assert (load.rows.written, "public.t" in load.error.message) == (0, True), load.error
    assert bed.watcher.now() == NOTHING
    bed.ends_right(COPIED, allowed={NOTHING, COPIED})


def test_a_source_that_stalls_is_given_up_by_name(make_bed: MakeBed, proxy: Proxy, postgres: PostgresDatabase) -> None:
    bed = read_through(proxy, make_bed, postgres, engine={"type": "local", "stall_timeout": "1s"})
    proxy.rules.stall_from_server_after = 100_000
    (load,) = bed.run_here().loads
    assert load.error is not None
    assert load.error.public_code == "transient.stalled"
    assert "public.t" in load.error.message
    proxy.rules.stall_from_server_after = None
    bed.ends_right(COPIED, allowed={NOTHING, COPIED})


@pytest.mark.parametrize("write", STRATEGIES)
def test_a_destination_that_stalls_is_given_up_by_name(make_bed: MakeBed, proxy: Proxy, write: str) -> None:
    bed = written_through(proxy, make_bed, write)
    first, second = expected(write)
    bed.project(engine={"type": "local", "stall_timeout": "1s"})
    proxy.rules.stall_from_client_after = 20_000
    with bed.watcher.watching():
        (load,) = bed.run_here().loads
        assert load.error is not None
        assert load.error.public_code == "transient.stalled"
        assert "t" in load.error.message
        proxy.rules.stall_from_client_after = None
        proxy.rules.released.set()
        bed.ends_right(second, allowed={first, second})


def test_a_destination_that_is_slow_but_moves_is_waited_for(make_bed: MakeBed, proxy: Proxy) -> None:
    bed = written_through(proxy, make_bed, "merge")
    first, second = expected("merge")
    bed.project(engine={"type": "local", "stall_timeout": "6s"})
    proxy.rules.bytes_per_s = 40_000
    with bed.watcher.watching():
        bed.ends_right(second, allowed={first, second})
