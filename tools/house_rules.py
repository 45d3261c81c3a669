"""House rules that no ready-made linter checks, over every file that git knows or would add.

Each rule is one function that yields what breaks it; `make check` runs them all.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

MAX_LINES = 400
MAX_RECORD_LINES = 60
EMPTY_NAMES = {"common", "helper", "helpers", "manager", "misc", "util", "utils"}
CODE = {".py", ".ts", ".tsx", ".js", ".sh", ".sql"}
RECORD_NAME = re.compile(r"\d{4}-[a-z0-9]+(-[a-z0-9]+)*\.md")
RECORD_STATUS = re.compile(r"^Status: (proposed|accepted|superseded by \d{4})$", re.MULTILINE)
RECORD_DATE = re.compile(r"^Date: \d{4}-\d{2}-\d{2}$", re.MULTILINE)
RECORD_SECTIONS = ("## Context", "## Decision", "## Consequences")
LOCK_LEAKS = re.compile(r"https?://|--find-links|--(extra-)?index-url| @ |file:")
SENTENCE_WORDS = 3


class Finding(NamedTuple):
    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def file_names_say_something(path: Path, text: str) -> Iterator[Finding]:
    if path.suffix in CODE and EMPTY_NAMES & set(re.split(r"[_.-]", path.stem)):
        yield Finding(path, 1, f"{path.name} says nothing about what is in it; name the one job it does")
    for folder in path.parts[:-1]:
        if folder in EMPTY_NAMES:
            yield Finding(path, 1, f"the folder {folder}/ says nothing about what is in it")


def files_are_short(path: Path, text: str) -> Iterator[Finding]:
    lines = text.count("\n")
    if ".gen" in path.suffixes:
        return  # written by a generator, read by no one
    if path.suffix in CODE and lines > MAX_LINES:
        yield Finding(path, MAX_LINES, f"{lines} lines, {MAX_LINES} are allowed; split it by job")


def locks_do_not_say_where_packages_came_from(path: Path, text: str) -> Iterator[Finding]:
    if path.parts[0] != "requirements" or path.suffix != ".txt":
        return
    for number, line in enumerate(text.splitlines(), 1):
        if LOCK_LEAKS.search(line):
            yield Finding(path, number, "a lock holds names, versions and hashes only; run `make lock`")
    if "--hash=sha256:" not in text:
        yield Finding(path, 1, "a lock without hashes; run `make lock`")


def decision_records_have_their_form(path: Path, text: str) -> Iterator[Finding]:
    if path.parent != Path("docs/decisions") or path.name == "README.md":
        return
    if not RECORD_NAME.fullmatch(path.name):
        yield Finding(path, 1, "a decision record is called NNNN-what-it-is-about.md")
    if not text.startswith(f"# {path.name[:4]}. "):
        yield Finding(path, 1, f"a decision record opens with `# {path.name[:4]}. Title`")
    if not RECORD_STATUS.search(text):
        yield Finding(path, 1, "needs a line `Status: proposed`, `accepted` or `superseded by NNNN`")
    if not RECORD_DATE.search(text):
        yield Finding(path, 1, "needs a line `Date: YYYY-MM-DD`")
    if tuple(line for line in text.splitlines() if line.startswith("## ")) != RECORD_SECTIONS:
        yield Finding(path, 1, f"has exactly the sections {', '.join(RECORD_SECTIONS)}")
    if (lines := text.count("\n")) > MAX_RECORD_LINES:
        yield Finding(path, MAX_RECORD_LINES, f"{lines} lines; one screen has {MAX_RECORD_LINES}")


def nothing_is_left_unimplemented(path: Path, text: str) -> Iterator[Finding]:
    for node in python_nodes(path, text):
        if isinstance(node, ast.Name) and node.id == "NotImplementedError":
            yield Finding(path, node.lineno, "NotImplementedError: write it, or leave it out")


def test_names_are_sentences(path: Path, text: str) -> Iterator[Finding]:
    if not path.name.startswith("test_"):
        return
    for node in python_nodes(path, text):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            words = [word for word in node.name.split("_")[1:] if word]
            if len(words) < SENTENCE_WORDS:
                yield Finding(path, node.lineno, f"{node.name}: a test's name is a sentence of behaviour")


def tests_do_not_sleep(path: Path, text: str) -> Iterator[Finding]:
    if not path.name.startswith("test_"):
        return
    for node in python_nodes(path, text):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="time"), attr="sleep") | ast.Name(id="sleep")):
                yield Finding(path, node.lineno, "a test does not sleep: wait for the event itself")
            case _:
                pass


RULES = (
    file_names_say_something,
    files_are_short,
    locks_do_not_say_where_packages_came_from,
    decision_records_have_their_form,
    nothing_is_left_unimplemented,
    test_names_are_sentences,
    tests_do_not_sleep,
)


def python_nodes(path: Path, text: str) -> Iterator[ast.AST]:
    if path.suffix == ".py":
        yield from ast.walk(ast.parse(text, filename=str(path)))


def record_numbers_are_unique(paths: list[Path]) -> Iterator[Finding]:
    records = [path for path in paths if path.parent == Path("docs/decisions")]
    taken = Counter(path.name[:4] for path in records)
    for path in records:
        if taken[path.name[:4]] > 1:
            yield Finding(path, 1, f"the number {path.name[:4]} is taken twice")


def committed_files(root: Path) -> list[Path]:
    """Paths relative to the root, of what is tracked or would be added."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    paths = sorted({Path(name) for name in listing.split("\0") if name})
    return [path for path in paths if (root / path).is_file()]


def findings(root: Path, paths: list[Path]) -> Iterator[Finding]:
    yield from record_numbers_are_unique(paths)
    for path in paths:
        try:
            text = (root / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # binary, or test data in another encoding: no rule speaks about those
        for rule in RULES:
            yield from rule(path, text)


def main() -> int:
    root = Path(__file__).resolve().parents[1]
    found = list(findings(root, committed_files(root)))
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
