"""The dialect of a CSV file, from its head: delimiter, escape, header, names.

A delimiter is right when it cuts most lines into the same number of fields, more than one. The first line is a header
unless its fields look like the values below it. Names are made unique, whatever their case: DuckDB knows no case.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from headwater.connectors.files.config import FilesConfig
from headwater.sdk.errors import DataError

_DELIMITERS = (",", ";", "\t", "|")
_LINES = 200
_VALUE = re.compile(
    r"\s*([+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?"
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?|\d\d:\d\d(:.*)?|true|false)\s*",
    re.IGNORECASE,
)

csv.field_size_limit(1 << 27)


@dataclass(frozen=True, slots=True)
class Dialect:
    delimiter: str
    quote: str
    escape: str
    skip: int
    header: bool
    columns: tuple[str, ...]
    renamed: tuple[str, ...] = ()


def find_dialect(head: str, config: FilesConfig, path: str, *, ended: bool) -> Dialect | None:
    """None for a file without a single field. `head` is the beginning of the text; `ended`: it is all of it."""
    # Not splitlines: it also cuts at characters that end no line of a CSV file.
    lines = [f"{line}\n" for line in head.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    blank = next((at for at, line in enumerate(lines[config.skip_rows :]) if line.strip()), None)
    if blank is None:
        return None
    skip = config.skip_rows + blank
    body = lines[skip:]
    if not ended and len(body) > 1:
        body = body[:-1]
    escape = config.escape or (config.quote if not _has_backslashes(body, config.quote) else "\\")
    delimiter = config.delimiter or _best_delimiter(body, config.quote, escape, tabs=path.lower().endswith(".tsv"))
    rows = _rows(body, delimiter, config.quote, escape)
    if not rows:
        return None
    header = _has_header(rows) if config.header == "auto" else config.header == "yes"
    names, renamed = _names(rows, config, header=header)
    if "\ufffd" in "".join(names):
        raise DataError(
            f"{path}:{skip + 1}: the header holds bytes that are not of the file's encoding",
            hint="set encoding to that of the file, e.g. latin-1, cp1252, utf-16",
            code="files.invalid_encoding",
        )
    return Dialect(delimiter, config.quote, escape, skip, header, names, renamed)


def _rows(lines: Sequence[str], delimiter: str, quote: str, escape: str) -> list[list[str]]:
    reader = csv.reader(
        lines[:_LINES],
        delimiter=delimiter if len(delimiter) == 1 else "\x1f",
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        doublequote=escape == quote,
        escapechar=None if escape == quote else escape,
    )
    if len(delimiter) > 1:
        return [line.rstrip("\r\n").split(delimiter) for line in lines[:_LINES] if line.strip()]
    return [row for row in reader if row]


def _has_backslashes(lines: Sequence[str], quote: str) -> bool:
    text = "".join(lines[:_LINES])
    return bool(quote) and f"\\{quote}" in text and quote * 2 not in text.replace(f"\\{quote}", "")


def _best_delimiter(lines: Sequence[str], quote: str, escape: str, *, tabs: bool) -> str:
    best, highest = "\t" if tabs else ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        widths = Counter(len(row) for row in _rows(lines, delimiter, quote, escape))
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        score = (round(count / max(1, widths.total()), 1), width)
        if width > 1 and score > highest:
            best, highest = delimiter, score
    return best


def _has_header(rows: Sequence[Sequence[str]]) -> bool:
    first, rest = rows[0], rows[1:_LINES]
    typed = [
        at
        for at in range(len(first))
        if (cells := [row[at] for row in rest if at < len(row) and row[at].strip()])
        and all(_VALUE.fullmatch(cell) for cell in cells)
    ]
    return not any(_VALUE.fullmatch(first[at]) for at in typed or range(len(first)))


def _names(
    rows: Sequence[Sequence[str]], config: FilesConfig, *, header: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if not header:
        width = Counter(len(row) for row in rows).most_common(1)[0][0]
        declared = list(config.columns)
        return tuple(declared if len(declared) == width else [f"column_{at + 1}" for at in range(width)]), ()
    first = list(rows[0])
    # `a,b,` over `1,2,`: the last delimiter ends the line.
    while len(first) > 1 and not first[-1].strip() and all(len(row) < len(first) or not row[-1] for row in rows[1:]):
        first.pop()
    return unique_names(first)


def unique_names(names: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names as columns can have them, and sentences about those that changed."""
    taken: set[str] = set()
    made: list[str] = []
    renamed: list[str] = []
    for at, given in enumerate(names):
        base = given.strip().replace("\0", "") or f"column_{at + 1}"
        name, number = base, 0
        while name.lower() in taken:
            number += 1
            name = f"{base}_{number}"
        if name != given.strip():
            renamed.append(f"column {at + 1} {given!r} is read as {name!r}")
        taken.add(name.lower())
        made.append(name)
    return tuple(made), tuple(renamed)
