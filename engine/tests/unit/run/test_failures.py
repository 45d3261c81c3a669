"""What fails, fails alone, says where, and leaves nothing behind."""

import os
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from unit.run.bench import Bench, orders
from unit.run.steps import Panic

from headwater.run.events import Event, Retrying
from headwater.sdk.errors import ConfigError, DataError, InternalError, TransientError
from headwater.testing.memory import Fault, MemorySystem

ROWS = orders((1, 10, 1), (2, 20, 2))


def code(bench: Bench, *streams: str, **call: Any) -> str:
    report = bench.load(*streams, **call)
    assert report.error is not None
    assert (report.status, report.rows.written) == ("failed", 0)
    return report.error.public_code


def test_a_passing_error_is_tried_again_with_growing_waits(bench: Bench) -> None:
    bench.shop.add("orders", ROWS)
    bench.retries = "{attempts: 4, backoff: 8ms, max_backoff: 20ms, jitter: 0}"
    bench.shop.faults.add(Fault("plan", "orders", error=TransientError("gone away"), times=3))
    report = bench.load()
    assert (report.status, report.attempts) == ("succeeded", 4)
    waits = [event.wait_s for event in bench.listened if isinstance(event, Retrying)]
    assert waits == [0.008, 0.016, 0.02]


def test_the_last_try_s_error_is_the_report_s(bench: Bench) -> None:
    bench.shop.add("orders", ROWS)
    bench.shop.faults.add(Fault("plan", "orders", error=TransientError("gone away"), times=3))
    report = bench.load()
    assert (report.status, report.attempts, str(report.error)) == ("failed", 3, "gone away")
    assert bench.lake.tables == {}


def test_a_wait_that_the_system_asks_for_is_kept(bench: Bench) -> None:
    bench.shop.add("orders", ROWS)
    error = TransientError("too many requests", retry_after_s=0.05)
    bench.shop.faults.add(Fault("plan", "orders", error=error))
    bench.load()
    assert [event.wait_s for event in bench.listened if isinstance(event, Retrying)] == [0.05]


@pytest.mark.parametrize("error", [ConfigError("no"), DataError("no"), InternalError("no"), ValueError("no")])
@pytest.mark.parametrize("point", ["plan", "read"])
def test_other_errors_of_the_source_are_not_tried_again(bench: Bench, point: Any, error: Exception) -> None:
    bench.shop.add("orders", ROWS)
    fault = bench.shop.faults.add(Fault(point, "orders", error=error))
    code(bench)
    assert fault.hits == 1


@pytest.mark.parametrize("error", [ConfigError("no"), DataError("no"), InternalError("no"), ValueError("no")])
@pytest.mark.parametrize("point", ["open", "write", "commit"])
def test_other_errors_of_the_destination_are_not_tried_again(bench: Bench, point: Any, error: Exception) -> None:
    bench.shop.add("orders", ROWS)
    fault = bench.lake.faults.add(Fault(point, "orders", error=error))
    code(bench)
    assert fault.hits == 1
    assert (bench.lake.live, bench.lake.staged, bench.leftovers()) == ({}, {}, [])


@pytest.mark.parametrize("steps", [(), ("{type: filter, config: {where: 'true'}}",)])
def test_an_error_in_the_middle_of_a_read_keeps_its_own_words(bench: Bench, steps: tuple[str, ...]) -> None:
    bench.source = "{type: memory, config: {system: SHOP, batch_rows: 1}}"
    bench.shop.add("orders", ROWS)
    bench.engine = "threads: 1"
    bench.shop.faults.add(Fault("read", "orders", batch=1, error=DataError("row 2 is torn", code="data.torn")))
    report = bench.load(steps=steps)
    assert report.error is not None
    assert (report.error.public_code, report.error.message) == ("data.torn", "row 2 is torn")


@pytest.mark.parametrize("steps", [(), ("{type: filter, config: {where: 'true'}}",), ("{type: batch}",)])
def test_a_source_that_raises_what_is_no_exception_does_not_pass_for_its_end(
    bench: Bench, steps: tuple[str, ...]
) -> None:
    bench.source = "{type: panicking, config: {system: SHOP, batch_rows: 1}}"
    bench.shop.add("orders", ROWS)
    assert code(bench, steps=steps) == "internal.read_failed"
    assert bench.lake.tables == {}


