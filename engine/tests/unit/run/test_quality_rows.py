"""quality, run: every rule about rows lets the right values pass and sets the wrong ones aside."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from unit.run.judged import Judge, Judged, quality

NAN = float("nan")
TEXT, DECIMAL = pa.string(), pa.decimal128(12, 2)


def judge(tmp_path: Path, column: pa.Array, *rules: dict[str, Any]) -> Judged:
    table = pa.table({"id": range(len(column)), "v": column})
    return Judge(tmp_path, [quality(*rules)]).run(orders=table)


@pytest.mark.parametrize(
    ("rule", "data_type", "passing", "broken"),
    [
        ({"rule": "not_null"}, TEXT, ["a", ""], [None]),
        ({"rule": "in", "values": ["new", "paid"]}, TEXT, ["new", "paid", None], ["Paid", "", "lost"]),
        ({"rule": "in", "values": [1, 2.5]}, DECIMAL, [Decimal(1), Decimal("2.5"), None], [Decimal("2.51")]),
        ({"rule": "in", "values": [True]}, pa.bool_(), [True, None], [False]),
        ({"rule": "in", "values": ["2024-01-01"]}, pa.date32(), [date(2024, 1, 1)], [date(2024, 1, 2)]),
        ({"rule": "not_in", "values": ["n/a", ""]}, TEXT, ["x", None], ["n/a", ""]),
        ({"rule": "range", "min": 0, "max": 10}, pa.int8(), [0, 10, None], [-1, 11]),
        ({"rule": "range", "min": 0.1}, DECIMAL, [Decimal("0.1"), None], [Decimal("0.09")]),
        ({"rule": "range", "max": 10}, pa.float64(), [10.0, float("-inf"), None], [10.1, float("inf"), NAN]),
        ({"rule": "range", "min": 0}, pa.float64(), [0.0, -0.0, float("inf")], [NAN, -1e-300]),
        ({"rule": "range", "min": "b", "max": "d"}, TEXT, ["b", "d", None], ["a", "da", "B"]),
        ({"rule": "range", "min": "2024-02-29"}, pa.date32(), [date(2024, 2, 29)], [date(2024, 2, 28)]),
        ({"rule": "length", "min": 1, "max": 3}, TEXT, ["a", "🦉🦉🦉", None], ["", "abcd"]),
        ({"rule": "length", "max": 1}, pa.list_(pa.int64()), [[], [1], None], [[1, 2]]),
        ({"rule": "type", "type": "int64"}, TEXT, ["1", " -2 ", None], ["1.0", "x", "99999999999999999999"]),
        ({"rule": "type", "type": "date"}, TEXT, ["2024-02-29"], ["2023-02-29", "29.02.2024"]),
        ({"rule": "type", "type": "int8"}, pa.int64(), [127, None], [128]),
        ({"rule": "regex", "pattern": "[A-Z]{2}[0-9]+"}, TEXT, ["AB1", None], ["AB", "xAB1", "AB1\n", ""]),
        ({"rule": "regex", "pattern": "[0-9]", "match": "part"}, TEXT, ["a1b", None], ["ab", ""]),
        (
            {"rule": "email"},
            TEXT,
            ["a@b.org", "o'hara+x@a-b.example.co", "a@b.xn--p1ai", None],
            ["", "a@b", "a@@b.org", "a..b@c.de", ".a@b.de", "a@-b.de", "a b@c.de", "x" * 250 + "@b.org"],
        ),
        (
            {"rule": "url"},
            TEXT,
            ["http://a", "HTTPS://münchen.de:80/x?y#z", "https://u:p@[::1]/", None],
            ["", "a.org", "ftp://a.org", "http://", "http://a b", "http://a..b", "http://a:x"],
        ),
        ({"rule": "url", "schemes": ["s3"]}, TEXT, ["s3://bucket/key"], ["https://a.org"]),
        (
            {"rule": "uuid"},
            TEXT,
            ["123e4567-E89B-12d3-a456-426614174000", None],
            ["123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g", ""],
        ),
        (
            {"rule": "ip"},
            TEXT,
            ["1.2.3.4", "::", "2001:db8::1", "::ffff:1.2.3.4", None],
            ["01.2.3.4", "256.1.1.1", "1.2.3", "1:2:3:4:5:6:7:8:9", "::1::2", "fe80::1%eth0", "10.0.0.0/8", ""],
        ),
        ({"rule": "ip", "version": "4"}, TEXT, ["1.2.3.4"], ["::1"]),
        ({"rule": "ip", "version": "6"}, TEXT, ["::1"], ["1.2.3.4"]),
        (
            {"rule": "date_format", "formats": ["%d.%m.%Y", "%Y-%m-%d %H:%M"]},
            TEXT,
            ["29.02.2024", "2024-12-31 23:59", None],
            ["30.02.2024", "1.2.2024", "2024-12-31", "29.02.24", ""],
        ),
    ],
    ids=lambda value: "-".join(map(str, value.values()))[:40] if isinstance(value, dict) else "",
)
def test_a_rule_lets_right_values_pass_and_sets_wrong_ones_aside(
    tmp_path: Path, rule: dict[str, Any], data_type: pa.DataType, passing: list[Any], broken: list[Any]
) -> None:
    found = judge(tmp_path, pa.array([*passing, *broken], data_type), {**rule, "column": "v"})
    assert found.column("id") == list(range(len(passing)))
    name = f"{rule['rule']}:v"
    assert found.broke() == {at: {name} for at in range(len(passing), len(passing) + len(broken))}
    assert found.check(name)["rows"] == len(broken)


def test_a_rule_for_several_columns_is_several_rules_and_a_name_is_given_to_each(tmp_path: Path) -> None:
    table = pa.table({"id": [1, 2], "a_at": [None, "x"], "b_at": [None, "y"]})
    rules = (
        {"rule": "not_null", "columns": ["*_at"]},
        {"rule": "length", "columns": ["a_at"], "min": 9, "name": "long"},
    )
    found = Judge(tmp_path, [quality(*rules)]).run(orders=table)
    assert found.broke() == {1: {"not_null:a_at", "not_null:b_at"}, 2: {"long:a_at"}}


def test_a_rule_may_hold_for_some_rows_only(tmp_path: Path) -> None:
    table = pa.table({"id": [1, 2, 3], "status": ["paid", "new", None], "paid_on": pa.array([None] * 3, pa.date32())})
    rule = {"rule": "not_null", "column": "paid_on", "where": "status = 'paid'"}
    assert Judge(tmp_path, [quality(rule)]).run(orders=table).broke() == {1: {"not_null:paid_on"}}


def test_an_expression_that_is_null_passes_and_one_that_cannot_be_computed_breaks_the_rule_by_a_name_of_its_own(
    tmp_path: Path,
) -> None:
    table = pa.table({"id": [1, 2, 3, 4], "a": [6, 6, None, 6], "b": [2, 4, 1, 0]})
    rule = {"rule": "expression", "condition": "a / b >= 2", "name": "ratio"}
    found = Judge(tmp_path, [quality(rule)]).run(orders=table)
    assert found.load.status == "succeeded"
    assert found.broke() == {2: {"ratio"}, 4: {"ratio:error"}}
    (divided,) = [row for row in found.rejected if row["row"]["id"] == 4]
    assert "cannot be computed whether a / b >= 2" in divided["rules"]["ratio:error"]["message"]


@pytest.mark.parametrize(
    ("condition", "values"),
    [
        ("v * v > 0", [2, 2**62]),
        ("CAST(CAST(v AS string) AS int8) > 0", [2, 300]),
        ("strptime(CAST(v AS string), '%Y%m%d') > '2000-01-01'", [20240229, 20240230]),
    ],
)
def test_overflow_bad_casts_and_bad_dates_never_end_the_run(tmp_path: Path, condition: str, values: list[int]) -> None:
    found = judge(tmp_path, pa.array(values), {"rule": "expression", "condition": condition, "name": "n"})
    assert (found.load.status, found.broke()) == ("succeeded", {1: {"n:error"}})


def test_on_request_a_row_for_which_it_cannot_be_computed_passes(tmp_path: Path) -> None:
    rule = {"rule": "expression", "condition": "1 / v > 0", "on_error": "pass"}
    assert judge(tmp_path, pa.array([0, 1]), rule).column("id") == [0, 1]


def test_no_two_rows_of_the_same_key_pass_and_rows_without_a_whole_key_do(tmp_path: Path) -> None:
    table = pa.table({"id": range(6), "a": [1, 1, 1, 2, None, None], "b": ["x", "x", "y", "x", "x", "x"]})
    found = Judge(tmp_path, [quality({"rule": "unique", "columns": ["a", "b"]})]).run(orders=table)
    assert found.broke() == {0: {"unique:a+b"}, 1: {"unique:a+b"}}


def test_of_rows_with_the_same_key_the_first_may_stay_and_every_run_decides_alike(tmp_path: Path) -> None:
    rule = {"rule": "unique", "column": "k", "keep": "first", "order": {"at": "desc"}}
    rows = [(1, "k", 10, "b"), (2, "k", 20, "b"), (3, "k", 20, "a"), (4, "l", 1, "z")]
    for order in (rows, rows[::-1]):
        table = pa.table(dict(zip(("id", "k", "at", "tie"), map(list, zip(*order, strict=True)), strict=True)))
        found = Judge(tmp_path, [quality(rule)]).run(orders=table)
        # Of 2 and 3, which are equal by `at`, the other columns decide: 2 < 3.
        assert found.column("id") == [2, 4]


def test_a_row_that_left_earlier_is_no_twin_but_one_that_breaks_another_rule_here_is(tmp_path: Path) -> None:
    table = pa.table({"id": [1, 2, 3, 4], "k": ["a", "a", "b", "b"], "amount": [1, None, 1, -1]})
    here = quality({"rule": "unique", "column": "k"}, {"rule": "range", "column": "amount", "min": 0})
    earlier = quality({"rule": "not_null", "column": "amount"})
    found = Judge(tmp_path, [earlier, here]).run(orders=table)
    assert found.column("id") == [1]
    assert found.broke() == {2: {"not_null:amount"}, 3: {"unique:k"}, 4: {"unique:k", "range:amount"}}


def test_a_value_must_stand_in_another_stream_and_a_row_that_breaks_more_says_so_at_once(tmp_path: Path) -> None:
    orders = pa.table({"id": [1, 2, 3, 4], "customer": [7, 8, None, 9], "country": ["DE", "FR", "XX", "XX"]})
    rules = [
        {"rule": "foreign_key", "stream": "customers", "on": {"customer": "id"}},
        {"rule": "foreign_key", "stream": "countries", "on": {"country": "code"}},
        {"rule": "range", "column": "id", "max": 3},
    ]
    steps = [{**quality(*rules), "streams": ["orders"]}]
    found = Judge(tmp_path, steps, ("orders", "customers", "countries")).run(
        orders=orders, customers=pa.table({"id": [7, 9, 9]}), countries=pa.table({"code": ["DE", "FR"]})
    )
    assert found.column("id") == [1]
    assert found.broke() == {
        2: {"foreign_key:customer"},
        3: {"foreign_key:country"},
        4: {"foreign_key:country", "range:id"},
    }
    (row,) = [row for row in found.rejected if row["row"]["id"] == 2]
    assert row["row"] == {"id": 2, "customer": 8, "country": "FR"}
    assert row["rules"]["foreign_key:customer"]["message"] == "customer is not in customers"


def test_a_warning_about_a_foreign_key_beside_a_rejecting_rule_is_counted(tmp_path: Path) -> None:
    rules = [
        {"rule": "foreign_key", "stream": "customers", "on": {"customer": "id"}, "severity": "warn"},
        {"rule": "range", "column": "id", "max": 2},
    ]
    found = Judge(tmp_path, [{**quality(*rules), "streams": ["orders"]}], ("orders", "customers")).run(
        orders=pa.table({"id": [1, 2, 3], "customer": [7, 8, 9]}), customers=pa.table({"id": [7]})
    )
    assert found.column("id") == [1, 2]
    # Row 3 was rejected; warnings are about rows that go on.
    assert found.check("foreign_key:customer")["rows"] == 1
