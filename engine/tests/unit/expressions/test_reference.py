"""The table of functions in docs/reference/expressions.md is the allow-list itself.

Set HEADWATER_UPDATE_SNAPSHOTS=1 to write it anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from headwater.toolkit.expressions.catalogue import FAMILIES

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "expressions.md"
BEGIN, END = "<!-- functions: written by test_reference.py -->\n", "<!-- end of functions -->"


def tables() -> Iterator[str]:
    for family, functions in FAMILIES.items():
        yield f"\n### {family}\n\n| | |\n|---|---|\n"
        for function in functions:
            also = f" Also `{'`, `'.join(function.names[1:])}`." if len(function.names) > 1 else ""
            note = f" {function.note}" if function.note else ""
            yield f"| `{function.usage}` | {function.does}{note}{also} |\n".replace("||", r"\|\|")
    yield "\n"


def test_the_reference_lists_every_function_as_it_is() -> None:
    wanted = "".join(tables())
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    shown, _, after = rest.partition(END)
    if os.environ.get("HEADWATER_UPDATE_SNAPSHOTS") == "1":
        PAGE.write_text(f"{before}{BEGIN}{wanted}{END}{after}", encoding="utf-8")
        shown = wanted
    assert shown == wanted
