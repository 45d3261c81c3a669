from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from house_rules import committed_files, findings

RECORD = """# 0007. Bees over wasps

Status: accepted
Date: 2026-03-01

## Context

Both fly.

## Decision

Bees.

## Consequences

Honey.
"""


def broken(root: Path, files: dict[str, str]) -> list[str]:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [str(finding) for finding in findings(root, [Path(name) for name in files])]


@pytest.mark.parametrize("name", ["engine/utils.py", "engine/row_helpers.py", "engine/common/rows.py"])
def test_an_empty_file_name_is_found(tmp_path: Path, name: str) -> None:
    assert "says nothing about what is in it" in broken(tmp_path, {name: "x = 1\n"})[0]


def test_a_file_of_401_lines_is_too_long_and_one_of_400_is_not(tmp_path: Path) -> None:
    assert broken(tmp_path, {"fits.py": "x = 1\n" * 400}) == []
    assert broken(tmp_path, {"long.py": "x = 1\n" * 401}) == [
        "long.py:400: 401 lines, 400 are allowed; split it by job"
    ]


@pytest.mark.parametrize(
    "line",
    ["--index-url https://mirror.example/simple", "--find-links wheels", "a @ file:///srv/a.whl"],
)
def test_a_lock_that_says_where_packages_came_from_is_found(tmp_path: Path, line: str) -> None:
    lock = f"{line}\na==1 \\\n    --hash=sha256:00\n"
    assert broken(tmp_path, {"requirements/dev.txt": lock}) == [
        "requirements/dev.txt:1: a lock holds names, versions and hashes only; run `make lock`"
    ]


def test_a_lock_without_hashes_is_found(tmp_path: Path) -> None:
    assert "without hashes" in broken(tmp_path, {"requirements/dev.txt": "a==1\n"})[0]


def test_a_well_formed_decision_record_passes(tmp_path: Path) -> None:
    assert broken(tmp_path, {"docs/decisions/0007-bees-over-wasps.md": RECORD}) == []


@pytest.mark.parametrize(
    ("cut", "complaint"),
    [
        ("# 0007. ", "opens with"),
        ("Status: accepted\n", "Status"),
        ("Date: 2026-03-01\n", "Date"),
        ("## Consequences\n", "exactly the sections"),
    ],
)
def test_a_decision_record_with_a_part_missing_is_found(tmp_path: Path, cut: str, complaint: str) -> None:
    found = broken(tmp_path, {"docs/decisions/0007-bees-over-wasps.md": RECORD.replace(cut, "")})
    assert len(found) == 1
    assert complaint in found[0]


def test_a_decision_number_that_is_taken_twice_is_found(tmp_path: Path) -> None:
    found = broken(tmp_path, {"docs/decisions/0007-bees.md": RECORD, "docs/decisions/0007-wasps.md": RECORD})
    assert [line.split(": ")[1] for line in found] == ["the number 0007 is taken twice"] * 2


def test_code_that_is_not_written_yet_is_found(tmp_path: Path) -> None:
    found = broken(tmp_path, {"later.py": "def later():\n    raise NotImplementedError\n"})
    assert found == ["later.py:2: NotImplementedError: write it, or leave it out"]


def test_a_test_name_that_is_no_sentence_is_found(tmp_path: Path) -> None:
    found = broken(tmp_path, {"test_bees.py": "def test_fly():\n    assert True\n"})
    assert found == ["test_bees.py:1: test_fly: a test's name is a sentence of behaviour"]


@pytest.mark.parametrize("call", ["time.sleep(1)", "sleep(1)"])
def test_a_sleeping_test_is_found(tmp_path: Path, call: str) -> None:
    found = broken(tmp_path, {"test_bees.py": f"def test_bees_wake_up_early():\n    {call}\n"})
    assert found == ["test_bees.py:2: a test does not sleep: wait for the event itself"]


def test_files_that_git_ignores_are_not_judged(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("utils.py\n")
    (tmp_path / "utils.py").write_text("x = 1\n")
    (tmp_path / "bees.py").write_text("x = 1\n")
    assert committed_files(tmp_path) == [Path(".gitignore"), Path("bees.py")]
