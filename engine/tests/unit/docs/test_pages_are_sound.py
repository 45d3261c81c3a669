"""What the pages show works: links lead somewhere, and project files load with the plugins they name."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from unit.docs.markdown_pages import DOCS, ROOT, Block, anchors, blocks, links, pages

from headwater.registry import installed
from headwater.spec.load import parse_project
from headwater.spec.plugin_config import plugin_problems

# A block of YAML with this title is a whole project file; others are parts of one.
PROJECT_FILE = 'yaml title="headwater.yaml"'
PROJECTS = [block for path in pages() for block in blocks(path) if block.info == PROJECT_FILE]


def test_there_are_project_files_on_the_pages() -> None:
    assert len(PROJECTS) >= 5


@pytest.mark.parametrize("block", PROJECTS, ids=lambda block: block.name)
def test_every_project_file_on_a_page_loads_and_its_plugins_accept_their_config(block: Block) -> None:
    project = parse_project(block.text, str(block.page.with_name("headwater.yaml")))

    assert plugin_problems(project, installed().config_type) == []


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_to_a_page_and_a_heading(path: Path) -> None:
    broken: list[str] = []
    for link in links(path):
        target, _, anchor = unquote(link).partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (path.parent / target).resolve() if target else path
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(link)

    assert broken == []


def test_every_page_can_be_reached_from_the_first_one() -> None:
    reached: set[Path] = set()
    left = [DOCS / "index.md"]
    while left:
        path = left.pop()
        if path in reached:
            continue
        reached.add(path)
        found = [(path.parent / unquote(link).partition("#")[0]).resolve() for link in links(path) if ":" not in link]
        left += [item for item in found if item.suffix == ".md" and item.is_file()]

    own = {path for path in DOCS.rglob("*.md") if not re.match(r"\d{4}-", path.name)}  # records are listed by number
    assert sorted(str(path.relative_to(DOCS)) for path in own - reached) == []
