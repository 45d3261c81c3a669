"""Where a rejected row came from: its file, and its key."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from unit.run.bench import Bench

import headwater

RULES = "{type: rules, config: {rules: {negative: '\"n\" < 0'}}}"


def project(folder: Path, lines: int) -> Path:
    text = "id,n\n" + "".join(f"{number},{number}\n" for number in range(lines)) + "7,-1\n"
    (folder / "orders.csv").write_text(text)
    (folder / "headwater.yaml").write_text("""\
version: 1
pipelines:
  p:
    sources: [{type: files, config: {url: orders.csv}, streams: [{name: orders, primary_key: [id]}]}]
    processors: [{type: quality, config: {rules: [{rule: range, column: n, min: 0}]}}]
    destinations: [{type: files, config: {url: out}}]
""")
    return folder


# The second is large enough for DuckDB to scan the file itself.
@pytest.mark.parametrize("lines", [10, 3_000_000])
def test_a_row_that_broke_a_rule_says_its_file_and_its_key(tmp_path: Path, lines: int) -> None:
    session = headwater.load(project(tmp_path, lines))
    assert session.run("p").succeeded
    (row,) = session.rejected_rows("p").rows
    assert (row.file, row.line, row.key) == (str(tmp_path / "orders.csv"), None, {"id": 7})


def test_a_row_of_several_files_says_its_key_alone(tmp_path: Path) -> None:
    project(tmp_path, 10)
    (tmp_path / "more").mkdir()
    for name in ("a", "b"):
        (tmp_path / "more" / f"{name}.csv").write_text("id,n\n1,1\n2,-2\n")
    text = (tmp_path / "headwater.yaml").read_text().replace("url: orders.csv", "url: more/*.csv")
    (tmp_path / "headwater.yaml").write_text(text.replace("name: orders", 'name: "*"'))
    session = headwater.load(tmp_path)
    assert session.run("p").succeeded
    rows = session.rejected_rows("p").rows
    assert [(row.file, row.key) for row in rows] == [(None, {"id": 2})] * 2


def test_a_row_whose_key_a_step_took_away_has_none(bench: Bench) -> None:
    bench.shop.add("orders", pa.table({"id": [1], "n": [-1]}), primary_key=("id",))
    only_n = "{type: columns, config: {columns: {n: '\"n\"'}}}"
    assert bench.run("{name: orders, write: append}", steps=[only_n, RULES]).succeeded
    (row,) = bench.session(steps=[only_n, RULES]).rejected_rows("p").rows
    assert (row.values, row.key) == ({"n": -1}, None)
