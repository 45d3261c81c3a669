"""What the commands print, and their exit codes, in this process."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from unit.cli.conftest import Shop

import headwater.cli
from headwater.cli.main import COMMANDS, main

APPEND = "{name: orders, mode: incremental, cursor: at, write: append}"
RULES = "{type: rules, name: sane, config: {rules: {late: '\"at\" > 15'}}}"


def call(*command: str) -> Result:
    result = CliRunner().invoke(main, command)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_every_command_of_the_help_is_there_and_has_help_of_its_own() -> None:
    shown = call("--help").stdout
    for name, text in COMMANDS.items():
        assert f"  {name}" in shown
        assert text in shown
        assert call(name, "--help").exit_code == 0
    folder = Path(headwater.cli.__file__ or "").parent
    assert {path.stem.removesuffix("_command") for path in folder.glob("*_command.py")} == set(COMMANDS)


def test_an_unknown_command_or_option_is_a_mistake_of_the_caller() -> None:
    assert call("rnu").exit_code == 2
    assert call("run").exit_code == 2
    assert call("run", "p", "--fast").exit_code == 2


def test_a_run_prints_its_report_and_where_rejected_rows_are(shop: Shop) -> None:
    shop.fill((1, 10), (2, 20))
    shop.write("orders", steps=RULES)
    result = call("run", "p", "--quiet")
    assert result.exit_code == 0
    head, _, columns, row, *rest = result.stdout.splitlines()
    assert head.startswith("p: succeeded in ")
    assert columns.split() == [
        "stream",
        "table",
        "write",
        "read",
        "filtered",
        "rejected",
        "dedup",
        "written",
        "balanced",
        "delivery",
    ]
    assert row.split() == ["orders", "lake.orders", "replace", "2", "0", "1", "0", "1", "yes", "exactly", "once"]
    assert any(".headwater/quarantine/p/orders/" in line for line in rest)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("run", "q"), "config.unknown_pipeline"),
        (("run", "p", "--stream", "ordres"), "config.unknown_stream"),
        (("run", "p", "-f", "nowhere.yaml"), "config.no_project"),
        (("run", "p", "--set", "pipelines.p.nothing=1"), "config.unknown_key"),
        (("check", "q"), "config.unknown_pipeline"),
        (("preview", "p", "--after", "9"), "config.unknown_step"),
        (("state", "show", "q"), "config.unknown_pipeline"),
        (("state", "reset", "p", "--stream", "x"), "config.unknown_stream"),
        (("discover", "nowhere"), "config.unknown_connector"),
        (("schema", "nothing"), "config.unknown_type"),
    ],
)
def test_a_mistake_has_a_code_a_hint_and_exit_code_two(shop: Shop, command: tuple[str, ...], code: str) -> None:
    shop.fill((1, 10))
    shop.write("orders")
    result = call(*command)
    assert result.exit_code == 2
    assert f"[{code}]" in result.stderr
    assert "hint:" in result.stderr
    assert result.stdout == ""


def test_with_json_a_mistake_is_an_object_too(shop: Shop) -> None:
    shop.write("orders")
    error = json.loads(call("run", "q", "--json").stdout)["error"]
    assert set(error) >= {"code", "message", "hint"}
    assert error["code"] == "config.unknown_pipeline"
    shop.project.write_text("version: 1\nconnectrs: {}\n")
    problems = json.loads(call("run", "p", "--json").stdout)["error"]["problems"]
    assert problems[0]["code"] == "config.unknown_key"


def test_a_check_shows_schemas_delivery_and_sql(shop: Shop) -> None:
    shop.fill((1, 10), (2, 20))
    shop.write(APPEND, steps=RULES)
    text = call("check", "p").stdout
    assert "orders → lake.orders" in text
    assert "exactly once: the checkpoint commits with the rows" in text
    assert "1 sane" in text
    assert "SELECT" in text
    (load,) = json.loads(call("check", "p", "--json").stdout)["loads"]
    assert (load["write"], load["partitions"], load["columns"]) == ("append", 2, ["id", "at"])
    assert not (shop.folder / "lake.db").exists()


def test_a_preview_shows_rows_and_why_others_were_rejected(shop: Shop) -> None:
    shop.fill((1, 10), (2, 20))
    shop.write("orders", steps=RULES)
    text = call("preview", "p").stdout
    assert "orders, after sane: 1 rows" in text
    assert "late (breaks late)" in text
    (stream,) = json.loads(call("preview", "p", "--after", "0", "--limit", "1", "--json").stdout)["streams"]
    assert (stream["after"], stream["rows"]) == ("read", [{"id": 1, "at": 10}])


def test_discovery_lists_columns_keys_and_cursors(shop: Shop) -> None:
    shop.fill((1, 10))
    shop.write("orders")
    text = call("discover", "shop").stdout
    assert "orders, about 1 rows" in text
    assert [line.split() for line in text.splitlines()[2:]] == [
        ["id", "int64", "key", "cursor"],
        ["at", "int64", "cursor"],
    ]
    (stream,) = json.loads(call("discover", "shop", "--json").stdout)["streams"]
    assert (stream["name"], stream["primary_key"]) == ("orders", ["id"])
    assert call("discover", "shop", "--match", "x*").stdout.strip() == "no streams"


def test_the_state_is_shown_and_reset(shop: Shop) -> None:
    shop.fill((1, 10))
    shop.write(APPEND)
    assert "never" in call("state", "show", "p").stdout
    call("run", "p", "--quiet")
    assert "at = 10" in call("state", "show", "p").stdout
    (shown,) = json.loads(call("state", "show", "p", "--json").stdout)
    assert (shown["stream"], shown["checkpoint"]["cursor"]["value"]) == ("orders", 10)
    reset = call("state", "reset", "p", "--stream", "orders")
    assert (reset.exit_code, "forgot 1 checkpoints" in reset.stderr) == (0, True)
    assert "never" in call("state", "show", "p").stdout


def test_a_full_refresh_reads_everything_again(shop: Shop) -> None:
    shop.fill((1, 10), (2, 20))
    shop.write(APPEND)
    call("run", "p", "--quiet")
    report = json.loads(call("run", "p", "--quiet", "--json", "--full-refresh").stdout)
    assert report["loads"][0]["rows"]["written"] == 2, report
    assert shop.rows() == [(1, 10), (2, 20)]


def test_the_installed_types_are_listed_with_their_package(shop: Shop) -> None:
    text = call("plugins").stdout
    assert ["disk", "yes", "yes", "tests-of-headwater", "1.0"] in [line.split() for line in text.splitlines()]
    plugins = json.loads(call("plugins", "--json").stdout)
    (disk,) = [item for item in plugins["connectors"] if item["type"] == "disk"]
    assert (disk["source"], disk["destination"], disk["package"]) == (True, True, "tests-of-headwater")
    assert "rules" in [item["type"] for item in plugins["processors"]]


def test_the_schema_of_a_type_is_that_of_its_config(shop: Shop) -> None:
    schema = json.loads(call("schema", "disk").stdout)
    assert "path" in json.dumps(schema)
    assert "pipelines" in json.loads(call("schema").stdout)["properties"]


def test_a_value_can_be_changed_for_one_call(shop: Shop) -> None:
    shop.fill((1, 10))
    shop.write("orders")
    report = json.loads(
        call("run", "p", "--quiet", "--json", "--set", "pipelines.p.destinations[0].table=elsewhere").stdout
    )
    assert report["loads"][0]["table"] == "elsewhere"


def test_a_secret_is_in_nothing_that_is_printed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_PW", "hunter2-hunter2")
    shop.write("orders", source=", password: '${env:TEST_PW}'")
    for command in (("run", "p"), ("run", "p", "--json"), ("check", "p"), ("preview", "p"), ("state", "show", "p")):
        result = call(*command)
        assert result.exit_code == 1
        assert "hunter2" not in result.output
        assert "cannot log in with ***" in result.stderr


def test_rejected_rows_are_shown_dismissed_restored_and_exported(shop: Shop, tmp_path: Path) -> None:
    shop.fill((1, 10), (2, 20), (3, 30))
    shop.write("orders", steps=RULES)
    assert call("run", "p", "--quiet").exit_code == 0
    assert call("quarantine", "show", "p", "--rule", "late").stdout.splitlines()[0].endswith(": 2 rows")
    assert call("quarantine", "show", "p", "--rule", "early").stdout == ""
    assert call("quarantine", "show", "p", "--limit", "1").stdout.splitlines()[-1] == "  … go on with --offset 1"
    head, counted = call("quarantine", "show", "p", "--rules").stdout.splitlines()
    assert (head.split()[:4], counted.split()[:6]) == (
        ["stream", "step", "rule", "column"],
        ["orders", "1", "sane", "late", "2", "2"],
    )
    assert call("quarantine", "dismiss", "p", "--note", "x").exit_code == 2
    dismissed = call("quarantine", "dismiss", "p", "--containing", '"at":30', "--note", "a test")
    assert dismissed.stdout == "1 rows dismissed\n"
    assert " dismissed (a test): " in call("quarantine", "show", "p", "--state", "dismissed").stdout
    (listed,) = json.loads(call("quarantine", "list", "p", "--json").stdout)
    assert (listed["rows"], listed["open"], listed["dismissed"]) == (2, 1, 1)
    assert call("quarantine", "restore", "p", "--all").stdout == "1 rows open again\n"
    exported = call("quarantine", "export", "p", "--format", "csv", "--output", str(tmp_path / "rows.csv"))
    assert exported.stdout == f"2 rows written to {tmp_path / 'rows.csv'}\n"
    assert (tmp_path / "rows.csv").read_text().splitlines()[0].endswith("_state,id,at")
    assert len(call("quarantine", "export", "p").stdout.splitlines()) == 2
