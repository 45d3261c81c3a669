"""The command line as a process: exit codes, signals, kill -9, and the exact JSON of a run."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from unit.cli.conftest import Shop

STREAMS = {
    "append, full": "{name: orders, write: append}",
    "append, incremental": "{name: orders, mode: incremental, cursor: at, write: append}",
    "merge": "{name: orders, mode: incremental, cursor: at, write: merge}",
    "replace": "{name: orders, write: replace}",
    "scd2": "{name: orders, write: scd2}",
}
THREE = ((1, 10), (2, 20), (3, 20))


@pytest.mark.parametrize(
    ("kind", "point"),
    [("merge", "open"), ("merge", "write")]
    + [(kind, point) for kind in STREAMS for point in ("before-commit", "after-commit")],
)
def test_after_a_kill_the_next_run_leaves_exactly_the_right_rows(shop: Shop, kind: str, point: str) -> None:
    stream = STREAMS[kind]
    shop.fill(*THREE)
    shop.write(stream, target=f", die: {point}")
    assert shop.call("run", "p").code == -signal.SIGKILL
    shop.write(stream)
    second = shop.call("run", "p", "--json")
    assert (second.code, second.json["loads"][0]["balanced"]) == (0, True), second.out
    assert shop.rows() == list(THREE)
    assert shop.is_clean
    assert [path.name for path in (shop.folder / ".headwater" / "tmp").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(("side", "point"), [("source", "read"), ("target", "open"), ("target", "write")])
def test_a_signal_ends_a_stalled_run_within_five_seconds_and_leaves_nothing(
    shop: Shop, side: str, point: str, number: signal.Signals
) -> None:
    name = "shop.db" if side == "source" else "lake.db"
    os.mkfifo(shop.folder / f"{name}.stalled")
    shop.fill(*THREE)
    shop.write("orders", **{side: f", stall: {point}"})
    process = shop.start("run", "p", "--json")
    assert (shop.folder / f"{name}.stalled").read_text().startswith(point)
    process.send_signal(number)
    started = time.monotonic()
    out, err = process.communicate(timeout=30)
    assert time.monotonic() - started < 5
    assert process.returncode == 130
    assert '"status": "cancelled"' in out
    assert "stopping" in err
    assert not (shop.folder / "lake.db").exists()
    if point != "open":
        assert shop.is_clean
    shop.write("orders")
    assert shop.call("run", "p").code == 0
    assert shop.rows() == list(THREE)
    assert shop.is_clean


def test_a_second_signal_ends_the_process_at_once(shop: Shop) -> None:
    os.mkfifo(shop.folder / "lake.db.stalled")
    shop.fill(*THREE)
    shop.write("orders", target=", stall: before-commit")
    process = shop.start("run", "p")
    (shop.folder / "lake.db.stalled").read_text()
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    for line in process.stderr:
        if "stopping" in line:
            break
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130


def test_a_second_run_at_once_is_refused(shop: Shop) -> None:
    os.mkfifo(shop.folder / "shop.db.stalled")
    shop.fill(*THREE)
    shop.write("orders", source=", stall: read")
    first = shop.start("run", "p")
    (shop.folder / "shop.db.stalled").read_text()
    shop.write("orders")
    second = shop.call("run", "p", "--json")
    first.kill()
    first.communicate()
    assert (second.code, second.json["error"]["code"]) == (2, "run.busy")
    assert "already running" in second.err


def test_the_json_of_a_run_has_the_agreed_shape(shop: Shop) -> None:
    shop.fill(*THREE, (4, 99))
    shop.write(STREAMS["append, incremental"], steps="{type: rules, config: {rules: {late: '\"at\" > 90'}}}")
    answer = shop.call("run", "p", "--json")
    report = answer.json
    assert answer.code == 0
    assert list(report) == ["run_id", "pipeline", "status", "engine", "started_at", "took_s", "loads"]
    assert (report["pipeline"], report["status"], report["engine"]) == ("p", "succeeded", "local")
    (load,) = report["loads"]
    agreed = ["stream", "destination", "table", "write", "delivery", "rows", "balanced", "checkpoint", "checks"]
    assert [name for name in load if name in agreed] == agreed
    assert set(load) >= {*agreed, "schema_changes", "error"}
    assert load["rows"] == {"read": 4, "filtered": 0, "rejected": 1, "deduplicated": 0, "written": 3}
    assert (load["balanced"], load["error"], load["delivery"]) == (True, None, "exactly once")
    assert load["checkpoint"]["cursor"] == {"column": "at", "type": "int64", "value": 99}
    assert [(check["name"], check["passed"], check["rows"]) for check in load["checks"]] == [("late", False, 1)]
    assert Path(load["quarantine"]).exists()


def test_a_failed_run_says_so_with_its_error_in_the_report(shop: Shop) -> None:
    shop.fill(*THREE)
    shop.write("orders", steps="{type: rules, config: {rules: {all: 'true'}}}", more="    quarantine: {limit: 1}")
    answer = shop.call("run", "p", "--json")
    (load,) = answer.json["loads"]
    assert (answer.code, answer.json["status"], set(load["error"])) == (1, "failed", {"code", "message", "hint"})
    assert load["error"]["code"] == "data.too_many_rejected"
    assert "[data.too_many_rejected]" in answer.err


def test_without_a_terminal_events_are_lines_of_json_on_stderr(shop: Shop) -> None:
    shop.fill(*THREE)
    shop.write("orders")
    answer = shop.call("run", "p")
    events = [json.loads(line)["event"] for line in answer.err.splitlines()]
    assert (events[0], events[-2:]) == ("RunStarted", ["LoadFinished", "RunFinished"])
    assert "succeeded" in answer.out
    assert shop.call("run", "p", "--quiet").err == ""


def test_help_imports_nothing_heavy(shop: Shop) -> None:
    code = """
