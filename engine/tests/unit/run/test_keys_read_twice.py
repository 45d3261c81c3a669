"""Repeated keys of a file that DuckDB scans itself: found by a second look at the keys, with the same rows as ever."""

from __future__ import annotations

from pathlib import Path

import pytest

import headwater

# Beyond 32 MB a CSV file is scanned by DuckDB itself.
FILLER = "x" * 200
ROWS = 180_000


@pytest.mark.parametrize("types", ["", "columns: {id: int64}"])
def test_rows_of_a_repeated_key_are_rejected_and_malformed_lines_counted_once(tmp_path: Path, types: str) -> None:
    lines = [f"{number},{FILLER}\n" for number in range(ROWS)]
    lines[5], lines[7], lines[9], lines[11] = (
        f"4,{FILLER}\n",
        "too,many,cells,here\n",
        f",{FILLER}\n",
        f"n/a,{FILLER}\n",
    )
    (tmp_path / "orders.csv").write_text("id,text\n" + "".join(lines))
    (tmp_path / "headwater.yaml").write_text(f"""\
version: 1
pipelines:
  p:
    sources: [{{type: files, config: {{url: orders.csv, {types or "all_text: true"}}}, streams: [orders]}}]
    processors: [{{type: schema, config: {{columns: {{id: int64}}, primary_key: [id]}}}}]
    destinations: [{{type: files, config: {{url: out}}}}]
""")
    session = headwater.load(tmp_path)
    report = session.run("p")
    (load,) = report.loads
    assert load.error is None
    assert (load.rows.read, load.rows.rejected, load.rows.written, load.balanced) == (ROWS, 5, ROWS - 5, True)
    broken = {rule.rule: rule.rows for rule in session.rejected_rules("p")}
    assert (broken["malformed"], broken["schema:primary_key"]) == (1, 2)
