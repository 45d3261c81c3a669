"""A run that is told to stop ends within five seconds, whoever stalls; a stall that nobody ends is given up."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from unit.run.bench import Bench, orders

from headwater.run.report import RunReport
from headwater.run.stop import StopFlag
from headwater.run.watched import THREAD_PREFIX
from headwater.sdk.errors import Cancelled, DataError, TransientError
from headwater.testing.memory import Fault, MemorySystem

ROWS = orders(*[(n, n, n) for n in range(100)])
FILTER = "{type: filter, config: {where: 'true'}}"
# A tenth of what a run gets, so that ten stalls do not take a minute.
GRACE_S = 0.5


@pytest.fixture
def released() -> Iterator[threading.Event]:
    """Set at the end of the test, so that what was left behind can go home; then nothing is left."""
    event = threading.Event()
    yield event
    event.set()
    for thread in ours():
        thread.join(10)
    assert ours() == []


def ours() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith((THREAD_PREFIX, "stream"))]


def stop_when(fault: Fault, stop: StopFlag) -> None:
    def wait() -> None:
        fault.reached.wait(20)
        stop.set("told to")

    threading.Thread(target=wait, daemon=True).start()


def run_and_stop(
    bench: Bench, system: MemorySystem, fault: Fault, *streams: str, **call: Any
) -> tuple[RunReport, float]:
    stop = StopFlag(grace_s=GRACE_S)
    stopped_at: list[float] = []
    system.faults.add(fault)
    session = bench.session(*(streams or ("orders",)), **call)
    with stop.on_stop(lambda: stopped_at.append(time.monotonic())):
        stop_when(fault, stop)
        report = session.run("p", stop=stop)
    return report, time.monotonic() - stopped_at[0]


@pytest.mark.parametrize("steps", [(), (FILTER,), ("{type: batch}",)], ids=["plain", "query", "batch"])
@pytest.mark.parametrize("point", ["plan", "read"])
def test_a_source_that_stalls_does_not_hold_a_stopped_run(
    bench: Bench, released: threading.Event, point: Any, steps: tuple[str, ...]
) -> None:
    bench.shop.add("orders", ROWS)
    report, took_s = run_and_stop(bench, bench.shop, Fault(point, "orders", until=released), steps=steps)
    assert (report.status, report.loads[0].status) == ("cancelled", "cancelled")
    assert took_s < GRACE_S + 1
    assert (bench.lake.tables, bench.lake.live, bench.lake.staged) == ({}, {}, {})


def test_a_source_that_stalls_halfway_does_not_hold_a_stopped_run(bench: Bench, released: threading.Event) -> None:
    bench.source = "{type: memory, config: {system: SHOP, batch_rows: 10}}"
    bench.shop.add("orders", ROWS)
    fault = Fault("read", "orders", batch=3, until=released, times=2)
    report, took_s = run_and_stop(bench, bench.shop, fault, steps=(FILTER,))
    assert (report.status, bench.lake.tables, bench.lake.live) == ("cancelled", {}, {})
    assert took_s < GRACE_S + 1


@pytest.mark.parametrize("point", ["open", "write", "abort"])
def test_a_destination_that_stalls_does_not_hold_a_stopped_run(
    bench: Bench, released: threading.Event, point: Any
) -> None:
    bench.shop.add("orders", ROWS)
    if point == "abort":
        bench.lake.faults.add(Fault("write", "orders", error=DataError("no")))
    report, took_s = run_and_stop(bench, bench.lake, Fault(point, "orders", until=released))
    assert took_s < GRACE_S + 1
    assert report.status == ("failed" if point == "abort" else "cancelled")
    assert bench.lake.tables == {}
    released.set()
    for thread in ours():
        thread.join(10)
    assert (bench.lake.live, bench.lake.staged) == ({}, {})


def test_a_commit_that_stalls_is_in_doubt_and_the_next_run_finds_out(bench: Bench, released: threading.Event) -> None:
    bench.shop.add("orders", ROWS)
    append = "{name: orders, write: append}"
    report, took_s = run_and_stop(bench, bench.lake, Fault("commit", "orders", until=released), append)
    assert took_s < GRACE_S + 1
    assert (report.status, report.loads[0].in_doubt) == ("cancelled", True)
    released.set()
    for thread in ours():
        thread.join(10)
    assert bench.run(append).status == "succeeded"
    assert len(bench.rows()) == 100


def test_a_system_that_stalls_before_the_run_begins_does_not_hold_it(bench: Bench, released: threading.Event) -> None:
    bench.shop.add("orders", ROWS)
    with pytest.raises(Cancelled):
        run_and_stop(bench, bench.shop, Fault("discover", bench.shop.name, until=released), "'*'")


def test_a_stopped_run_stops_all_its_streams(bench: Bench, released: threading.Event) -> None:
    names = [f"s{n}" for n in range(40)]
    for name in names:
        bench.shop.add(name, ROWS)
    bench.engine = "parallelism: 2"
    report, took_s = run_and_stop(bench, bench.shop, Fault("read", "s3", until=released, times=9), *names)
    assert took_s < GRACE_S + 1
    statuses = [load.status for load in report.loads]
    assert (report.status, statuses[3], statuses[-1], len(statuses)) == ("cancelled", "cancelled", "cancelled", 40)
    assert set(bench.lake.tables) == {load.stream for load in report.loads if load.status == "succeeded"}


def test_a_run_that_is_stopped_while_it_waits_for_the_next_try_ends_at_once(bench: Bench) -> None:
    bench.retries = "{attempts: 5, backoff: 60s}"
    bench.shop.add("orders", ROWS)
    stop = StopFlag()
    bench.shop.faults.add(Fault("plan", "orders", error=TransientError("gone"), times=9))

    def on_event(event: object) -> None:
        if type(event).__name__ == "Retrying":
            threading.Thread(target=stop.set, daemon=True).start()

    started = time.monotonic()
    report = bench.run(stop=stop, listener=on_event)
    assert (report.status, time.monotonic() - started < 5) == ("cancelled", True)


def test_a_run_that_was_stopped_before_it_began_touches_nothing(bench: Bench) -> None:
    bench.shop.add("orders", ROWS)
    stop = StopFlag()
    stop.set()
    assert bench.run(stop=stop).status == "cancelled"
    assert (bench.lake.tables, bench.lake.live) == ({}, {})


@pytest.mark.parametrize("steps", [(), (FILTER,)], ids=["plain", "query"])
def test_a_source_that_stalls_is_given_up_by_name(
    bench: Bench, released: threading.Event, steps: tuple[str, ...]
) -> None:
    bench.engine = "threads: 2, stall_timeout: 300ms"
    bench.retries = "{attempts: 1}"
    bench.shop.add("orders", ROWS)
    bench.shop.faults.add(Fault("read", "orders", until=released))
    report = bench.load(steps=steps)
    assert report.error is not None
    assert report.error.public_code == "transient.stalled"
    assert "source 'shop', stream 'orders' did not move" in report.error.message
    assert (bench.lake.tables, bench.lake.live) == ({}, {})


@pytest.mark.parametrize("rows", [100, 4_000_000], ids=["few rows", "more than the queue holds"])
def test_a_destination_that_stalls_is_given_up_by_name_and_the_other_gets_its_rows(
    bench: Bench, released: threading.Event, rows: int
) -> None:
    other = MemorySystem.named(f"other of {bench.home}")
    bench.more = f"  other: {{type: memory, config: {{system: {other.name}, writers: 1}}}}"
    bench.source = "{type: memory, config: {system: SHOP, batch_rows: 100000}}"
    bench.engine = "threads: 1, stall_timeout: 500ms"
    bench.retries = "{attempts: 1}"
    bench.target = "{type: memory, config: {system: LAKE, writers: 1}}"
    bench.shop.add("orders", orders(*[(n, n, n) for n in range(100)]).take([n % 100 for n in range(rows)]))
    bench.lake.faults.add(Fault("write", "orders", until=released))
    stalled, well = bench.run(into=("{connector: lake}", "{connector: other}")).loads
    assert stalled.error is not None
    assert stalled.error.public_code == "transient.stalled"
    assert "destination 'lake', table 'orders' did not move" in stalled.error.message
    assert (well.status, well.rows.written) == ("succeeded", rows)
    assert (bench.lake.tables, bench.lake.live) == ({}, {})


def test_a_chain_that_computes_for_long_is_not_taken_for_a_stalled_source(bench: Bench) -> None:
    bench.engine = "threads: 1, stall_timeout: 50ms"
    bench.retries = "{attempts: 1}"
    bench.source = "{type: memory, config: {system: SHOP, batch_rows: 100000}}"
    bench.shop.add("orders", orders(*[(n % 1000, n, n) for n in range(200_000)]))
    slow = '{type: filter, config: {where: \'md5(repeat("n"::VARCHAR, 40)) <> md5(repeat("at"::VARCHAR, 39))\'}}'
    report = bench.load(steps=["{type: first, config: {key: [n], by: '\"at\"'}}", slow])
    assert (report.error, report.rows.written) == (None, 200_000)
