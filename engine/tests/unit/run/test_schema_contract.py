"""schema, run: rows that keep a contract go on with its types, others leave with everything they broke."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from unit.run.judged import Data, Judge

from headwater.sdk.errors import ConfigError

RAW = pa.table(
    {
        "id": ["1", "2", "x", None],
        "amount": ["1.50", "n/a", "-3", "7"],
        "day": ["01.02.2024", "31.02.2024", "2024-05-06", None],
        "status": ["new", "paid", "lost", None],
    }
)

NOON, MIDNIGHT = (datetime.fromisoformat(f"2024-01-01T{hour}") for hour in ("12:00", "00:00"))


def schema(columns: Data | None = None, **config: Any) -> Data:
    return {"type": "schema", "config": {"columns": columns or {}, **config}}


def test_rows_take_the_types_of_the_contract_and_others_leave_with_all_reasons_as_they_came(tmp_path: Path) -> None:
    columns = {
        "id": {"type": "int64", "nullable": False},
        "amount": {"type": "decimal(12,2)", "min": 0},
        "day": {"type": "date", "format": ["%d.%m.%Y", "%Y-%m-%d"], "max": "2024-04-01"},
        "status": {"allowed": ["new", "paid"]},
    }
    found = Judge(tmp_path, [schema(columns)]).run(orders=RAW)
    assert found.table.to_pylist() == [{"id": 1, "amount": Decimal("1.50"), "day": date(2024, 2, 1), "status": "new"}]
    by_row = {json.dumps(row["row"]): set(row["rules"]) for row in found.rejected}
    assert by_row == {
        '{"id": "2", "amount": "n/a", "day": "31.02.2024", "status": "paid"}': {
            "schema:amount:type",
            "schema:day:type",
        },
        '{"id": "x", "amount": "-3", "day": "2024-05-06", "status": "lost"}': {
            "schema:id:type",
            "schema:amount:range",
            "schema:day:range",
            "schema:status:allowed",
        },
        '{"id": null, "amount": "7", "day": null, "status": null}': {"schema:id:not_null"},
    }
    messages = {rule["id"]: rule["message"] for row in found.rejected for rule in row["rules"].values()}
    assert messages["schema:amount:type"] == "amount is not of the type decimal(12,2)"
    assert messages["schema:day:type"] == "day is no date like %d.%m.%Y or %Y-%m-%d"
    assert messages["schema:amount:range"] == "amount is not at least 0"


def test_the_example_of_the_design_works(tmp_path: Path) -> None:
    step = schema(
        {"id": {"type": "int64", "nullable": False}, "amount": {"type": "decimal(12,2)"}}, on_violation="reject"
    )
    found = Judge(tmp_path, [step]).run(orders=RAW)
    assert found.table.select(["id", "amount"]).to_pylist() == [{"id": 1, "amount": Decimal("1.50")}]
    assert found.load.rows.balanced


@pytest.mark.parametrize(
    ("policy", "ids", "amounts", "rejected", "filtered"),
    [
        ("reject", ["1"], [Decimal("1.50")], 2, 0),
        ("null", ["1", "2", "3"], [Decimal("1.50"), None, None], 0, 0),
        ("keep", ["1", "2", "3"], [Decimal("1.50"), None, Decimal(-3)], 0, 0),
        ("drop", ["1"], [Decimal("1.50")], 0, 2),
    ],
)
def test_what_happens_to_a_row_that_breaks_it_is_a_policy(
    tmp_path: Path, policy: str, ids: list[str], amounts: list[object], rejected: int, filtered: int
) -> None:
    table = pa.table({"id": ["1", "2", "3"], "amount": ["1.50", "n/a", "-3"]})
    step = schema({"amount": {"type": "decimal(12,2)", "min": 0}}, on_violation=policy)
    found = Judge(tmp_path, [step]).run(orders=table)
    rows = sorted(found.table.to_pylist(), key=lambda row: row["id"])
    assert ([row["id"] for row in rows], [row["amount"] for row in rows]) == (ids, amounts)
    assert (found.load.rows.rejected, found.load.rows.filtered, found.load.rows.balanced) == (rejected, filtered, True)
    assert found.check("schema:amount:type")["rows"] == found.check("schema:amount:range")["rows"] == 1


def test_the_policy_fail_ends_the_load(tmp_path: Path) -> None:
    found = Judge(tmp_path, [schema({"id": "int64"}, on_violation="fail")]).run(orders=RAW)
    assert (found.load.status, "orders" in found.target.tables) == ("failed", False)
    assert "rule 'schema:id:type': id is not of the type int64" in str(found.load.error)


def test_a_column_may_have_a_policy_of_its_own_and_null_may_be_written_bare(tmp_path: Path) -> None:
    columns = {"id": {"type": "int64", "nullable": False}, "amount": {"type": "float64", "on_violation": None}}
    found = Judge(tmp_path, [schema(columns)]).run(orders=RAW)
    assert sorted(row["id"] for row in found.table.to_pylist()) == [1, 2]
    assert found.column("amount") == [1.5, None]


def test_where_a_value_is_missing_there_is_nothing_to_replace_so_the_row_is_rejected(tmp_path: Path) -> None:
    found = Judge(tmp_path, [schema({"id": {"nullable": False}}, on_violation="null")]).run(orders=RAW)
    assert (found.load.rows.rejected, set(found.rejected[0]["rules"])) == (1, {"schema:id:not_null"})


@pytest.mark.parametrize(
    ("spec", "data_type", "passing", "broken"),
    [
        ({"pattern": "[A-Z]{2}"}, pa.string(), ["AB", None], ["ABC", "ab"]),
        ({"pattern": "B", "match": "part"}, pa.string(), ["ABC"], ["ac"]),
        ({"min_length": 2, "max_length": 3}, pa.string(), ["ab", "🦉🦉🦉"], ["a", "abcd"]),
        ({"above": 0, "below": 1}, pa.float64(), [0.5, None], [0.0, 1.0, float("nan")]),
        ({"min": "2024-01-01 12:00"}, pa.timestamp("us"), [NOON], [MIDNIGHT]),
        ({"format": "email"}, pa.string(), ["a@b.org"], ["a@b"]),
        ({"format": "url"}, pa.string(), ["s3://bucket/x", "http://a"], ["a.org"]),
        ({"format": "ipv4"}, pa.string(), ["1.2.3.4"], ["::1"]),
        ({"type": "uuid"}, pa.string(), ["123e4567-e89b-12d3-a456-426614174000"], ["x"]),
        ({"type": "inet"}, pa.string(), ["10.0.0.0/8", "::1"], ["10.0.0.0/888", "x"]),
        ({"type": "json"}, pa.string(), ['{"a": [1]}', "1", None], ["{", "{a: 1}"]),
        ({"type": "integer"}, pa.string(), ["1"], ["1.5"]),
        ({"type": "number"}, pa.string(), ["1.5", "1e3"], ["1,5"]),
        ({"type": "bool"}, pa.string(), ["yes", "0", None], ["maybe"]),
        ({"type": "timestamptz"}, pa.string(), ["2024-01-01T00:00:00+02:00"], ["2024-13-01"]),
        ({"unique": True}, pa.int64(), [1, None, None], [2, 2]),
    ],
    ids=str,
)
def test_what_a_column_should_be_like_is_checked(
    tmp_path: Path, spec: Data, data_type: pa.DataType, passing: list[Any], broken: list[Any]
) -> None:
    table = pa.table({"id": range(len(passing) + len(broken)), "v": pa.array([*passing, *broken], data_type)})
    found = Judge(tmp_path, [schema({"v": spec})]).run(orders=table)
    assert found.column("id") == list(range(len(passing)))
    assert {len(row["rules"]) for row in found.rejected} == {1}


def test_a_type_family_leaves_a_column_of_that_kind_as_it_is(tmp_path: Path) -> None:
    table = pa.table({"a": pa.array([1], pa.int16()), "b": pa.array([Decimal(1)], pa.decimal128(9, 2))})
    found = Judge(tmp_path, [schema({"a": "integer", "b": "number"})]).run(orders=table)
    assert found.table.schema.equals(table.schema)


def test_a_date_format_is_for_text_and_a_date_that_the_source_has_read_stays(tmp_path: Path) -> None:
    table = pa.table({"day": [date(2024, 1, 1)]})
    columns = {"day": {"type": "timestamp", "format": "%d.%m.%Y"}}
    assert Judge(tmp_path, [schema(columns)]).run(orders=table).column("day") == [MIDNIGHT]


def test_rows_that_share_a_primary_key_are_all_rejected_by_the_value_it_has_after_the_cast(tmp_path: Path) -> None:
    table = pa.table({"id": ["1", " 1", "2", None], "line": [1, 1, 1, 1]})
    found = Judge(tmp_path, [schema({"id": "int64"}, primary_key=["id", "line"])]).run(orders=table)
    assert found.column("id") == [2]
    assert sorted(str(sorted(row["rules"])) for row in found.rejected) == [
        "['schema:id:key']",
        "['schema:primary_key']",
        "['schema:primary_key']",
    ]


@pytest.mark.parametrize(
    ("policy", "columns", "ids"),
    [("keep", ["id", "extra", "none"], [1, 2]), ("drop", ["id"], [1, 2]), ("reject", ["id"], [2])],
)
def test_columns_the_contract_does_not_know_are_kept_dropped_or_a_reason_to_reject(
    tmp_path: Path, policy: str, columns: list[str], ids: list[int]
) -> None:
    table = pa.table({"id": [1, 2], "extra": ["x", None], "none": pa.array([None, None], pa.string())})
    found = Judge(tmp_path, [schema({"id": "int64"}, unknown=policy)]).run(orders=table)
    assert (found.table.column_names, found.column("id")) == (columns, ids)
    assert [row["row"]["extra"] for row in found.rejected] == (["x"] if policy == "reject" else [])


def test_columns_the_contract_does_not_know_may_end_the_run_before_it_begins(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"does not know the column\(s\) amount, day, status"):
        Judge(tmp_path, [schema({"id": "string"}, unknown="fail")]).run(orders=RAW)


def test_columns_the_stream_does_not_have_end_the_run_or_come_in_empty(tmp_path: Path) -> None:
    columns = {"id": "string", "color": {"type": "date"}}
    with pytest.raises(ConfigError, match=r"schema\.columns: there is no column named 'color'") as caught:
        Judge(tmp_path, [schema(columns)]).run(orders=RAW)
    assert "amount" in str(caught.value.hint)
    found = Judge(tmp_path, [schema(columns, missing="null")]).run(orders=RAW)
    assert found.table.schema.field("color").type == pa.date32()
    assert found.column("color") == [None] * 4
    with pytest.raises(ConfigError, match="may not be empty"):
        Judge(tmp_path, [schema({"color": {"nullable": False}}, missing="null")]).run(orders=RAW)


def test_a_contract_that_all_rows_keep_changes_nothing(tmp_path: Path) -> None:
    table = pa.table({"id": [1, 2], "name": ["a", None]})
    found = Judge(tmp_path, [schema({"id": {"type": "int64", "nullable": False}, "name": "string"})]).run(orders=table)
    assert found.table.sort_by("id").equals(table)
    assert [check["passed"] for check in found.load.checks] == [True]


def test_values_that_a_later_step_protects_show_nowhere_in_clear(tmp_path: Path) -> None:
    steps = [
        schema({"email": {"format": "email"}, "id": "int64"}),
        {"type": "hide", "config": {"columns": ["email"]}},
    ]
    found = Judge(tmp_path, steps).run(orders=pa.table({"id": ["1", "x"], "email": ["secret", "secret@example.org"]}))
    assert sorted(row["row"]["email"] for row in found.rejected) == ["s***", "s***"]
    assert "secret" not in json.dumps(found.load.as_dict())


def test_drift_against_the_last_run_is_reported_as_a_readable_difference(tmp_path: Path) -> None:
    judge = Judge(tmp_path, [schema({"id": "string"})])
    judge.run(orders=RAW)
    found = judge.run(orders=pa.table({"id": ["1"], "amount": [1.5], "new": [True], "status": ["new"]}))
    assert found.check("drift")["changes"] == ["+ new bool", "- day string", "~ amount string → float64"]
