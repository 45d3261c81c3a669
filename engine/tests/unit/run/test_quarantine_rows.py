"""Rejected rows as people handle them: found, counted, dismissed, exported."""

from __future__ import annotations

import csv
import io
import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from unit.run.bench import Bench

from headwater.run.quarantine_files import forget_old, list_rejects
from headwater.run.quarantine_notes import note_dismissed, note_restored, read_notes
from headwater.run.quarantine_rows import Page, Wanted
from headwater.run.session import Session
from headwater.sdk.errors import ConfigError, DataError

RULES = "{type: rules, name: sane, config: {rules: {negative: '\"n\" < 0', far_off: '\"n\" < -25'}}}"
ORDERS = pa.table({"id": [1, 2, 3, 4], "n": [10, -20, -30, -40], "who": ["Ann", "Bob", "=Eve", "Bobby"]})


@pytest.fixture
def session(bench: Bench) -> Session:
    bench.shop.add("orders", ORDERS)
    assert bench.run(steps=[RULES]).succeeded
    return bench.session(steps=[RULES])


def ids(page: Page) -> list[int]:
    """Rows that were read in parallel stand in any order."""
    return sorted(int(str((row.values or {})["id"])) for row in page.rows)


def number_of(session: Session, order: int) -> int:
    return next(row.number for row in session.rejected_rows("p").rows if (row.values or {})["id"] == order)


def test_rows_come_page_by_page_and_the_last_page_says_so(session: Session) -> None:
    first = session.rejected_rows("p", limit=2)
    assert (len(first.rows), first.total, first.next) == (2, 3, 2)
    second = session.rejected_rows("p", limit=2, offset=2)
    assert (len(second.rows), second.total, second.next) == (1, 3, None)
    assert sorted(ids(first) + ids(second)) == [2, 3, 4]
    assert ids(session.rejected_rows("p", limit=2, offset=9)) == []


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(rule="far_off"), [3, 4]),
        (Wanted(rule="negative"), [2, 3, 4]),
        (Wanted(rule="nothing"), []),
        (Wanted(column="n"), []),
        (Wanted(step=1), [2, 3, 4]),
        (Wanted(step=2), []),
        (Wanted(text="bob"), [2, 4]),
        (Wanted(rule="far_off", text="bob"), [4]),
        (Wanted(state="open"), [2, 3, 4]),
        (Wanted(state="dismissed"), []),
    ],
)
def test_rows_are_found_by_what_is_said_of_them(session: Session, wanted: Wanted, found: list[int]) -> None:
    page = session.rejected_rows("p", wanted=wanted)
    assert (ids(page), page.total) == (found, len(found))


def test_a_page_is_json(session: Session) -> None:
    (row, *_) = json.loads(json.dumps(session.rejected_rows("p").as_dict()))["rows"]
    assert (row["stream"], row["number"], row["step_name"], row["state"]) == ("orders", 0, "sane", "open")
    assert row["values"].keys() == {"id", "n", "who"}
    assert row["rules"][0]["id"] == "negative"


def test_rules_are_counted_with_what_is_still_open(session: Session) -> None:
    session.dismiss("p", note="known", rows=[number_of(session, 3)])
    counted = {item.rule: (item.rows, item.open_rows) for item in session.rejected_rules("p")}
    assert counted == {"negative": (3, 2), "far_off": (2, 1)}


def test_a_dismissed_row_is_no_longer_open_and_says_why(session: Session) -> None:
    assert session.dismiss("p", note="a test order", by="ann", rows=[number_of(session, 2), number_of(session, 4)]) == 2
    (rejects,) = session.rejected("p")
    assert (rejects.rows, rejects.open_rows, rejects.as_dict()["dismissed"]) == (3, 1, 2)
    page = session.rejected_rows("p", wanted=Wanted(state="dismissed"))
    assert (ids(page), {row.note for row in page.rows}) == ([2, 4], {"a test order"})
    assert ids(session.rejected_rows("p", wanted=Wanted(state="open"))) == [3]


def test_rows_are_dismissed_by_rule_and_only_once(session: Session) -> None:
    assert session.dismiss("p", note="far", wanted=Wanted(rule="far_off")) == 2
    assert session.dismiss("p", note="again", wanted=Wanted(rule="far_off")) == 0
    assert {row.note for row in session.rejected_rows("p").rows} == {None, "far"}


def test_a_dismissal_can_be_taken_back(session: Session) -> None:
    session.dismiss("p", note="all", wanted=Wanted())
    third = number_of(session, 3)
    assert session.restore("p", rows=[third]) == 1
    assert session.restore("p", rows=[third]) == 0
    assert ids(session.rejected_rows("p", wanted=Wanted(state="open"))) == [3]