import sys
sys.argv = ["headwater", "--help"]
from headwater.cli.main import main
try:
    main()
except SystemExit:
    heavy = {"pyarrow", "duckdb", "pydantic", "sqlglot", "yaml", "rich", "tenacity", "numpy"} & set(sys.modules)
    print("HEAVY", sorted(heavy), len(sys.modules))
"""
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "Move tables from any system" in out
    assert "HEAVY [] " in out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_stalled_replay_and_its_rows_stay_open(shop: Shop, number: signal.Signals) -> None:
    os.mkfifo(shop.folder / "lake.db.stalled")
    shop.fill(*THREE, (4, 99))
    rules = "{type: rules, config: {rules: {late: '\"at\" > 90'}}}"
    shop.write("orders", steps=rules)
    assert shop.call("run", "p").code == 0
    allowing = rules.replace("> 90", "> 99")
    shop.write("orders", steps=allowing, target=", stall: write")
    process = shop.start("quarantine", "replay", "p")
    assert (shop.folder / "lake.db.stalled").read_text().startswith("write")
    process.send_signal(number)
    started = time.monotonic()
    process.communicate(timeout=30)
    assert (process.returncode, time.monotonic() - started < 5) == (130, True)
    assert shop.rows() == list(THREE)
    shop.write("orders", steps=allowing)
    assert shop.call("quarantine", "replay", "p").code == 0
    assert shop.rows() == [*THREE, (4, 99)]


def test_a_relative_temp_directory_starts_at_the_project_file_wherever_the_command_is_called(shop: Shop) -> None:
    shop.fill(*THREE)
    shop.write("orders", more="    engine: {type: local, temp_directory: spill}")
    (shop.folder / "elsewhere").mkdir()
    elsewhere = Shop(shop.folder / "elsewhere")
    (shop.folder / "plugins").rename(elsewhere.folder / "plugins")
    assert elsewhere.call("run", "p", "-f", str(shop.project)).code == 0
    assert (shop.folder / "spill").is_dir()
    assert not (elsewhere.folder / "spill").exists()
