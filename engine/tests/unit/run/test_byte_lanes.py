"""Sources that send CSV bytes through named pipes: complete, or not at all."""

import os
import threading
import time
from pathlib import Path

import pytest
from unit.run.bench import Bench, orders
from unit.run.sources import ByteLanes, BytesConfig

from headwater.run.local.feed import Feed
from headwater.run.local.relation import Relation
from headwater.run.stop import StopFlag
from headwater.run.watched import THREAD_PREFIX
from headwater.sdk.errors import DataError
from headwater.sdk.source import Source
from headwater.sdk.stream import Partition
from headwater.testing.memory import Fault

ROWS = orders(*[(n, n % 7, None if n % 5 == 0 else n) for n in range(5_000)])
FILTER = "{type: filter, config: {where: '\"id\" % 2 = 0'}}"


@pytest.fixture
def lanes(bench: Bench) -> Bench:
    bench.source = "{type: bytes, config: {system: SHOP, batch_rows: 100}}"
    bench.retries = "{attempts: 1}"
    bench.shop.add("orders", ROWS)
    return bench


def our_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(THREAD_PREFIX)]


@pytest.mark.parametrize("threads", [1, 4])
def test_every_row_arrives_through_every_lane(lanes: Bench, threads: int) -> None:
    lanes.engine = f"threads: {threads}"
    report = lanes.load(steps=[FILTER])
    assert (report.error, report.rows.read, report.rows.filtered, report.rows.written) == (None, 5_000, 2_500, 2_500)
    assert sorted(lanes.rows(), key=lambda row: row[0])[:3] == [(0, 0, None), (2, 2, 2), (4, 4, 4)]
    assert (lanes.leftovers(), our_threads()) == ([], [])


@pytest.mark.parametrize(
    ("fails", "words"),
    [("at_once", "refused"), ("midway", "cut"), ("short", "the source sent 5,002 rows, 5,000 arrived")],
)
def test_bytes_that_end_too_soon_are_not_taken_for_the_whole(lanes: Bench, fails: str, words: str) -> None:
    lanes.source = f"{{type: bytes, config: {{system: SHOP, batch_rows: 100, fails: {fails}}}}}"
    report = lanes.load(steps=[FILTER])
    assert report.error is not None
    assert words in report.error.message
    assert (lanes.lake.tables, lanes.leftovers(), our_threads()) == ({}, [], [])


def test_a_query_that_fails_while_lanes_send_leaves_no_thread_and_no_pipe(lanes: Bench) -> None:
    lanes.shop.add("orders", orders(*[(n, n, n) for n in range(200_000)]))
    lanes.source = "{type: bytes, config: {system: SHOP, batch_rows: 10000}}"
    started = time.monotonic()
    report = lanes.load(
        steps=["{type: filter, config: {where: 'CASE WHEN \"id\" > 10 THEN error(''no'') ELSE true END'}}"]
    )
    assert report.status == "failed"
    assert (lanes.lake.tables, lanes.leftovers(), our_threads()) == ({}, [], [])
    assert time.monotonic() - started < 5


def test_a_destination_that_fails_while_lanes_send_leaves_no_thread_and_no_pipe(lanes: Bench) -> None:
    lanes.shop.add("orders", orders(*[(n, n, n) for n in range(300_000)]))
    lanes.source = "{type: bytes, config: {system: SHOP, batch_rows: 10000}}"
    lanes.lake.faults.add(Fault("write", "orders", error=DataError("full"), times=9))
    started = time.monotonic()
    report = lanes.load(steps=[FILTER])
    assert str(report.error) == "full"
    assert (lanes.leftovers(), our_threads()) == ([], [])
    assert time.monotonic() - started < 5


def test_a_lane_that_stalls_does_not_hold_a_stopped_run(lanes: Bench) -> None:
    released, stop = threading.Event(), StopFlag(grace_s=0.5)
    fault = lanes.shop.faults.add(Fault("read", "bytes of orders", batch=2, until=released, times=9))

    def stop_it() -> None:
        fault.reached.wait(10)
        stop.set()

    threading.Thread(target=stop_it, daemon=True).start()
    started = time.monotonic()
    report = lanes.run(steps=[FILTER], stop=stop)
    assert (report.status, time.monotonic() - started < 4) == ("cancelled", True)
    released.set()


def feed_of(bench: Bench, failures: list[BaseException]) -> Feed:
    source: Source = ByteLanes(BytesConfig(system=bench.shop.name, batch_rows=100))
    detail = {"columns": ["id"], "predicates": [], "cursor": None, "start": 0, "stop": 5_000}
    return Feed(source, [Partition("0", "orders", detail)], failures.append)  # pyright: ignore[reportArgumentType]


def test_a_lane_whose_pipe_nobody_opens_ends_when_told_to(bench: Bench, tmp_path: Path) -> None:
    bench.shop.add("orders", ROWS)
    failures: list[BaseException] = []
    feed = feed_of(bench, failures)
    thread = feed.start_bytes(tmp_path / "lane")
    feed.stop()
    thread.join(5)
    assert (thread.is_alive(), failures) == (False, [])


def test_a_lane_whose_pipe_is_gone_says_so(bench: Bench, tmp_path: Path) -> None:
    bench.shop.add("orders", ROWS)
    failures: list[BaseException] = []
    feed = feed_of(bench, failures)
    path = tmp_path / "lane"
    thread = feed.start_bytes(path)
    path.unlink()
    thread.join(5)
    assert (thread.is_alive(), [type(failure) for failure in failures]) == (False, [FileNotFoundError])


def test_a_reader_that_goes_away_ends_the_lane_without_an_error(bench: Bench, tmp_path: Path) -> None:
    bench.shop.add("orders", orders(*[(n, n, n) for n in range(100_000)]))
    failures: list[BaseException] = []
    feed = feed_of(bench, failures)
    thread = feed.start_bytes(tmp_path / "lane")
    with (tmp_path / "lane").open("rb") as pipe:
        pipe.read(10)
    thread.join(5)
    assert (thread.is_alive(), failures) == (False, [])


def test_a_lane_that_is_blocked_in_a_full_pipe_is_freed(bench: Bench, tmp_path: Path) -> None:
    bench.shop.add("orders", orders(*[(n, n, n) for n in range(100_000)]))
    feed = feed_of(bench, [])
    path = tmp_path / "lane"
    thread = feed.start_bytes(path)
    reader = os.open(path, os.O_RDONLY)
    started = time.monotonic()
    Relation("", "byte stream", feed, threads=[thread], pipes=[path]).close()
    assert (thread.is_alive(), path.exists(), time.monotonic() - started < 2) == (False, False, True)
    os.close(reader)
