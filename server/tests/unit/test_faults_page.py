"""The page about the server's faults names tests that are there."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parents[1] / "docs" / "explanation" / "server-faults.md"
NAMED = re.compile(r"`([a-z_/]+\.py)::(test_\w+)` \|$", re.MULTILINE)


def test_every_fault_on_the_page_has_its_test() -> None:
    text = PAGE.read_text(encoding="utf-8")
    named = NAMED.findall(text)
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| fault ")]

    assert len(named) == len(rows) > 30
    missing = [f"{file}::{test}" for file, test in named if f"def {test}(" not in (TESTS / file).read_text()]
    assert missing == []
