"""A commit whose answer is lost, and a process that dies around it: every row is there once afterwards."""

import contextlib
from typing import Any

import pytest
from unit.run.bench import Bench, orders
from unit.run.steps import Panic

from headwater.run.journal import Journal
from headwater.sdk.errors import ConfigError, DataError, TransientError
from headwater.testing.memory import Fault

THREE = ((1, 10, 1), (2, 20, 2), (3, 20, 3))
STREAMS = {
    "append, full": "{name: orders, write: append}",
    "append, incremental": "{name: orders, mode: incremental, cursor: at, write: append}",
    "merge, full": "{name: orders, write: merge}",
    "merge, incremental": "{name: orders, mode: incremental, cursor: at, write: merge}",
    "replace": "{name: orders, write: replace}",
    "scd2": "{name: orders, write: scd2}",
}
LOST: list[tuple[str, Any]] = [
    ("transient", TransientError("the connection was cut")),
    ("a bug", RuntimeError("what is this")),
    ("no exception", Panic("the driver gave up")),
]


def rows(bench: Bench) -> list[tuple[Any, ...]]:
    return bench.rows("orders", "id", "at", "n")


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS.keys())
def test_an_answer_that_is_lost_after_the_commit_is_found_out_by_the_retry(bench: Bench, stream: str) -> None:
    bench.shop.add("orders", orders(*THREE), primary_key=("id",))
    bench.lake.faults.add(Fault("committed", "orders", error=TransientError("the connection was cut")))
    report = bench.load(stream)
    assert (report.status, report.attempts, report.balanced) == ("succeeded", 2, True)
    assert (report.rows.read, report.rows.written) == (3, 3)
    assert rows(bench) == list(THREE)


@pytest.mark.parametrize(("kind", "lost"), LOST, ids=[kind for kind, _ in LOST])
@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS.keys())
def test_a_run_that_never_learnt_of_its_commit_is_gone_on_with_by_the_next(
    bench: Bench, stream: str, kind: str, lost: Any
) -> None:
    bench.retries = "{attempts: 1}"
    bench.shop.add("orders", orders(*THREE), primary_key=("id",))
    bench.lake.faults.add(Fault("committed", "orders", error=lost))
    first = bench.run(stream)
    assert (first.status, first.loads[0].in_doubt) == ("failed", True)
    second = bench.run(stream)
    assert (second.status, second.run_id) == ("succeeded", first.run_id)
    assert rows(bench) == list(THREE)
    assert bench.run(stream).run_id != first.run_id


def test_a_commit_that_was_refused_leaves_no_doubt(bench: Bench) -> None:
    bench.shop.add("orders", orders(*THREE))
    bench.lake.faults.add(Fault("commit", "orders", error=DataError("a value does not fit")))
    first = bench.run("{name: orders, write: append}")
    assert (first.status, first.loads[0].in_doubt) == ("failed", False)
    second = bench.run("{name: orders, write: append}")
    assert second.run_id != first.run_id
    assert rows(bench) == list(THREE)


@pytest.mark.parametrize("point", ["open", "write", "commit"])
@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS.keys())
def test_a_passing_error_before_the_commit_repeats_nothing(bench: Bench, stream: str, point: Any) -> None:
    bench.shop.add("orders", orders(*THREE), primary_key=("id",))
    bench.lake.faults.add(Fault(point, "orders", error=TransientError("not now")))
    report = bench.load(stream)
    assert (report.status, report.attempts, report.rows.written) == ("succeeded", 2, 3)
    assert rows(bench) == list(THREE)
    assert (bench.lake.live, bench.lake.staged) == ({}, {})


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS.keys())
def test_a_run_after_one_that_died_before_its_commit_delivers_everything_once(bench: Bench, stream: str) -> None:
    bench.shop.add("orders", orders(*THREE), primary_key=("id",))
    bench.lake.faults.add(Fault("commit", "orders", error=Panic("died")))  # pyright: ignore[reportArgumentType]
    bench.retries = "{attempts: 1}"
    bench.run(stream)
    bench.lake.crash()
    assert bench.run(stream).status == "succeeded"
    assert rows(bench) == list(THREE)


def test_a_full_append_after_a_run_that_ended_well_appends_again(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, 10, 1)))
    bench.run("{name: orders, write: append}")
    bench.run("{name: orders, write: append}")
    assert rows(bench) == [(1, 10, 1), (1, 10, 1)]


def test_a_resumed_full_append_delivers_only_the_streams_that_were_not_committed(bench: Bench) -> None:
    streams = ("{name: done, write: append}", "{name: open, write: append}")
    for name in ("done", "open"):
        bench.shop.add(name, orders((1, 10, 1)))
    bench.retries = "{attempts: 1}"
    bench.lake.faults.add(Fault("commit", "open", error=TransientError("cut")))
    assert [load.status for load in bench.run(*streams).loads] == ["succeeded", "failed"]
    second = bench.run(*streams)
    assert [(load.status, load.rows.written, len(load.warnings)) for load in second.loads] == [
        ("succeeded", 1, 1),
        ("succeeded", 1, 0),
    ]
    assert (bench.rows("done"), bench.rows("open")) == ([(1, 10, 1)], [(1, 10, 1)])


def test_the_id_of_a_dead_run_is_taken_over_again_and_again(bench: Bench) -> None:
    bench.shop.add("orders", orders(*THREE), primary_key=("id",))
    ids: list[str] = []
    for _ in range(3):
        journal = Journal(bench.home, "p")
        with contextlib.suppress(Panic), journal:
            ids.append(journal.entry.run_id)
            raise Panic("died")
    report = bench.run(STREAMS["merge, full"])
    assert {report.run_id, *ids} == {ids[0]}
    assert rows(bench) == list(THREE)


def test_new_rows_that_come_between_a_lost_answer_and_the_retry_wait_for_the_next_run(bench: Bench) -> None:
    stream = STREAMS["append, incremental"]
    bench.shop.add("orders", orders((1, 10, 1)), primary_key=("id",))
    bench.lake.faults.add(Fault("committed", "orders", error=TransientError("cut")))

    def arrive(event: Any) -> None:
        if type(event).__name__ == "Retrying":
            bench.shop.add("orders", orders((1, 10, 1), (2, 20, 2)), primary_key=("id",))

    report = bench.run(stream, listener=arrive)
    assert (report.status, report.loads[0].rows.written, report.loads[0].balanced) == ("succeeded", 1, True)
    assert bench.load(stream).rows.written == 1
    assert rows(bench) == [(1, 10, 1), (2, 20, 2)]


def test_a_replay_waits_until_a_dead_run_is_settled(bench: Bench) -> None:
    bench.retries = "{attempts: 1}"
    bench.shop.add("orders", orders(*THREE))
    steps = ["{type: rules, config: {rules: {third: '\"id\" = 3'}}}"]
    stream = "{name: orders, write: append}"
    bench.run(stream, steps=steps)
    bench.lake.faults.add(Fault("committed", "orders", error=TransientError("cut")))
    bench.run(stream, steps=steps)
    session = bench.session(stream, steps=steps)
    with pytest.raises(ConfigError) as caught:
        session.replay("p")
    assert caught.value.public_code == "run.unsettled"
    assert bench.run(stream, steps=steps).status == "succeeded"
    assert len(bench.rows()) == 4
    assert len(bench.quarantined()) == 2
    session.replay("p")
