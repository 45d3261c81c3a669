"""The example on each processor's page gives what the page shows."""

from __future__ import annotations

import csv
import io
from importlib.metadata import entry_points
from pathlib import Path

import pyarrow as pa
import pytest
import yaml
from unit.docs.markdown_pages import blocks
from unit.processors.apply import apply

PAGES = sorted((Path(__file__).parents[4] / "docs" / "processors").glob("*.md"))
RELATIONAL = [page for page in PAGES if page.stem in {"select", "filter", "derive", "cast"}]


def shown(page: Path, title: str) -> str:
    found = [block.text for block in blocks(page) if block.info.endswith(f'title="{title}"')]
    return found[0] if found else ""


def table_of(text: str) -> pa.Table:
    header, *rows = csv.reader(io.StringIO(text))
    return pa.table({name: [row[index] or None for row in rows] for index, name in enumerate(header)})


def texts_of(table: pa.Table) -> list[list[str]]:
    spelled = [[_spelled(value) for value in row.values()] for row in table.to_pylist()]
    return [table.column_names, *spelled]


def _spelled(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("page", RELATIONAL, ids=lambda page: page.stem)
def test_the_example_gives_what_the_page_shows(page: Path) -> None:
    project = yaml.safe_load(shown(page, "headwater.yaml"))
    (pipeline,) = project["pipelines"].values()
    types = {point.name: point.load() for point in entry_points(group="headwater.processors")}
    table, rejected = table_of(shown(page, "input")), list[str]()

    for step in pipeline["processors"]:
        processor = types[step["type"]](types[step["type"]].config_type.model_validate(step["config"]))
        outcome = apply(processor, table)
        table = outcome.table
        rejected += [" ".join(rules) for rules in outcome.rejected]

    assert texts_of(table) == list(csv.reader(io.StringIO(shown(page, "output"))))
    assert rejected == shown(page, "rejected").splitlines()[1:]
