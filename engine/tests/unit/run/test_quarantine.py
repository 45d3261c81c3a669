"""Rejected rows: in quarantine once, with every rule they broke, and only when their load was published."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from unit.run.bench import Bench, orders
from unit.run.steps import Panic

from headwater.run.quarantine import SCHEMA
from headwater.sdk.errors import DataError, TransientError
from headwater.testing.memory import Fault, MemorySystem

ROWS = orders((1, 10, 1), (2, 20, -2), (3, 30, None), (4, 40, -400))
BROKEN = "negative: '\"n\" < 0', far_off: '\"n\" < -100', given: '\"n\" IS NULL'"
RULES = f"{{type: rules, name: sane, config: {{rules: {{{BROKEN}}}}}}}"


def test_a_rejected_row_is_kept_once_with_all_the_rules_it_broke(bench: Bench) -> None:
    bench.shop.add("orders", ROWS)
    report = bench.load(steps=[RULES])
    assert (report.rows.read, report.rows.rejected, report.rows.written, report.balanced) == (4, 3, 1, True)
    kept = sorted(bench.quarantined(), key=lambda row: row["row"])
    assert [json.loads(row["row"]) for row in kept] == [
        {"id": 2, "at": 20, "n": -2},
        {"id": 3, "at": 30, "n": None},
        {"id": 4, "at": 40, "n": -400},
    ]
    assert [[rule["id"] for rule in row["rules"]] for row in kept] == [["negative"], ["given"], ["negative", "far_off"]]
    assert {(row["step"], row["step_name"], row["stream"], row["pipeline"]) for row in kept} == {
        (1, "sane", "orders", "p")
    }
    assert report.quarantine is not None
    assert pq.read_schema(report.quarantine).equals(SCHEMA)


def test_a_row_is_rejected_by_the_first_step_that_rejects_it(bench: Bench) -> None:
    bench.shop.add("orders", ROWS)
    second = "{type: rules, name: later, config: {rules: {any: '\"id\" >= 2'}}}"
    report = bench.load(steps=[RULES, "{type: batch, config: {do: double}}", second])
    assert (report.rows.rejected, report.rows.written) == (3, 1)
    assert {row["step_name"] for row in bench.quarantined()} == {"sane"}


def test_a_row_is_kept_as_it_stood_at_the_step_that_rejected_it(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, 10, 7)))
    renamed = "{type: columns, config: {columns: {key: '\"id\"', twice: '\"n\" * 2'}}}"
    bench.load("{name: orders, write: append}", steps=[renamed, "{type: rules, config: {rules: {all: 'true'}}}"])
    (row,) = bench.quarantined()
    assert json.loads(row["row"]) == {"key": 1, "twice": 14}


def test_nothing_is_kept_of_a_load_without_rejected_rows(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, 1, 1)))
    assert bench.load(steps=[RULES]).quarantine is None
    assert not (bench.home / "quarantine").exists()


@pytest.mark.parametrize("point", ["write", "commit"])
def test_nothing_is_kept_of_a_load_that_failed(bench: Bench, point: str) -> None:
    bench.shop.add("orders", ROWS)
    bench.lake.faults.add(Fault(point, "orders", error=DataError("no")))  # pyright: ignore[reportArgumentType]
    assert bench.load(steps=[RULES]).status == "failed"
    assert (bench.quarantined(), bench.leftovers()) == ([], [])


def test_a_retry_does_not_keep_a_row_twice(bench: Bench) -> None:
    bench.shop.add("orders", ROWS)
    bench.lake.faults.add(Fault("commit", "orders", error=TransientError("cut"), times=2))
    report = bench.load(steps=[RULES])
    assert (report.status, report.attempts, len(bench.quarantined())) == ("succeeded", 3, 3)
    assert bench.leftovers() == []


def test_an_unwritable_quarantine_fails_the_load_before_anything_is_published(bench: Bench) -> None:
    bench.shop.add("orders", ROWS)
    place = bench.home / "quarantine" / "p"
    place.parent.mkdir(parents=True)
    place.write_text("a file where a folder should be")
    report = bench.load(steps=[RULES])
    assert report.error is not None
    assert report.error.public_code == "quarantine.unwritable"
    assert (bench.lake.tables, bench.lake.live) == ({}, {})


@pytest.mark.parametrize("kind", ["append", "merge"])
def test_rows_rejected_by_a_run_that_died_after_its_commit_are_not_lost(bench: Bench, kind: str) -> None:
    bench.retries = "{attempts: 1}"
    bench.shop.add("orders", ROWS, primary_key=("id",))
    stream = f"{{name: orders, mode: incremental, cursor: at, write: {kind}}}"
    bench.lake.faults.add(Fault("committed", "orders", error=Panic("died")))  # pyright: ignore[reportArgumentType]
    assert bench.load(stream, steps=[RULES]).status == "failed"
    assert bench.quarantined() == []
    assert bench.load(stream, steps=[RULES]).status == "succeeded"
    assert sorted(json.loads(row["row"])["id"] for row in bench.quarantined() if row["step_name"] == "sane")[:3] == [
        2,
        3,
        4,
    ]
    assert bench.leftovers() == []


def test_rows_rejected_by_a_run_that_died_before_its_commit_come_once(bench: Bench) -> None:
    bench.retries = "{attempts: 1}"
    bench.shop.add("orders", ROWS, primary_key=("id",))
    bench.lake.faults.add(Fault("commit", "orders", error=Panic("died")))  # pyright: ignore[reportArgumentType]
    bench.load(steps=[RULES])
    bench.lake.crash()
    bench.load(steps=[RULES])
    assert len(bench.quarantined()) == 3
    assert bench.leftovers() == []


def test_what_a_dead_run_had_not_sealed_is_swept(bench: Bench) -> None:
    torn = bench.home / "quarantine" / "p" / "orders" / "old.parquet.pending"
    torn.parent.mkdir(parents=True)
    torn.write_bytes(b"PAR1 and then the power went")
    bench.shop.add("orders", ROWS)
    bench.run()
    assert not torn.exists()


def test_reads_for_destinations_at_different_places_keep_their_rejected_rows_apart(bench: Bench) -> None:
    other = MemorySystem.named(f"other of {bench.home}")
    bench.more = f"  other: {{type: memory, config: {{system: {other.name}}}}}"
    stream = "{name: orders, mode: incremental, cursor: at, write: append}"
    bench.shop.add("orders", orders((1, 10, -1), (2, 20, 2)), primary_key=("id",))
    bench.run(stream, steps=[RULES])
    bench.shop.add("orders", orders((1, 10, -1), (2, 20, 2), (3, 30, -3)), primary_key=("id",))
    report = bench.run(stream, steps=[RULES], into=("{connector: lake}", "{connector: other}"))
    first, second = (pq.read_table(load.quarantine).num_rows for load in report.loads if load.quarantine)
    assert (first, second) == (1, 2)


@pytest.mark.parametrize("name", ["a/b", "..", "ж" * 100, "with space & 'quotes'", "nul\0l"])
def test_a_stream_of_any_name_has_a_place_of_its_own(bench: Bench, name: str) -> None:
    bench.shop.add(name, ROWS)
    quoted = json.dumps(name)
    report = bench.load(f"{{name: {quoted}, table: t}}", steps=[RULES])
    assert report.error is None
    assert report.quarantine is not None
    assert Path(report.quarantine).parent.parent == bench.home / "quarantine" / "p"


def test_rows_without_their_key_are_rejected_before_a_merge(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, 10, 1), (2, 20, None)))
    report = bench.load("{name: orders, write: merge, key: n}")
    assert (report.rows.rejected, report.rows.written, report.balanced) == (1, 1, True)
    (row,) = bench.quarantined()
    assert (row["step_name"], row["rules"][0]["column"]) == ("key", "n")


def test_a_limit_on_rejected_rows_publishes_nothing_and_keeps_nothing(bench: Bench) -> None:
    bench.shop.add("orders", ROWS)
    report = bench.load(steps=[RULES], also="    quarantine: {limit: 2}")
    assert report.error is not None
    assert (report.error.public_code, bench.lake.tables) == ("data.too_many_rejected", {})
    assert bench.quarantined() == []
