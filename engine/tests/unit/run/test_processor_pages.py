"""The examples on the pages of processors that work on several streams, or on whole ones, give what the pages show."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import json as arrow_json
from unit.docs.markdown_pages import DOCS, blocks
from unit.run.reshaped import Data, Works, works_at

from headwater.spec.yaml_document import compose

PAGES = ("deduplicate", "fill", "flatten", "lookup", "python", "sql")


@pytest.fixture
def works(tmp_path: Path) -> Iterator[Works]:
    yield from works_at(tmp_path)


def titled(page: str) -> dict[str, str]:
    """Title → text of every block that has one."""
    found = [
        (block.info.partition('title="')[2].rstrip('"'), block.text) for block in blocks(DOCS / "processors" / page)
    ]
    return {title: text for title, text in found if title}


def table_of(text: str) -> pa.Table:
    if text.startswith("{"):
        return arrow_json.read_json(io.BytesIO(text.encode()))
    header, *rows = csv.reader(io.StringIO(text))
    return pa.table({name: pa.array([row[at] or None for row in rows], pa.string()) for at, name in enumerate(header)})


def spelled(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def steps_of(project: Any, folder: Path) -> list[Data]:
    (pipeline,) = project["pipelines"].values()
    for step in pipeline["processors"]:
        if "file" in step["config"]:
            step["config"]["file"] = str(folder / step["config"]["file"])
    return pipeline["processors"]


@pytest.mark.parametrize("page", PAGES)
def test_the_example_gives_what_the_page_shows(works: Works, tmp_path: Path, page: str) -> None:
    shown = titled(f"{page}.md")
    for title, text in shown.items():
        if title.endswith(".py"):
            (tmp_path / title).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / title).write_text(text, encoding="utf-8")
    works.add(**{title.removeprefix("input: "): table_of(text) for title, text in shown.items() if "input" in title})

    found = works.run(*steps_of(compose(shown["headwater.yaml"], "headwater.yaml").plain(), tmp_path))

    outputs = {title.removeprefix("output: "): text for title, text in shown.items() if "output" in title}
    assert outputs
    for stream, text in outputs.items():
        header, *rows = csv.reader(io.StringIO(text))
        assert found.columns(stream) == header
        assert sorted([spelled(value) for value in row] for row in found.rows(stream)) == sorted(rows)
    if "rejected" in shown:
        (stream,) = outputs
        assert [" ".join(rules) for rules in found.rejected(stream)] == shown["rejected"].split("\n")[1:-1]
