"""Rejected rows come back: from the step that rejected them, once, with the stream's checkpoint left alone."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from unit.run.bench import Bench
from unit.run.judged import Judge, quality

from headwater.run.quarantine_files import find_rejects, forget_old, list_rejects
from headwater.sdk.errors import ConfigError, DataError, UnknownName

POSITIVE = '{type: rules, config: {rules: {positive: "\\"n\\" < 0"}}}'
ORDERS = pa.table({"id": [1, 2, 3], "n": [10, -20, -30]})


def ran(bench: Bench, **call: str) -> None:
    bench.shop.add("orders", ORDERS)
    assert bench.run(steps=[POSITIVE], **call).succeeded


def test_an_edited_row_is_delivered_and_the_others_stay(bench: Bench) -> None:
    ran(bench)
    session = bench.session(steps=[POSITIVE])
    (report,) = session.replay("p", edited=[{"_row": 0, "id": 2, "n": 20}])
    assert report.rows.written == 1
    assert bench.rows() == [(1, 10), (2, 20)]
    (rejects,) = session.rejected("p")
    assert (rejects.rows, rejects.open_rows) == (2, 1)


def test_a_row_that_was_replayed_is_not_delivered_again(bench: Bench) -> None:
    ran(bench)
    session = bench.session(steps=[POSITIVE])
    edited = [{"_row": 0, "id": 2, "n": 20}]
    session.replay("p", edited=edited)
    assert session.replay("p", edited=edited) == ()
    assert bench.rows() == [(1, 10), (2, 20)]


def test_a_replay_that_died_after_its_commit_delivers_nothing_twice(bench: Bench) -> None:
    ran(bench)
    session = bench.session(steps=[POSITIVE])
    edited = [{"_row": 0, "id": 2, "n": 20}]
    session.replay("p", edited=edited)
    (rejects,) = session.rejected("p")
    rejects.path.with_name(f"{rejects.run_id}.notes.json").unlink()
    session.replay("p", edited=edited)
    assert bench.rows() == [(1, 10), (2, 20)]


def test_rows_that_are_rejected_again_are_in_the_quarantine_of_the_replay(bench: Bench) -> None:
    ran(bench)
    session = bench.session(steps=[POSITIVE])
    (report,) = session.replay("p")
    assert (report.rows.read, report.rows.rejected, report.rows.written) == (2, 2, 0)
    assert bench.rows() == [(1, 10)]
    newest = session.rejected("p")[0]
    assert newest.run_id.startswith("replay-")
    assert newest.rows == 2


def test_a_changed_rule_lets_the_rows_through_without_an_edit(bench: Bench) -> None:
    ran(bench)
    mild = POSITIVE.replace("< 0", "< -25")
    bench.session(steps=[mild]).replay("p")
    assert bench.rows() == [(1, 10), (2, -20)]


def test_a_replay_leaves_the_checkpoint_where_it_is(bench: Bench) -> None:
    bench.shop.add("orders", ORDERS, primary_key=("id",), cursor_candidates=("id",))
    stream = "{name: orders, mode: incremental, cursor: id}"
    assert bench.run(stream, steps=[POSITIVE]).succeeded
    session = bench.session(stream, steps=[POSITIVE])
    (before,) = session.state("p")
    session.replay("p", edited=[{"_row": 0, "id": 2, "n": 20}])
    (after,) = session.state("p")
    assert after.value == before.value
    assert bench.rows() == [(1, 10), (2, 20)]


def test_a_value_that_does_not_fit_its_column_is_rejected_with_the_column(bench: Bench) -> None:
    ran(bench)
    session = bench.session(steps=[POSITIVE])
    (report,) = session.replay("p", edited=[{"_row": 0, "id": "two", "n": 20}])
    assert (report.rows.rejected, report.rows.written) == (1, 0)
    row = session.rejected("p")[0].table().to_pylist()[0]
    assert [rule["id"] for rule in row["rules"]] == ["type:id"]


def test_an_edited_row_must_name_a_row_of_the_quarantine(bench: Bench) -> None:
    ran(bench)
    with pytest.raises(DataError, match="_row is 7") as caught:
        bench.session(steps=[POSITIVE]).replay("p", edited=[{"_row": 7, "id": 1, "n": 1}])
    assert caught.value.public_code == "quarantine.unknown_row"


def test_an_unknown_run_is_refused_with_those_that_exist(bench: Bench) -> None:
    ran(bench)
    session = bench.session(steps=[POSITIVE])
    (rejects,) = session.rejected("p")
    with pytest.raises(UnknownName) as caught:
        session.replay("p", run_id="20200101T000000-00000000")
    assert rejects.run_id in str(caught.value.hint)


def test_the_quarantine_stands_where_the_pipeline_wants_it(bench: Bench) -> None:
    bench.shop.add("orders", ORDERS)
    wanted = bench.home.parent / "elsewhere"
    also = f"    quarantine: {json.dumps(str(wanted))}"
    assert bench.run(steps=[POSITIVE], also=also).succeeded
    (rejects,) = bench.session(steps=[POSITIVE], also=also).rejected("p")
    assert rejects.path.is_relative_to(wanted)
    assert bench.quarantined() == []


def test_rejected_rows_are_forgotten_after_their_time(bench: Bench) -> None:
    ran(bench)
    (rejects,) = list_rejects(bench.home, "p")
    os.utime(rejects.path, (0, 0))
    assert forget_old(bench.home, "p", timedelta(days=30)) == 1
    with pytest.raises(UnknownName):
        find_rejects(bench.home, "p", None, None)


def test_rules_about_all_rows_of_a_stream_do_not_hold_for_the_few_of_a_replay(tmp_path: Path) -> None:
    numbers = {"type": "cast", "config": {"columns": {"n": "int64"}}}
    many = quality({"rule": "row_count", "min": 2}, {"rule": "range", "column": "n", "min": 0})
    judge = Judge(tmp_path, [numbers, many])
    assert judge.run(orders=pa.table({"id": [1, 2, 3], "n": ["10", "20", "-30"]})).check("row_count")["passed"]
    (report,) = judge.session().replay("check", edited=[{"_row": 0, "id": 3, "n": 30}])
    assert (report.error, report.rows.written) == (None, 1)
    assert [check["name"] for check in report.checks] == ["range:n"]


def test_edited_rows_of_several_streams_must_say_theirs(bench: Bench) -> None:
    bench.shop.add("orders", ORDERS)
    bench.shop.add("returns", ORDERS)
    both = ("orders", "returns")
    assert bench.run(*both, steps=[POSITIVE]).succeeded
    session = bench.session(*both, steps=[POSITIVE])
    with pytest.raises(ConfigError, match="does not say its stream"):
        session.replay("p", edited=[{"_row": 0, "id": 2, "n": 20}])
    session.replay("p", edited=[{"_stream": "returns", "_row": 0, "id": 2, "n": 20}])
    assert bench.rows("orders") == [(1, 10)]
    assert bench.rows("returns") == [(1, 10), (2, 20)]
