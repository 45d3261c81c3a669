"""Many partitions, many streams, wide tables: a few threads, and no time to speak of."""

import threading
import time
from pathlib import Path

import pyarrow as pa
import pytest
from unit.run.bench import Bench, orders

from headwater.run.events import Event
from headwater.run.watched import THREAD_PREFIX


@pytest.mark.parametrize("steps", [(), ("{type: filter, config: {where: 'true'}}",)], ids=["plain", "query"])
def test_ten_thousand_partitions_cost_no_more_threads_than_four(bench: Bench, steps: tuple[str, ...]) -> None:
    bench.source = "{type: many, config: {system: SHOP, parts: 10000}}"
    bench.engine = "threads: 4"
    bench.shop.add("orders", orders(*[(n, n, n) for n in range(20_000)]))
    most = 0

    def count(event: Event) -> None:
        nonlocal most
        most = max(most, len(threading.enumerate()))

    before, started = len(threading.enumerate()), time.monotonic()
    report = bench.load(steps=steps, listener=count)
    assert (report.rows.written, report.error) == (20_000, None)
    assert most - before < 20
    assert time.monotonic() - started < 10


def test_a_thousand_streams_take_seconds_and_leave_no_thread(bench: Bench) -> None:
    for number in range(1_000):
        bench.shop.add(f"s{number:04}", orders((number, 1, 1)))
    bench.engine = "threads: 2, parallelism: 4"
    started = time.monotonic()
    report = bench.run("'s*'")
    assert (report.status, len(report.loads)) == ("succeeded", 1_000)
    assert {load.rows.written for load in report.loads} == {1}
    assert len(bench.lake.tables) == 1_000
    assert time.monotonic() - started < 30
    assert [t.name for t in threading.enumerate() if t.name.startswith((THREAD_PREFIX, "stream"))] == []


def test_a_thousand_streams_by_name_are_planned_in_seconds(bench: Bench) -> None:
    names = [f"s{number:04}" for number in range(1_000)]
    for name in names:
        bench.shop.add(name, orders((1, 1, 1)))
    started = time.monotonic()
    assert len(bench.session(*names).check("p")) == 1_000
    assert time.monotonic() - started < 20


def test_a_table_of_two_thousand_columns_passes_every_way(bench: Bench) -> None:
    wide = pa.table({f"c{number}": pa.array([number, None], pa.int64()) for number in range(2_000)})
    bench.shop.add("wide", wide)
    rules = "{type: rules, config: {rules: {never: '\"c7\" < 0'}}}"
    for stream, steps in (("wide", ()), ("{name: wide, verify: checksum}", (rules, rules))):
        report = bench.load(stream, steps=steps)
        assert (report.error, report.rows.written) == (None, 2)


def test_open_files_and_threads_do_not_grow_from_run_to_run(bench: Bench) -> None:
    bench.shop.add("orders", orders(*[(n, n, n) for n in range(100)]), primary_key=("id",))
    steps = ["{type: rules, config: {rules: {odd: '\"n\" % 2 = 1'}}}"]
    bench.run(steps=steps)
    files, threads = len(list(Path("/proc/self/fd").iterdir())), len(threading.enumerate())
    for _ in range(10):
        bench.run(steps=steps)
    assert len(list(Path("/proc/self/fd").iterdir())) <= files
    assert len(threading.enumerate()) <= threads
