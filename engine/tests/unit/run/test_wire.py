"""A plain copy between two ends that speak one wire format: bytes pass, rows are counted on both sides."""

import threading

import pytest
from unit.run.bench import Bench, orders

from headwater.run.events import StreamStarted
from headwater.sdk.errors import DataError, TransientError
from headwater.testing.memory import Fault

ROWS = orders(*[(n, n, n) for n in range(500)])


@pytest.fixture
def wired(bench: Bench) -> Bench:
    bench.source = "{type: wire, config: {system: SHOP, batch_rows: 50}}"
    bench.target = "{type: wire, config: {system: LAKE}}"
    bench.retries = "{attempts: 1}"
    bench.shop.add("orders", ROWS, primary_key=("id",))
    return bench


def path(bench: Bench) -> str:
    return next(event.path for event in bench.listened if isinstance(event, StreamStarted))


def test_a_plain_copy_takes_the_wire(wired: Bench) -> None:
    report = wired.load()
    assert (path(wired), report.rows.read, report.rows.written, report.balanced) == ("wire copy", 500, 500, True)
    assert wired.rows("orders", "id") == [(n,) for n in sorted(range(500), key=lambda n: repr((n,)))]


@pytest.mark.parametrize(
    ("stream", "steps"),
    [
        ("orders", ("{type: filter, config: {where: 'true'}}",)),
        ("{name: orders, verify: checksum}", ()),
        ("{name: orders, mode: incremental, cursor: at, write: append}", ()),
        ("{name: orders, write: merge, key: n}", ()),
    ],
)
def test_whatever_must_see_the_rows_does_not_take_the_wire(wired: Bench, stream: str, steps: tuple[str, ...]) -> None:
    wired.load(stream, steps=steps)
    assert path(wired) == "stream"


@pytest.mark.parametrize("hears", ["half", "less"])
def test_rows_that_the_target_did_not_take_are_missed(wired: Bench, hears: str) -> None:
    wired.target = f"{{type: wire, config: {{system: LAKE, hears: {hears}}}}}"
    report = wired.load()
    assert report.error is not None
    assert report.error.public_code == "data.rows_missing"
    assert (wired.lake.tables, wired.lake.live) == ({}, {})


def test_an_error_of_either_end_keeps_its_words(wired: Bench) -> None:
    wired.shop.faults.add(Fault("read", "orders", batch=2, error=TransientError("cut")))
    assert str(wired.load().error) == "cut"
    wired.shop.faults.clear()
    wired.lake.faults.add(Fault("write", "orders", error=DataError("full")))
    assert str(wired.load().error) == "full"
    assert wired.lake.tables == {}


@pytest.mark.parametrize("side", ["source", "destination"])
def test_an_end_that_stalls_is_given_up_by_name(wired: Bench, side: str) -> None:
    released = threading.Event()
    wired.engine = "threads: 1, stall_timeout: 300ms"
    if side == "source":
        wired.shop.faults.add(Fault("read", "orders", batch=3, until=released))
    else:
        wired.lake.faults.add(Fault("write", "orders", until=released))
    report = wired.load()
    released.set()
    assert report.error is not None
    assert report.error.public_code == "transient.stalled"
    named = {"source": "source 'shop', stream 'orders'", "destination": "destination 'lake', table 'orders'"}
    assert named[side] in report.error.message
    assert wired.lake.tables == {}