def test_a_destination_that_raises_what_is_no_exception_is_an_error_of_its_load(bench: Bench) -> None:
    bench.shop.add("orders", ROWS)
    bench.lake.faults.add(Fault("write", "orders", error=Panic("gave up")))  # pyright: ignore[reportArgumentType]
    assert code(bench) == "internal.write_failed"


def test_one_failed_stream_does_not_stop_the_others_and_the_run_says_failed(bench: Bench) -> None:
    for name in ("a", "b", "c"):
        bench.shop.add(name, ROWS)
    bench.shop.faults.add(Fault("read", "b", error=DataError("torn"), times=9))
    report = bench.run("a", "b", "c")
    assert [(load.stream, load.status) for load in report.loads] == [
        ("a", "succeeded"),
        ("b", "failed"),
        ("c", "succeeded"),
    ]
    assert (report.status, sorted(bench.lake.tables)) == ("failed", ["a", "c"])


def test_when_one_of_two_destinations_fails_the_other_gets_everything(bench: Bench) -> None:
    other = MemorySystem.named(f"other of {bench.home}")
    bench.more = f"  other: {{type: memory, config: {{system: {other.name}}}}}"
    bench.source = "{type: memory, config: {system: SHOP, batch_rows: 10}}"
    bench.target = "{type: memory, config: {system: LAKE, writers: 1}}"
    bench.shop.add("orders", orders(*[(n, n, n) for n in range(500)]))
    fault = bench.lake.faults.add(Fault("write", "orders", batch=1, error=DataError("full"), times=9))
    into = ("{connector: lake}", "{connector: other}")
    report = bench.run(into=into)
    assert [(load.destination, load.status, load.rows.written) for load in report.loads] == [
        ("lake", "failed", 0),
        ("other", "succeeded", 500),
    ]
    assert (report.status, other.table("orders").num_rows, bench.lake.tables) == ("failed", 500, {})
    assert fault.hits == 1
    bench.lake.faults.clear()
    bench.lake.faults.add(Fault("open", "orders", error=TransientError("busy")))
    again = bench.run(into=into)
    assert [(load.status, load.attempts, load.rows.written) for load in again.loads] == [
        ("succeeded", 2, 500),
        ("succeeded", 1, 500),
    ]


def test_destinations_that_stand_at_different_places_get_what_each_is_missing(bench: Bench) -> None:
    other = MemorySystem.named(f"other of {bench.home}")
    bench.more = f"  other: {{type: memory, config: {{system: {other.name}}}}}"
    stream = "{name: orders, mode: incremental, cursor: at, write: append}"
    bench.shop.add("orders", ROWS, primary_key=("id",))
    bench.run(stream)
    bench.shop.add("orders", orders((1, 10, 1), (2, 20, 2), (3, 30, 3)), primary_key=("id",))
    report = bench.run(stream, into=("{connector: lake}", "{connector: other}"))
    assert [load.rows.written for load in report.loads] == [1, 3]
    assert bench.rows() == [(1, 10, 1), (2, 20, 2), (3, 30, 3)]
    assert other.table("orders").num_rows == 3


def test_a_schema_that_changes_between_plan_and_read_ends_the_load(bench: Bench) -> None:
    bench.source = "{type: changing, config: {system: SHOP}}"
    bench.shop.add("orders", ROWS)
    assert code(bench) == "data.schema_changed"
    assert bench.lake.live == {}


def test_a_destination_that_stops_before_the_end_is_a_bug_by_name(bench: Bench) -> None:
    bench.source = "{type: memory, config: {system: SHOP, batch_rows: 100000}}"
    bench.target = "{type: impatient, config: {system: LAKE, writers: 1}}"
    bench.engine = "threads: 1"
    bench.shop.add("orders", orders(*[(n, n, n) for n in range(100)]).take([n % 100 for n in range(3_000_000)]))
    assert code(bench) == "destination.broke_contract"


def test_a_table_that_another_load_holds_is_busy(bench: Bench) -> None:
    bench.shop.add("orders", ROWS)
    bench.lake.live["orders"] = "somebody"
    assert code(bench) == "run.busy"


def test_a_listener_that_fails_does_not_fail_the_run(bench: Bench) -> None:
    bench.shop.add("orders", ROWS)

    def broken(event: Event) -> None:
        raise BrokenPipeError

    assert bench.run(listener=broken).status == "succeeded"


