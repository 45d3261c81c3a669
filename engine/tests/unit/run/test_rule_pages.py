"""The pages of `schema` and `quality` say what happens: the seventh way in which a quarantine goes wrong is a page that
does not.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any, get_args

import pyarrow as pa
import pytest
from unit.docs.markdown_pages import DOCS, blocks
from unit.run.judged import Judge, Judged

from headwater.processors.quality import NAMES, AboutAll, AboutRows
from headwater.processors.schema import SchemaConfig
from headwater.spec.yaml_document import compose
from headwater.toolkit.rules.column import ColumnSpec


def page(name: str) -> str:
    return (DOCS / "processors" / f"{name}.md").read_text(encoding="utf-8")


def titled(name: str, title: str) -> str:
    (text,) = [b.text for b in blocks(DOCS / "processors" / f"{name}.md") if b.info.endswith(f'title="{title}"')]
    return text


def run_example(name: str, folder: Path) -> Judged:
    project: Any = compose(titled(name, "headwater.yaml"), "headwater.yaml").plain()
    header, *rows = csv.reader(io.StringIO(titled(name, "input")))
    table = pa.table({name: pa.array([row[at] or None for row in rows], pa.string()) for at, name in enumerate(header)})
    return Judge(folder, project["pipelines"]["orders"]["processors"]).run(orders=table)


@pytest.mark.parametrize("name", ["schema", "quality"])
def test_the_example_delivers_and_sets_aside_what_the_page_shows(name: str, tmp_path: Path) -> None:
    found = run_example(name, tmp_path)
    header, *rows = csv.reader(io.StringIO(titled(name, "output")))
    delivered = [["" if value is None else str(value) for value in row.values()] for row in found.table.to_pylist()]
    assert (found.table.column_names, sorted(delivered)) == (header, sorted(rows))
    assert sorted(" ".join(row["rules"]) for row in found.rejected) == sorted(
        titled(name, "rejected").split("\n")[1:-1]
    )


def test_the_report_shows_the_checks_that_the_page_shows(tmp_path: Path) -> None:
    found = run_example("quality", tmp_path)
    header, *rows = csv.reader(io.StringIO(titled("quality", "checks")))
    broken = [check for check in found.load.checks if not check["passed"]]
    assert [[str(check.get(key, "")) for key in header] for check in broken] == rows


def test_every_rule_and_each_of_its_settings_stands_on_the_page() -> None:
    text = page("quality")
    assert [name for name in NAMES if f"`{name}`" not in text] == []
    for model in (*get_args(AboutRows), *get_args(AboutAll)):
        missing = [name for name in model.model_fields if f"`{name}`" not in text and f"`{name}: " not in text]
        assert missing == [], model.__name__


def test_every_key_of_a_contract_stands_on_the_page() -> None:
    text = page("schema")
    keys = [*SchemaConfig.model_fields, *ColumnSpec.model_fields]
    assert [name for name in keys if f"`{name}`" not in text] == []
