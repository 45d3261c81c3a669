"""quality, run: what severities, limits and protection do, and data that is as bad as can be."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest
from unit.run.judged import Judge, quality

ORDERS = pa.table({"id": [1, 2, 3, 4], "email": ["ann@example.org", "bo", "cy", None]})
EMAIL = {"rule": "email", "column": "email"}


def test_a_warning_counts_rows_and_shows_values_and_every_row_goes_on(tmp_path: Path) -> None:
    found = Judge(tmp_path, [quality({**EMAIL, "severity": "warn"})]).run(orders=ORDERS)
    assert found.column("id") == [1, 2, 3, 4]
    assert found.rejected == []
    check = found.check("email:email")
    assert (check["passed"], check["rows"], sorted(check["samples"])) == (False, 2, ["bo", "cy"])
    assert check["message"] == "email is no e-mail address"


def test_a_rejecting_rule_shows_values_too(tmp_path: Path) -> None:
    check = Judge(tmp_path, [quality(EMAIL)]).run(orders=ORDERS).check("email:email")
    assert (check["severity"], check["rows"], sorted(check["samples"])) == ("reject", 2, ["bo", "cy"])


def test_a_rule_that_nobody_breaks_is_reported_as_passed(tmp_path: Path) -> None:
    check = Judge(tmp_path, [quality({"rule": "not_null", "column": "id"})]).run(orders=ORDERS).check("not_null:id")
    assert (check["passed"], check["rows"], check["samples"]) == (True, 0, [])


def test_a_failing_rule_ends_the_load_names_the_row_and_publishes_nothing(tmp_path: Path) -> None:
    found = Judge(tmp_path, [quality({**EMAIL, "severity": "fail"})]).run(orders=ORDERS)
    assert found.load.status == "failed"
    assert found.load.error is not None
    assert found.load.error.public_code == "data.rule_failed"
    assert "rule 'email:email': email is no e-mail address" in found.load.error.message
    assert '"id":2' in found.load.error.message
    assert "orders" not in found.target.tables


@pytest.mark.parametrize(
    ("limit", "status"), [(2, "succeeded"), (1, "failed"), ("50%", "succeeded"), ("49.9%", "failed")]
)
def test_more_rows_than_a_rule_allows_and_nothing_is_published(tmp_path: Path, limit: object, status: str) -> None:
    found = Judge(tmp_path, [quality({**EMAIL, "max_rejected": limit})]).run(orders=ORDERS)
    assert found.load.status == status
    assert ("orders" in found.target.tables) == (status == "succeeded")
    if found.load.error is not None:
        assert found.load.error.public_code == "data.too_many_rejected"
        assert "2 of 4 rows are bad, more than `max_rejected` of step 'quality', rule 'email:email'" in str(
            found.load.error
        )


def test_a_limit_holds_for_warnings_too_and_for_the_step_as_a_whole(tmp_path: Path) -> None:
    warned = quality({**EMAIL, "severity": "warn", "max_rejected": 1})
    assert Judge(tmp_path / "a", [warned]).run(orders=ORDERS).load.status == "failed"
    whole = quality(EMAIL, {"rule": "not_null", "column": "email"}, max_rejected=2)
    found = Judge(tmp_path / "b", [whole]).run(orders=ORDERS)
    assert found.load.error is not None
    assert "3 of 4 rows are bad, more than the limit of step 'quality'" in found.load.error.message


def test_values_that_a_later_step_protects_show_nowhere_in_clear(tmp_path: Path) -> None:
    secret = pa.table({"id": [1, 2, 3], "email": ["secret-one", "secret-two", "ok@example.org"], "note": ["n"] * 3})
    warn = {"rule": "length", "column": "email", "max": 3, "severity": "warn"}
    steps = [quality(EMAIL, warn), {"type": "hide", "config": {"columns": ["email"]}}]
    found = Judge(tmp_path, steps).run(orders=secret)
    assert found.column("email") == ["o***"]
    assert sorted(row["row"]["email"] for row in found.rejected) == ["s***", "s***"]
    assert found.check("email:email")["samples"] == ["s***"]
    assert found.check("length:email")["samples"] == ["o***"]
    everything = json.dumps(found.load.as_dict()) + json.dumps(found.rejected, default=str)
    assert "secret" not in everything
    assert "ok@" not in everything


def test_a_fatal_row_is_named_without_its_protected_values(tmp_path: Path) -> None:
    steps = [quality({**EMAIL, "severity": "fail"}), {"type": "hide", "config": {"columns": ["email"]}}]
    found = Judge(tmp_path, steps).run(orders=pa.table({"id": [1], "email": ["secret-one"]}))
    assert found.load.error is not None
    assert '"email":"s***"' in found.load.error.message
    assert "secret" not in json.dumps(found.load.as_dict())


def test_a_megabyte_in_one_cell_is_judged_and_kept_whole_in_quarantine(tmp_path: Path) -> None:
    big = "ü" * 1_000_000
    found = Judge(tmp_path, [quality(EMAIL)]).run(orders=pa.table({"id": [1], "email": [big]}))
    assert found.rejected[0]["row"]["email"] == big
    assert [len(value) for value in found.check("email:email")["samples"]] == [100]


def test_a_pattern_that_would_explode_elsewhere_takes_no_longer_here(tmp_path: Path) -> None:
    rule = {"rule": "regex", "column": "email", "pattern": "(a+)+b"}
    found = Judge(tmp_path, [quality(rule)]).run(orders=pa.table({"id": [1, 2], "email": ["a" * 100_000, "aab"]}))
    assert found.column("id") == [2]


def test_hundred_rules_on_every_row_are_all_reported(tmp_path: Path) -> None:
    rules = [{"rule": "range", "column": "id", "min": at, "name": f"at least {at}"} for at in range(100)]
    found = Judge(tmp_path, [quality(*rules)]).run(orders=pa.table({"id": [0, 98, 99]}))
    assert found.column("id") == [99]
    assert {key: len(broken) for key, broken in found.broke().items()} == {0: 99, 98: 1}


def test_names_with_quotes_and_signs_are_names(tmp_path: Path) -> None:
    table = pa.table({"id": [1, 2], "a \"b\" 'c' {d}": [None, 1]})
    found = Judge(tmp_path, [quality({"rule": "not_null", "column": "a \"b\" 'c' {d}"})]).run(orders=table)
    assert found.broke() == {1: {"not_null:a \"b\" 'c' {d}"}}


def test_no_rows_at_all_pass_every_rule_about_rows(tmp_path: Path) -> None:
    rules = (EMAIL, {"rule": "unique", "column": "id", "keep": "first"})
    found = Judge(tmp_path, [quality(*rules)]).run(orders=ORDERS.slice(0, 0))
    assert (found.load.status, found.table.num_rows) == ("succeeded", 0)


def test_rejected_rows_keep_every_digit_of_their_numbers_in_the_report(tmp_path: Path) -> None:
    amount = pa.array(["12345678901234567890.12"], pa.string()).cast(pa.decimal128(30, 2))
    rule = {"rule": "range", "column": "amount", "max": 1}
    found = Judge(tmp_path, [quality(rule)]).run(orders=pa.table({"id": [1], "amount": amount}))
    assert found.check("range:amount")["samples"] == ["12345678901234567890.12"]
