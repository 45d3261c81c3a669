"""What the pages print is what the programs print: the demo in the README, and the tutorial step by step.

Run ids and times differ from run to run, so both sides are compared without them. A line `…` stands for any lines.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from unit.docs.markdown_pages import DOCS, ROOT, Block, blocks

DEMO_OUTPUT = 'text title="make demo"'
README = ROOT / "README.md"
TUTORIAL = DOCS / "tutorial.md"
VARYING = (
    (re.compile(r"\b\d{8}T\d{6}-[0-9a-f]{8}\b"), "RUN"),
    (re.compile(r"\b\d+\.\d+ s\b"), "T s"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00"), "NOW"),
)


def lines_of(text: str) -> list[str]:
    for pattern, instead in VARYING:
        text = pattern.sub(instead, text)
    return [line.rstrip() for line in text.strip("\n").splitlines()]


def first_difference(shown: list[str], printed: list[str]) -> str | None:
    """None when every shown line is printed, in this order, and nothing is left out but where `…` stands."""
    at, may_skip = 0, False
    for line in shown:
        if line.strip() == "…":
            may_skip = True
            continue
        found = next((i for i in range(at, len(printed)) if printed[i] == line), None) if may_skip else at
        if found is None or found >= len(printed) or printed[found] != line:
            return f"shown: {line!r}, printed here: {printed[at : at + 3]}"
        at, may_skip = found + 1, False
    return None if may_skip or at == len(printed) else f"printed, but not shown: {printed[at : at + 3]}"


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HEADWATER_")}
    return {**kept, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}", "HOME": str(home)}


def blocks_of(page: Path, info: str) -> list[Block]:
    return [block for block in blocks(page) if block.info == info]


def test_the_demo_succeeds_and_prints_what_the_readme_shows(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shutil.copytree(ROOT / "examples" / "shop", shop, ignore=shutil.ignore_patterns("out", ".headwater", "__pycache__"))
    command = [sys.executable, str(shop / "demo.py")]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, timeout=110, check=False
    )
    (block,) = blocks_of(README, DEMO_OUTPUT)

    assert done.returncode == 0, done.stdout + done.stderr
    assert first_difference(["…", *lines_of(block.text)], lines_of(done.stdout)) is None


def test_the_project_file_in_the_readme_is_that_of_the_demo() -> None:
    (block,) = blocks_of(README, 'yaml title="headwater.yaml"')

    assert block.text == (ROOT / "examples" / "shop" / "headwater.yaml").read_text(encoding="utf-8")


def test_every_step_of_the_tutorial_prints_what_the_page_shows(tmp_path: Path) -> None:
    for block in blocks(TUTORIAL):
        if block.info == 'yaml title="headwater.yaml"':
            (tmp_path / "headwater.yaml").write_text(block.text, encoding="utf-8")
        elif block.info == "sh":
            bash(block.text, tmp_path)
        elif block.info == "console":
            for command, *shown in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n?)*)", block.text, re.MULTILINE):
                printed = bash(command, tmp_path)
                assert first_difference(lines_of(shown[0]), lines_of(printed)) is None, f"{block.name}: $ {command}"


def bash(script: str, folder: Path) -> str:
    done = subprocess.run(
        ["bash", "-euc", script],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize(
    ("shown", "same"),
    [
        ("a\nb\nc", True),
        ("a\n…", True),
        ("…\nc", True),
        ("a\n…\nc", True),
        ("a\nc", False),
        ("a\nb", False),
        ("x\n…", False),
    ],
)
def test_a_shown_text_may_leave_lines_out_only_where_it_says_so(shown: str, same: bool) -> None:  # noqa: FBT001
    assert (first_difference(lines_of(shown), ["a", "b", "c"]) is None) is same
