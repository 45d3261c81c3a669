"""What a check shows before a run, and what the state shows after it."""

import pytest
from unit.run.bench import Bench, orders

from headwater.run.journal import pipeline_lock
from headwater.sdk.errors import Busy, UnknownName
from headwater.testing.memory import Fault

APPEND = "{name: orders, mode: incremental, cursor: at, write: append}"


def test_a_check_shows_what_a_run_would_do_and_writes_nothing(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, 10, 1), (2, 20, 2)), primary_key=("id",))
    steps = [
        "{type: filter, config: {where: '\"n\" >= 1'}}",
        "{type: columns, config: {columns: {id: '\"id\"', at: '\"at\"'}}}",
    ]
    (load,) = bench.session(APPEND, steps=steps).check("p")
    shown = load.as_dict()
    assert {name: shown[name] for name in ("stream", "source", "mode", "cursor", "destination", "table", "write")} == {
        "stream": "orders",
        "source": "shop",
        "mode": "incremental",
        "cursor": "at",
        "destination": "lake",
        "table": "orders",
        "write": "append",
    }
    assert shown["pushed"] == ["n >= 1"]
    assert shown["partitions"] == 2
    assert shown["delivery"] == {
        "level": "exactly once",
        "because": "the checkpoint commits with the rows, and rows at its cursor value are told apart",
    }
    schemas = shown["schema"]
    assert isinstance(schemas, dict)
    assert schemas["steps"] == [
        {
            "number": 1,
            "name": "filter",
            "columns": [{"name": name, "type": "int64", "nullable": True} for name in ("id", "at")],
        },
        {
            "number": 2,
            "name": "columns",
            "columns": [{"name": name, "type": "int64", "nullable": True} for name in ("id", "at")],
        },
    ]
    (sql,) = load.sql
    assert 'FROM "orders"' in sql
    assert (bench.lake.tables, bench.lake.live) == ({}, {})


def test_a_check_after_a_run_reads_from_its_checkpoint(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, 10, 1), (2, 20, 2)), primary_key=("id",))
    bench.run(APPEND)
    (load,) = bench.session(APPEND).check("p")
    cursor = load.partitions.items[0].detail["cursor"]
    assert isinstance(cursor, dict)
    assert (cursor["lower"], cursor["nulls"]) == (20, False)


def test_a_check_raises_what_the_systems_say(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, 1, 1)))
    bench.lake.faults.add(Fault("check", bench.lake.name, error=UnknownName("database", "dw", ["dev"], place="lake")))
    with pytest.raises(UnknownName, match="no database named 'dw'"):
        bench.session().check("p")


def test_the_state_shows_each_stream_and_a_reset_forgets_one_or_all(bench: Bench) -> None:
    for name in ("orders", "lines"):
        bench.shop.add(name, orders((1, 10, 1)), primary_key=("id",))
    session = bench.session(APPEND, APPEND.replace("orders", "lines"))
    assert [state.value for state in session.state("p")] == [None, None]
    session.run("p")
    shown = [state.as_dict() for state in session.state("p")]
    assert [(item["stream"], item["table"]) for item in shown] == [("orders", "orders"), ("lines", "lines")]
    checkpoint = shown[0]["checkpoint"]
    assert isinstance(checkpoint, dict)
    assert checkpoint["cursor"] == {"column": "at", "type": "int64", "value": 10}
    assert [state.stream for state in session.reset("p", stream="lines")] == ["lines"]
    assert [state.value is None for state in session.state("p")] == [False, True]
    assert [state.stream for state in session.reset("p")] == ["orders"]
    assert session.reset("p") == ()
    with pytest.raises(UnknownName):
        session.reset("p", stream="lnes")


def test_the_state_is_not_reset_under_a_run(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, 10, 1)))
    session = bench.session(APPEND)
    session.run("p")
    with pipeline_lock(bench.home, "p"), pytest.raises(Busy):
        session.reset("p")


def test_a_second_run_at_once_is_refused(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, 10, 1)))
    with pipeline_lock(bench.home, "p"), pytest.raises(Busy, match="pipeline 'p' is already running"):
        bench.run()
    assert bench.run().status == "succeeded"


def test_a_run_of_some_streams_leaves_the_others_alone(bench: Bench) -> None:
    for name in ("orders", "order_lines", "people"):
        bench.shop.add(name, orders((1, 10, 1)))
    report = bench.run("'*'", streams=("order*",))
    assert sorted(load.stream for load in report.loads) == ["order_lines", "orders"]
    assert sorted(bench.lake.tables) == ["order_lines", "orders"]
    with pytest.raises(UnknownName):
        bench.run("'*'", streams=("nothing*",))


def test_the_events_of_a_run_tell_its_story(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, 10, 1)))
    report = bench.run()
    names = [type(event).__name__ for event in bench.listened]
    assert [name for name in names if name != "Progress"] == [
        "RunStarted",
        "StreamStarted",
        "LoadFinished",
        "RunFinished",
    ]
    assert bench.listened[-1].run_id == report.run_id
    progress = next(event for event in reversed(bench.listened) if type(event).__name__ == "Progress")
    assert (progress.read, progress.passed, progress.row_estimate) == (1, 1, 1)
    started = next(event for event in bench.listened if type(event).__name__ == "StreamStarted")
    assert (started.attempt, started.path) == (1, "stream")
