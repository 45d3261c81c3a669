"""`make docs`: the pages of docs/ as a site in build/docs/site, with search; a warning is an error.

The first page is the table of contents: its sections and lists become the navigation, so there is one list to keep.
The site loads nothing from elsewhere: no fonts, no scripts, no counters; a link in it that does is reported.
"""

from __future__ import annotations

import json
import posixpath
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCS, BUILD = ROOT / "docs", ROOT / "build" / "docs"
# Pages of the repository that stand outside of docs/, and what they are called on the site.
FROM_OUTSIDE = {"ARCHITECTURE.md": "architecture.md", "CHANGELOG.md": "changelog.md"}

Entry = str | dict[str, "str | list[Entry]"]

_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_ITEM = re.compile(r"^- (.+(?:\n {2,}.+)*)", re.MULTILINE)
_LABEL = re.compile(r"^(\w[\w ]*): *\[")
_LINK = re.compile(r"\[([^\]\n]+)\]\(([^)\s#]+\.md)\)")
_RELATIVE = re.compile(r"\[([^\]\n]+)\]\((?![a-z]+:|#)([^)\s#]+)(#[^)\s]*)?\)")
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
_FETCHED = re.compile(
    r"<(?:script|img|iframe|source)[^>]+src=[\"']?(?:https?:)?//[^\s\"'>]+"
    r"|<link(?=[^>]+rel=[\"']?(?:stylesheet|preload|preconnect|icon))[^>]+href=[\"']?(?:https?:)?//[^\s\"'>]+"
    r"|@import[^;]+//[^;]+|url\([\"']?(?:https?:)?//[^)]+\)"
)

CONFIG = {
    "site_name": "Headwater",
    "site_description": "Moves tables from any system to any other, checks them on the way, and proves what it did.",
    "copyright": "Apache License 2.0",
    "use_directory_urls": False,
    "docs_dir": "pages",
    "site_dir": "site",
    "theme": {
        "font": False,
        "features": ["content.code.copy", "navigation.indexes", "navigation.top", "search.highlight", "toc.follow"],
        "palette": [
            {
                "media": "(prefers-color-scheme: light)",
                "scheme": "default",
                "toggle": {"icon": "lucide/sun", "name": "Dark"},
            },
            {
                "media": "(prefers-color-scheme: dark)",
                "scheme": "slate",
                "toggle": {"icon": "lucide/moon", "name": "Light"},
            },
        ],
    },
    "markdown_extensions": [
        "admonition",
        "attr_list",
        "sane_lists",
        "tables",
        {"toc": {"permalink": True}},
        "pymdownx.highlight",
        "pymdownx.superfences",
    ],
    "plugins": ["search"],
    "validation": {
        "invalid_links": True,
        "invalid_link_anchors": True,
        "unresolved_references": False,  # brackets in prose are no links here
        "unused_definitions": False,
    },
}


def main() -> int:
    shutil.rmtree(BUILD, ignore_errors=True)
    pages = BUILD / "pages"
    shutil.copytree(DOCS, pages)
    for name, page in FROM_OUTSIDE.items():
        (pages / page).write_text(_as_seen_from_docs((ROOT / name).read_text(encoding="utf-8")), encoding="utf-8")
    for path in pages.rglob("*.md"):
        page = path.relative_to(pages).as_posix()
        path.write_text(links_that_stay_inside(path.read_text(encoding="utf-8"), page), encoding="utf-8")
    (BUILD / "mkdocs.yml").write_text(json.dumps({**CONFIG, "nav": navigation(pages)}), encoding="utf-8")
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    done = subprocess.run(command, cwd=BUILD, text=True, capture_output=True, check=False)
    if done.returncode:
        said = f"{done.stdout}{done.stderr.partition('Traceback')[0]}{done.stderr.strip().rpartition(chr(10))[2]}"
        print(re.sub(r"\x1b\[[0-9;]*m", "", said), file=sys.stderr)
        return 1
    fetched = sorted(set(fetched_from_elsewhere(BUILD / "site")))
    print("\n".join(fetched) or f"docs: {len(list(pages.rglob('*.md')))} pages in {(BUILD / 'site').relative_to(ROOT)}")
    return 1 if fetched else 0


def navigation(pages: Path) -> list[Entry]:
    """The sections of the first page. `Label: [a](…) [b](…)` is a group of its own; records are listed by number."""
    text = (pages / "index.md").read_text(encoding="utf-8")
    parts = _SECTION.split(text)
    nav: list[Entry] = [{"Start": "index.md"}]
    for title, body in zip(parts[1::2], parts[2::2], strict=True):
        entries: list[Entry] = []
        for item in _ITEM.findall(body):
            links: list[Entry] = [_entry(pages, name, target) for name, target in _LINK.findall(item)]
            label = _LABEL.match(item)
            if label:
                links = [{label[1]: links}]
            entries.extend(links)
        nav.append({title: entries})
    return nav


def _entry(pages: Path, text: str, target: str) -> Entry:
    if target != "decisions/README.md":
        return {text: target}
    records = sorted((pages / "decisions").glob("[0-9]*.md"))
    titles = {path: _TITLE.search(path.read_text(encoding="utf-8")) for path in records}
    listed: list[Entry] = [{title[1]: f"decisions/{path.name}"} for path, title in titles.items() if title]
    return {text.capitalize(): [target, *listed]}


def _as_seen_from_docs(text: str) -> str:
    return re.sub(r"\]\(docs/", "](", re.sub(r"\]\((?!docs/|https?:|#)", "](../", text))


def links_that_stay_inside(text: str, page: str) -> str:
    """A link to what is outside of docs/ and on the site leads there; what is not on the site becomes plain text."""
    folder = posixpath.dirname(page)

    def kept(found: re.Match[str]) -> str:
        name, target, anchor = found.groups()
        place = posixpath.normpath(posixpath.join(folder, target))
        if not place.startswith("../"):
            return found[0]
        there = FROM_OUTSIDE.get(place.removeprefix("../"))
        return f"[{name}]({posixpath.relpath(there, folder or '.')}{anchor or ''})" if there else name

    return _RELATIVE.sub(kept, text)


def fetched_from_elsewhere(site: Path) -> Iterator[str]:
    for path in site.rglob("*"):
        if path.suffix in {".html", ".css"}:
            for found in _FETCHED.findall(path.read_text(encoding="utf-8")):
                yield f"{path.relative_to(site)}: fetched from elsewhere: {found}"


if __name__ == "__main__":
    sys.exit(main())
