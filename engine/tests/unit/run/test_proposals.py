"""Contracts and rules that are proposed from rows hold for these rows, and give nothing away."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner
from unit.run.judged import REGISTRY, Data, Judge

from headwater import registry as plugins
from headwater.cli.contract_command import command as contract_command
from headwater.cli.profile_command import command as profile_command
from headwater.spec.dump import dump_data
from headwater.testing.memory import MemorySystem
from headwater.toolkit.contract.read import read_contract
from headwater.toolkit.contract.write import FORMATS
from headwater.toolkit.rules.observed import observe

N = 300
ORDERS = pa.table(
    {
        "id": range(N),
        "order_code": [f"{at:05d}" for at in range(N)],
        "status": [("new", "paid", "sent")[at % 3] for at in range(N)],
        "amount": [f"{at}.{at % 100:02d}" for at in range(N)],
        "quantity": [str(at % 70) for at in range(N)],
        "day": [f"{1 + at % 28:02d}.03.2024" for at in range(N)],
        "email": [None if at % 10 == 0 else f"a{at}@b.org" for at in range(N)],
        "updated_at": pa.array([datetime.now(UTC) - timedelta(hours=at) for at in range(N)], pa.timestamp("us", "UTC")),
        "tags": [["a"]] * N,
        "address": [{"city": "x"}] * N,
        "sent": ["true", "false"] * (N // 2),
    }
)


def judge(home: Path, *steps: Data) -> Judge:
    MemorySystem.named(f"from {home}").add("orders", ORDERS, primary_key=("id",))
    return Judge(home, list(steps))


def test_a_contract_says_types_what_is_never_empty_lists_of_values_and_the_key(tmp_path: Path) -> None:
    (found,) = judge(tmp_path).session().infer_contract("check")
    said = {name: spec.model_dump(exclude_defaults=True) for name, spec in found.contract.columns.items()}
    assert found.contract.primary_key == ("id",)
    assert said == {
        "id": {"type": "int64", "nullable": False},
        "order_code": {"type": "string", "nullable": False},
        "status": {"type": "string", "nullable": False, "allowed": ("new", "paid", "sent")},
        "amount": {"type": "decimal(14,2)", "nullable": False},
        "quantity": {"type": "int64", "nullable": False},
        "day": {"type": "date", "nullable": False, "format": ("%d.%m.%Y",)},
        "email": {"type": "string", "format": ("email",)},
        "updated_at": {"type": "timestamptz", "nullable": False},
        "tags": {"type": "list<string>", "nullable": False},
        "address": {"nullable": False},
        "sent": {"type": "bool", "nullable": False},
    }


@pytest.mark.parametrize("form", FORMATS)
def test_rows_keep_the_contract_that_was_proposed_from_them_in_every_format(tmp_path: Path, form: str) -> None:
    (found,) = judge(tmp_path).session().infer_contract("check")
    file = tmp_path / "orders.contract"
    data = FORMATS[form](found.contract)
    file.write_text(json.dumps(data) if form == "json-schema" else dump_data(data), encoding="utf-8")
    if form != "odcs":
        assert read_contract(str(file)) == found.contract
    result = judge(tmp_path, {"type": "schema", "config": {"contract": str(file)}}).run()
    assert (result.load.status, result.load.rows.written) == ("succeeded", N)
    assert result.table.schema.field("day").type == pa.date32()


def test_few_rows_are_no_reason_to_say_that_nothing_is_ever_missing(tmp_path: Path) -> None:
    (found,) = judge(tmp_path).session().infer_contract("check", rows=20)
    nullable = {name for name, spec in found.contract.columns.items() if spec.nullable}
    assert nullable == set(ORDERS.column_names) - {"id"}
    assert found.contract.columns["status"].allowed is None


def test_rows_pass_the_rules_that_were_proposed_from_them(tmp_path: Path) -> None:
    (found,) = judge(tmp_path).session().profile("check")
    result = judge(tmp_path, found.step).run()
    assert result.load.status == "succeeded"
    assert [check["name"] for check in result.load.checks if not check["passed"]] == []
    assert all(check["severity"] == "warn" for check in result.load.checks)


def test_rules_say_what_holds_for_every_row_and_looks_meant(tmp_path: Path) -> None:
    (found,) = judge(tmp_path).session().profile("check")
    rules = [{key: value for key, value in rule.items() if key != "severity"} for rule in found.rules]
    for expected in (
        {"rule": "unique", "columns": ["id"]},
        {"rule": "unique", "column": "order_code"},
        {"rule": "length", "column": "order_code", "min": 5, "max": 5},
        {"rule": "in", "column": "status", "values": ["new", "paid", "sent"]},
        {"rule": "type", "column": "amount", "type": "decimal(14,2)"},
        {"rule": "date_format", "column": "day", "formats": ["%d.%m.%Y"]},
        {"rule": "email", "column": "email"},
        {"rule": "completeness", "column": "email", "min": "81%"},
        {"rule": "range", "column": "id", "min": 0},
        {"rule": "row_count", "min": 1},
        {"rule": "freshness", "column": "updated_at", "max_age": "1d"},
    ):
        assert expected in rules
    assert not any(rule.get("column") == "tags" for rule in rules)


def test_values_of_columns_that_the_pipeline_protects_later_are_not_shown(tmp_path: Path) -> None:
    session = judge(tmp_path, {"type": "hide", "config": {"columns": ["status"]}}).session()
    for after in (0, None):
        (profiled,) = session.profile("check", after=after)
        (inferred,) = session.infer_contract("check", after=after)
        shown = json.dumps(profiled.as_dict()) + json.dumps(FORMATS["headwater"](inferred.contract))
        assert "paid" not in shown


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (pa.array(["1", "-2"]), {"of_type": "int64"}),
        (pa.array(["01", "02"]), {"of_type": None}),
        (pa.array(["1", "2.50"]), {"of_type": "decimal(14,2)"}),
        (pa.array(["1e5", "2"]), {"of_type": None}),
        (pa.array(["2024-02-29", "2023-12-31"]), {"of_type": "date", "format": None}),
        (pa.array(["31/12/2024", "01/02/2024"]), {"of_type": "date", "format": "%d/%m/%Y"}),
        (pa.array(["12/31/2024", "01/02/2024"]), {"of_type": "date", "format": "%m/%d/%Y"}),
        (pa.array(["2024-02-30"]), {"of_type": None}),
        (pa.array(["2024-01-01 10:00", "2024-01-01T10:00:00.5"]), {"of_type": "timestamp"}),
        (pa.array(["2024-01-01T10:00:00Z"]), {"of_type": "timestamptz"}),
        (pa.array(["https://a.org/x"]), {"kind": "url"}),
        (pa.array(["1.2.3.4", "::1"]), {"kind": "ip"}),
        (pa.array(["a", "b"] * 10), {"values": ("a", "b"), "distinct": 2, "lengths": (1, 1)}),
        (pa.array([None, None], pa.string()), {"nulls": 2, "distinct": 0, "of_type": None}),
        (pa.array([], pa.string()), {"rows": 0, "nulls": 0}),
        (pa.array([3, None, 1]), {"low": 1, "high": 3, "nulls": 1}),
        (pa.array([date(2024, 1, 1)]), {"low": date(2024, 1, 1)}),
        (pa.array([{"a": 1}]), {"distinct": 0}),
    ],
    ids=str,
)
def test_what_a_column_shows(column: pa.Array, said: dict[str, Any]) -> None:
    (found,) = observe(pa.table({"c": column}))
    assert {name: getattr(found, name) for name in said} == said


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(plugins, "installed", lambda: REGISTRY)
    judge(tmp_path)
    pipeline: Any = {
        "sources": [{"type": "memory", "config": {"system": f"from {tmp_path}"}}],
        "destinations": [{"type": "memory", "config": {"system": f"to {tmp_path}"}}],
    }
    file = tmp_path / "headwater.yaml"
    file.write_text(dump_data({"version": 1, "pipelines": {"shop": pipeline}}), encoding="utf-8")
    return file


def test_the_command_prints_a_contract_or_writes_it_and_never_over_another(project: Path) -> None:
    call = ["infer", "shop", "--stream", "orders", "-f", str(project)]
    printed = CliRunner().invoke(contract_command, call)
    assert printed.exit_code == 0, printed.output
    assert printed.stdout.startswith("# proposed from 300 rows of orders, after read\nname: orders\ncolumns:\n")
    target = project.parent / "contracts" / "orders.json"
    for exit_code in (0, 2):
        written = CliRunner().invoke(contract_command, [*call, "--format", "json-schema", "--output", str(target)])
        assert written.exit_code == exit_code
    assert "orders.json exists" in written.stderr
    assert list(read_contract(str(target)).columns) == ORDERS.column_names


def test_the_command_prints_rules_as_a_step_of_the_project_file(project: Path) -> None:
    printed = CliRunner().invoke(profile_command, ["shop", "-f", str(project)])
    assert printed.exit_code == 0, printed.output
    assert "- type: quality\n  streams:\n  - orders\n  config:\n    rules:\n    - rule: not_null\n" in printed.stdout
    found = json.loads(CliRunner().invoke(profile_command, ["shop", "-f", str(project), "--json"]).stdout)
    assert found["streams"][0]["columns"][2]["values"] == ["new", "paid", "sent"]
    unknown = CliRunner().invoke(profile_command, ["shop", "--stream", "order", "-f", str(project)])
    assert (unknown.exit_code, "did you mean 'orders'?" in unknown.stderr) == (2, True)
