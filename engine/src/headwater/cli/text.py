"""Tables and numbers as text, without a terminal library: they are printed after the work is done."""

from __future__ import annotations

from collections.abc import Sequence


def columns(rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), indent: str = "") -> str:
    """Lines with aligned cells; the first row is the head. `right` names the columns that are aligned to the right."""
    if not rows:
        return ""
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    return "\n".join(indent + _line(row, widths, right).rstrip() for row in rows)


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[int]) -> str:
    cells = [c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
    return "  ".join(cells)


def number(value: int) -> str:
    return f"{value:,}"


def cell(value: object, *, width: int = 40) -> str:
    """A value on one line; NULL is told apart from an empty text."""
    if value is None:
        return "NULL"
    text = str(value).replace("\n", "\\n")
    return text if len(text) <= width else text[: width - 1] + "…"
