"""The seven ways in which a quarantine goes wrong elsewhere (SDP-META, issue 435): none of them here."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from unit.run.judged import Judge, quality

from headwater.sdk.errors import ConfigError, UnknownColumn

ORDERS = pa.table(
    {
        "id": [1, 2, 3, 4],
        "amount": [10.0, -5.0, None, -1.0],
        "email": ["a@example.org", "b@example.org", "c@example.org", None],
    }
)
POSITIVE = {"rule": "range", "column": "amount", "min": 0}
REACHABLE = {"rule": "not_null", "column": "email"}


def test_1_rows_that_meet_the_rule_are_delivered_and_rows_that_break_it_are_set_aside_not_the_reverse(
    tmp_path: Path,
) -> None:
    found = Judge(tmp_path, [quality(POSITIVE)]).run(orders=ORDERS)
    assert found.column("id") == [1, 3]
    assert found.broke() == {2: {"range:amount"}, 4: {"range:amount"}}


def test_2_a_rejected_row_is_never_also_in_the_table(tmp_path: Path) -> None:
    found = Judge(tmp_path, [quality(POSITIVE, REACHABLE)]).run(orders=ORDERS)
    assert found.column("id") == [1, 3]
    assert not set(found.column("id")) & set(found.broke())
    rows = found.load.rows
    assert (rows.read, rows.rejected, rows.written, rows.balanced) == (4, 2, 2, True)


def test_3_one_broken_rule_is_enough_and_a_row_that_breaks_two_appears_once_with_both(tmp_path: Path) -> None:
    found = Judge(tmp_path, [quality(POSITIVE, REACHABLE)]).run(orders=ORDERS)
    assert len(found.rejected) == 2
    assert found.broke() == {2: {"range:amount"}, 4: {"range:amount", "not_null:email"}}


def test_4_a_rejected_row_carries_id_column_and_message_of_each_rule_and_where_and_when_it_was_rejected(
    tmp_path: Path,
) -> None:
    named = {**REACHABLE, "name": "reachable", "message": "we could not write to this customer"}
    found = Judge(tmp_path, [quality(POSITIVE, named)]).run(orders=ORDERS)
    row = next(row for row in found.rejected if row["row"]["id"] == 4)
    assert row["rules"] == {
        "range:amount": {"id": "range:amount", "column": "amount", "message": "amount is not at least 0"},
        "reachable": {"id": "reachable", "column": "email", "message": "we could not write to this customer"},
    }
    assert (row["pipeline"], row["stream"], row["step"], row["step_name"]) == ("check", "orders", 1, "quality")
    assert row["row"] == {"id": 4, "amount": -1.0, "email": None}
    assert row["run_id"]
    assert row["rejected_at"] is not None


def test_5_the_table_is_there_even_when_every_row_is_rejected(tmp_path: Path) -> None:
    found = Judge(tmp_path, [quality({"rule": "range", "column": "id", "min": 100})]).run(orders=ORDERS)
    assert found.load.status == "succeeded"
    assert (found.table.num_rows, found.table.schema.names) == (0, ["id", "amount", "email"])
    assert found.load.rows.rejected == len(found.rejected) == 4


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"rule": "not_null", "column": "emial"}, "no column named 'emial'"),
        ({"rule": "not_nul", "column": "email"}, "no rule of this name"),
        ({"rule": "not_null", "column": ""}, "at least 1 character"),
        ({"rule": "not_null", "column": "email", "name": ""}, "at least 1 character"),
        ({"rule": "not_null"}, "needs `column` or `columns`"),
        ({"column": "email"}, "`rule` is missing"),
        ({"rule": "not_null", "columns": ["phone_*"]}, "no column named 'phone_*'"),
        ({"rule": "range", "column": "amount"}, "needs `min` or `max`"),
        ({"rule": "unique", "columns": ["id", "lien"]}, "no column named 'lien'"),
        ({"rule": "expression", "condition": "amuont > 0"}, "no column named 'amuont'"),
        ({"rule": "foreign_key", "stream": "custommers", "on": {"id": "id"}}, "no stream named 'custommers'"),
        ({"rule": "completeness", "column": "emial", "min": 0.5}, "no column named 'emial'"),
    ],
)
def test_6_an_empty_or_misspelt_name_is_an_error_before_anything_runs_and_never_passed_over(
    tmp_path: Path, rule: dict[str, object], words: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        Judge(tmp_path, [quality(rule)]).run(orders=ORDERS)
    assert words in caught.value.message
    if isinstance(caught.value, UnknownColumn):
        assert "there is: " in str(caught.value.hint)


def test_6b_a_step_without_rules_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="at least 1 item"):
        Judge(tmp_path, [quality()]).run(orders=ORDERS)
