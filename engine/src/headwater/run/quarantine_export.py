"""Rejected rows as text for other tools: JSON lines that `replay --edited` takes back, and CSV for a spreadsheet."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TextIO

from headwater.run.quarantine_files import Rejects
from headwater.run.quarantine_rows import RejectedRow, Wanted, each_row
from headwater.sdk.stream import Json

ExportFormat = Literal["jsonl", "csv"]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_ABOUT = ("_stream", "_run", "_row", "_step", "_rules", "_file", "_line", "_state")


def export_rows(found: Sequence[Rejects], wanted: Wanted, out: TextIO, *, to: ExportFormat = "jsonl") -> int:
    """Write every row that is wanted; how many there were."""
    writers: Mapping[ExportFormat, Callable[[Sequence[Rejects], Wanted, TextIO], int]] = {"jsonl": _lines, "csv": _csv}
    return writers[to](found, wanted, out)


def editable(row: RejectedRow) -> dict[str, Json]:
    """The row's own columns, beside what tells where it stands (`_stream`, `_row`) and why it is here."""
    about: dict[str, Json] = {
        "_stream": row.stream,
        "_run": row.run_id,
        "_row": row.number,
        "_step": row.step,
        "_rules": [dict(rule) for rule in row.rules],
        "_file": row.file,
        "_line": row.line,
        "_state": row.state,
    }
    return {**about, **row.values} if row.values is not None else {**about, "_text": row.text}


def _lines(found: Sequence[Rejects], wanted: Wanted, out: TextIO) -> int:
    count = 0
    for row in each_row(found, wanted):
        out.write(json.dumps(editable(row), ensure_ascii=False) + "\n")
        count += 1
    return count


def _csv(found: Sequence[Rejects], wanted: Wanted, out: TextIO) -> int:
    """Two passes: the header has every column that any of the rows has."""
    columns: dict[str, None] = {}
    for row in each_row(found, wanted):
        columns |= dict.fromkeys(row.values if row.values is not None else ("_text",))
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*_ABOUT, *columns])
    count = 0
    for row in each_row(found, wanted):
        whole = editable(row) | {"_rules": "; ".join(str(rule["message"]) for rule in row.rules)}
        writer.writerow([_cell(whole.get(name)) for name in (*_ABOUT, *columns)])
        count += 1
    return count


def _cell(value: Json) -> object:
    """A spreadsheet takes a text that begins with one of these for a formula; rejected rows may hold anything."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    if value is None or (isinstance(value, str | int | float) and not isinstance(value, bool)):
        return value
    return json.dumps(value, ensure_ascii=False)
