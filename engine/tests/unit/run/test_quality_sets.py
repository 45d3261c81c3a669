"""quality, run: rules about all rows are decided after the last row and before anything is published."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from unit.run.judged import Judge, quality

ORDERS = pa.table(
    {
        "id": [1, 2, 3, 4],
        "amount": pa.array([Decimal("0.10"), Decimal("0.20"), None, Decimal("0.30")], pa.decimal128(9, 2)),
        "price": [1.0, 2.0, 3.0, 6.0],
        "status": ["new", "paid", "paid", None],
        "day": [date(2024, 1, 1), date(2024, 3, 1), None, date(2024, 2, 1)],
        "debit": [5, 5, 0, 0],
        "credit": [0, 0, 4, 6],
    }
)


@pytest.mark.parametrize(
    ("rule", "value", "passed"),
    [
        ({"rule": "row_count", "min": 4}, 4, True),
        ({"rule": "row_count", "min": 5}, 4, False),
        ({"rule": "row_count", "max": 3}, 4, False),
        ({"rule": "row_count", "equals": 4}, 4, True),
        ({"rule": "completeness", "column": "status", "min": "75%"}, 0.75, True),
        ({"rule": "completeness", "column": "status", "min": 0.76}, 0.75, False),
        ({"rule": "distinct_count", "column": "status", "equals": 2}, 2, True),
        ({"rule": "distinct_count", "column": "status", "min": 3}, 2, False),
        ({"rule": "mean", "column": "price", "min": 3, "max": 3}, 3.0, True),
        ({"rule": "mean", "column": "price", "max": 2.9}, 3.0, False),
        ({"rule": "sum", "column": "amount", "equals": "0.60"}, "0.60", True),
        ({"rule": "sum", "column": "amount", "equals": 0.6}, "0.60", True),
        ({"rule": "sum", "column": "amount", "equals": 0.61}, "0.60", False),
        ({"rule": "min", "column": "price", "min": 1.5}, 1.0, False),
        ({"rule": "max", "column": "day", "max": "2024-03-01"}, "2024-03-01", True),
        ({"rule": "max", "column": "day", "max": "2024-02-29"}, "2024-03-01", False),
        ({"rule": "aggregate", "expression": "sum(debit) = sum(credit)"}, 1, True),
        ({"rule": "aggregate", "expression": "sum(debit) > sum(credit)"}, 0, False),
        ({"rule": "aggregate", "expression": "count_if(status = 'paid') / count(*)", "max": 0.4}, 0.5, False),
        ({"rule": "aggregate", "expression": "sum(debit) - sum(amount)", "equals": "9.40"}, "9.40", True),
    ],
)
def test_a_rule_about_all_rows_is_measured_and_held_against_its_bounds(
    tmp_path: Path, rule: dict[str, Any], value: object, *, passed: bool
) -> None:
    found = Judge(tmp_path, [quality({**rule, "name": "it"})]).run(orders=ORDERS)
    check = found.check("it")
    assert (check["kind"], check["value"], check["passed"]) == ("set", value, passed)
    assert found.load.status == ("succeeded" if passed else "failed")
    assert ("orders" in found.target.tables) == passed


def test_a_broken_rule_says_what_was_found_and_what_was_wanted(tmp_path: Path) -> None:
    found = Judge(tmp_path, [quality({"rule": "row_count", "min": 1000})]).run(orders=ORDERS)
    assert found.load.error is not None
    assert found.load.error.public_code == "data.set_rule_failed"
    assert "rule 'row_count': the number of rows is not at least 1000; found 4, wanted at least 1000" in str(
        found.load.error
    )


def test_a_warning_is_reported_and_the_rows_are_delivered(tmp_path: Path) -> None:
    found = Judge(tmp_path, [quality({"rule": "row_count", "max": 1, "severity": "warn"})]).run(orders=ORDERS)
    assert (found.load.status, found.check("row_count")["passed"], found.table.num_rows) == ("succeeded", False, 4)


def test_rules_about_all_rows_see_only_rows_that_the_rules_about_rows_let_pass(tmp_path: Path) -> None:
    rules = ({"rule": "not_null", "column": "status"}, {"rule": "row_count", "equals": 3})
    assert Judge(tmp_path, [quality(*rules)]).run(orders=ORDERS).load.status == "succeeded"


def test_freshness_is_the_age_of_the_latest_row(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    for age, status in ((timedelta(hours=23), "succeeded"), (timedelta(hours=25), "failed")):
        table = pa.table({"id": [1, 2], "at": pa.array([now - age, None], pa.timestamp("us", "UTC"))})
        rule = {"rule": "freshness", "column": "at", "max_age": "1d"}
        assert Judge(tmp_path, [quality(rule)]).run(orders=table).load.status == status


def test_no_rows_are_not_fresh_but_have_no_mean_that_could_be_wrong(tmp_path: Path) -> None:
    nothing = ORDERS.slice(0, 0)
    fresh = {"rule": "freshness", "column": "day", "max_age": "1d"}
    assert Judge(tmp_path / "a", [quality(fresh)]).run(orders=nothing).load.status == "failed"
    others = [
        {"rule": "mean", "column": "price", "min": 1},
        {"rule": "completeness", "column": "status", "min": 1},
        {"rule": "aggregate", "expression": "sum(debit) / count(*)", "min": 1},
    ]
    assert Judge(tmp_path / "b", [quality(*others)]).run(orders=nothing).load.status == "succeeded"


def test_nan_lies_within_no_bounds(tmp_path: Path) -> None:
    table = pa.table({"id": [1, 2], "price": [1.0, float("nan")]})
    found = Judge(tmp_path, [quality({"rule": "mean", "column": "price", "max": 10})]).run(orders=table)
    assert (found.load.status, found.check("mean:price")["value"]) == ("failed", "nan")


def test_volume_is_held_against_the_last_committed_run_and_a_failed_one_does_not_count(tmp_path: Path) -> None:
    rule = {"rule": "volume_change", "max_drop": "50%", "max_growth": 1}
    judge = Judge(tmp_path, [quality(rule)])
    rows = pa.table({"id": range(100)})
    assert judge.run(orders=rows).load.status == "succeeded"
    dropped = judge.run(orders=rows.slice(0, 49))
    assert dropped.load.status == "failed"
    assert dropped.check("volume_change")["compared"] == pytest.approx(-0.51)
    assert "dropped by more than 50 % or grown by more than 100 % since the last run" in str(dropped.load.error)
    assert judge.run(orders=rows.slice(0, 50)).load.status == "succeeded"
    assert judge.run(orders=rows).load.status == "succeeded"
    assert judge.run(orders=pa.table({"id": range(201)})).load.status == "failed"


def test_two_steps_may_have_rules_of_the_same_name_and_each_remembers_its_own(tmp_path: Path) -> None:
    rule = {"rule": "volume_change", "max_drop": "10%"}
    steps = [
        {**quality(rule), "name": "all"},
        {"type": "filter", "config": {"where": "id < 10"}},
        {**quality(rule), "name": "few"},
    ]
    judge = Judge(tmp_path, steps)
    for _ in range(2):
        assert judge.run(orders=pa.table({"id": range(100)})).load.status == "succeeded"


def test_rows_between_two_steps_with_rules_about_all_rows_stay_as_they_are(tmp_path: Path) -> None:
    count = {"rule": "row_count", "equals": 4}
    found = Judge(tmp_path, [{**quality(count), "name": n} for n in ("a", "b")]).run(orders=ORDERS)
    assert found.table.sort_by("id").equals(ORDERS)