def test_an_error_while_clearing_away_does_not_hide_the_first(bench: Bench) -> None:
    bench.target = "{type: stubborn, config: {system: LAKE}}"
    bench.shop.add("orders", ROWS)
    bench.lake.faults.add(Fault("commit", "orders", error=DataError("too long", code="data.too_long")))
    bench.lake.faults.add(Fault("abort", "orders", error=RuntimeError("and this")))
    session = bench.session("orders")
    close: list[Fault] = []

    def on_event(event: Event) -> None:
        if not close:
            close.append(bench.lake.faults.add(Fault("check", "close", error=RuntimeError("and that"), times=9)))

    (load,) = session.run("p", listener=on_event).loads
    assert load.error is not None
    assert load.error.public_code == "data.too_long"
    assert close[0].hits == 1


def test_a_connector_that_fails_before_the_run_begins_is_named(bench: Bench) -> None:
    bench.shop.add("orders", ROWS)
    bench.shop.faults.add(Fault("discover", bench.shop.name, error=KeyError("x")))
    with pytest.raises(InternalError, match=r"headwater\.yaml:9, source 'shop': KeyError"):
        bench.run("'*'")


def test_an_error_says_the_stream_and_the_kind_when_it_was_not_expected(bench: Bench) -> None:
    bench.shop.add("orders", ROWS)
    bench.shop.faults.add(Fault("read", "orders", error=KeyError("x")))
    report = bench.load()
    assert report.error is not None
    assert "stream 'orders' of 'shop'" in report.error.message
    assert "KeyError" in report.error.message


def test_a_secret_in_the_words_of_a_driver_is_struck_out(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_PW", "hunter2-hunter2")
    bench.target = "{type: guarded, config: {system: LAKE, password: '${env:TEST_PW}'}}"
    bench.shop.add("orders", ROWS)
    bench.lake.faults.add(Fault("open", "orders", error=ValueError("cannot log in as u:hunter2-hunter2@h")))
    report = bench.load()
    assert report.error is not None
    assert "hunter2" not in report.error.message
    assert "u:***@h" in report.error.message


def test_every_spilled_file_and_pipe_is_gone_after_the_run(bench: Bench) -> None:
    bench.shop.add("orders", ROWS)
    bench.shop.faults.add(Fault("read", "orders", error=DataError("torn")))
    bench.run()
    bench.run(steps=["{type: filter, config: {where: 'true'}}"])
    assert bench.leftovers() == []


def test_what_a_dead_run_spilled_is_swept(bench: Bench) -> None:
    spilled = bench.home / "tmp" / "p" / "duckdb-dead" / "block"
    spilled.parent.mkdir(parents=True)
    spilled.write_bytes(b"x" * 100)
    bench.shop.add("orders", ROWS)
    bench.run()
    assert bench.leftovers() == []


def test_a_place_for_spilled_data_that_cannot_be_written_is_named(bench: Bench) -> None:
    bench.shop.add("orders", ROWS)
    (bench.home.parent / "taken").write_text("a file where a folder should be")
    bench.engine = f"threads: 1, temp_directory: '{bench.home.parent / 'taken'}'"
    with pytest.raises(ConfigError) as caught:
        bench.run()
    assert (caught.value.public_code, bench.lake.live) == ("config.spill_not_writable", {})


def test_old_files_that_cannot_be_tidied_do_not_lose_the_report(bench: Bench) -> None:
    bench.shop.add("orders", ROWS)
    folder = bench.home / "quarantine" / "p" / "orders"
    (folder / "very old.parquet").mkdir(parents=True)
    os.utime(folder / "very old.parquet", (0, 0))
    assert bench.run().status == "succeeded"


@pytest.mark.parametrize("loads", ["no JSON", "[1]", "{}"])
def test_a_damaged_file_among_the_rejected_rows_of_a_dead_run_stops_no_run(bench: Bench, loads: str) -> None:
    bench.shop.add("orders", ROWS)
    pending = bench.home / "quarantine" / "p" / "orders" / "20260101T000000-aaaaaaaa.parquet.pending"
    pending.parent.mkdir(parents=True)
    pq.write_table(pa.table({"n": [1]}).replace_schema_metadata({"headwater.loads": loads}), pending)
    assert bench.run("orders").succeeded
