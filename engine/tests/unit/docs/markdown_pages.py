"""The pages of the repository as tests look at them: text, code blocks, links, sections."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[4]
DOCS = ROOT / "docs"

_FENCE = re.compile(r"^( *)```(?P<info>[^\n`]*)\n(?P<body>.*?)^\1```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[[^\]\n]+\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


class Block(NamedTuple):
    page: Path
    line: int
    info: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    """Every page a reader may open. Test data is none."""
    top = [path for path in ROOT.glob("*.md") if path.name != "LICENSE"]
    return sorted([*top, *DOCS.rglob("*.md"), *ROOT.glob("examples/*/*.md"), *ROOT.glob("engine/*.md")])


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def blocks(path: Path) -> Iterator[Block]:
    text = path.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        yield Block(path, text.count("\n", 0, found.start()) + 1, found["info"].strip(), found["body"])


def without_blocks(text: str) -> str:
    return _FENCE.sub("", text)


def links(path: Path) -> list[str]:
    return _LINK.findall(without_blocks(path.read_text(encoding="utf-8")))


def sections(text: str) -> dict[str, str]:
    """Heading of the second level → its text; the text before the first one has the name ''."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def anchors(path: Path) -> set[str]:
    """The anchors GitHub gives to headings."""
    headings = _HEADING.findall(without_blocks(path.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
