"""Every code that runs, calls, schedules and quarantine can answer with is explained."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
CODE = re.compile(r'code"?(?:=|: )"((?:calls|quarantine|run|runs|schedules)\.[a-z_]+)"')


def test_every_code_of_these_nouns_is_on_the_page_of_errors() -> None:
    source = ROOT / "server/src/headwater_server"
    nouns = ("calls", "quarantine", "runs", "schedules", "worker")
    files = [file for noun in nouns for file in sorted((source / noun).rglob("*.py"))]
    codes = {code for file in files for code in CODE.findall(file.read_text(encoding="utf-8"))}
    pages = [(ROOT / f"docs/reference/{name}.md").read_text(encoding="utf-8") for name in ("errors", "server-errors")]
    assert len(codes) > 12
    assert sorted(code for code in codes if not any(f"| `{code}` |" in page for page in pages)) == []