def test_a_replay_passes_over_dismissed_rows_but_takes_one_that_is_named(bench: Bench, session: Session) -> None:
    session.dismiss("p", note="wrong for good", rows=[number_of(session, 2), number_of(session, 3)])
    second = number_of(session, 2)
    mild = bench.session(steps=["{type: rules, config: {rules: {far_off: '\"n\" < -100'}}}"])
    mild.replay("p")
    assert sorted(row[0] for row in bench.rows()) == [1, 4]
    mild.replay("p", run_id=session.rejected("p")[0].run_id, edited=[{"_row": second, "id": 2, "n": 20, "who": "Bob"}])
    assert sorted(row[0] for row in bench.rows()) == [1, 2, 4]


def test_a_number_that_no_row_has_is_refused(session: Session) -> None:
    with pytest.raises(ConfigError, match="no rejected row 7 of orders") as caught:
        session.dismiss("p", note="x", rows=[7])
    assert caught.value.public_code == "quarantine.unknown_row"


def test_numbers_need_a_stream_when_several_rejected_rows(bench: Bench) -> None:
    bench.shop.add("orders", ORDERS)
    bench.shop.add("returns", ORDERS)
    assert bench.run("orders", "returns", steps=[RULES]).succeeded
    session = bench.session("orders", "returns", steps=[RULES])
    with pytest.raises(ConfigError, match="row numbers belong to one stream"):
        session.dismiss("p", note="x", rows=[0])
    assert session.dismiss("p", note="x", rows=[0], stream="returns") == 1
    page = session.rejected_rows("p", limit=4, offset=1)
    assert [(row.stream, row.number) for row in page.rows] == [
        ("orders", 1),
        ("orders", 2),
        ("returns", 0),
        ("returns", 1),
    ]
    assert (page.total, page.next) == (6, 5)


def test_exported_lines_can_be_replayed(bench: Bench, session: Session) -> None:
    out = io.StringIO()
    assert session.export_rejected("p", out, wanted=Wanted(text="bobby")) == 1
    line = json.loads(out.getvalue())
    assert (line["_row"], line["_state"], line["who"]) == (number_of(session, 4), "open", "Bobby")
    session.replay("p", edited=[{**line, "n": 40}])
    assert sorted(row[0] for row in bench.rows()) == [1, 4]


def test_a_csv_export_has_every_column_and_no_formula(session: Session) -> None:
    out = io.StringIO()
    assert session.export_rejected("p", out, to="csv") == 3
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert sorted((row["who"], row["n"], row["_rules"].count(";")) for row in rows) == [
        ("'=Eve", "-30", 1),
        ("Bob", "-20", 0),
        ("Bobby", "-40", 1),
    ]


def test_what_two_dismiss_at_once_is_all_kept(tmp_path: Path) -> None:
    rows_file = tmp_path / "run.parquet"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: note_dismissed(rows_file, [number], f"note {number}", None), range(40)))
    assert read_notes(rows_file).dismissed == frozenset(range(40))
    assert note_restored(rows_file, range(10, 40)) == 30
    assert read_notes(rows_file).dismissed == frozenset(range(10))
    assert [path.name for path in tmp_path.iterdir()] == ["run.notes.json"]


def test_a_note_of_a_million_rows_is_small(tmp_path: Path) -> None:
    note_dismissed(tmp_path / "run.parquet", range(1_000_000), "all of them", "ann")
    assert (tmp_path / "run.notes.json").stat().st_size < 300


def test_a_torn_note_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "run.notes.json").write_text("{")
    with pytest.raises(DataError, match=r"run\.notes\.json cannot be read"):
        read_notes(tmp_path / "run.parquet")


def test_the_oldest_runs_go_when_all_together_are_too_large_and_the_newest_stays(bench: Bench) -> None:
    for age in (3, 2, 1):
        bench.shop.add("orders", ORDERS)
        bench.run(steps=[RULES])
        newest = list_rejects(bench.home, "p")[0]
        os.utime(newest.path, (1_900_000_000 - age, 1_900_000_000 - age))
        note_dismissed(newest.path, [0], "x", None)
    size = list_rejects(bench.home, "p")[0].size_bytes
    assert forget_old(bench.home, "p", timedelta(days=36_500), 2 * size) == 1
    assert len(list_rejects(bench.home, "p")) == 2
    assert forget_old(bench.home, "p", timedelta(days=36_500), 1) == 1
    (left,) = list_rejects(bench.home, "p")
    assert {path.name for path in left.path.parent.iterdir()} == {left.path.name, f"{left.run_id}.notes.json"}


def test_a_run_keeps_to_the_size_that_the_pipeline_gives_its_quarantine(bench: Bench) -> None:
    for _ in range(3):
        bench.shop.add("orders", ORDERS)
        assert bench.run(steps=[RULES], also="    quarantine: {max_size: 1KB}").succeeded
    assert len(list_rejects(bench.home, "p")) == 1
