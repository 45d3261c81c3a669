"""The page about faults names the tests that prove it, and no others."""

import re
from pathlib import Path

from unit.docs.markdown_pages import page

FAULTS = Path(__file__).parents[2] / "faults"


def test_every_file_of_the_matrix_is_on_the_page_and_every_one_on_the_page_exists() -> None:
    named = re.findall(r"^\| `(test_\w+\.py)` \|", page("explanation/faults.md"), re.MULTILINE)
    assert sorted(named) == sorted(path.name for path in FAULTS.glob("test_*.py"))


def test_the_points_of_a_kill_on_the_page_are_those_of_the_matrix() -> None:
    source = (FAULTS / "points.py").read_text()
    points = re.findall(r'"([a-z-]+)"', source[source.index("POINTS = (") : source.index("VARIABLE")])
    assert points == ["begin", "mid-write", "before-commit", "in-commit", "after-commit"]
    assert "kill at begin, in mid-write, just before, in and just after the commit" in page("explanation/faults.md")
