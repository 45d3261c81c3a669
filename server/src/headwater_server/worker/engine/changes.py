"""Which cells a step changed, found by holding a sample after it against one before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def changed_cells(before: dict[str, Any], after: dict[str, Any]) -> list[list[int]]:
    """[row, column] of `after` for each cell that differs from the row it came from; cells of new columns all do.

    A step may have dropped rows, so rows are paired by the columns that it left alone, in their order. Rows that
    cannot be paired are not compared: better no mark than a wrong one.
    """
    places = {column["name"]: index for index, column in enumerate(before["columns"])}
    names = [column["name"] for column in after["columns"]]
    common = [(index, places[name]) for index, name in enumerate(names) if name in places]
    origins = _origins(before["rows"], after["rows"], common)
    return [
        [row, index]
        for row, values in enumerate(after["rows"])
        for index, name in enumerate(names)
        if name not in places
        or ((origin := origins[row]) is not None and before["rows"][origin][places[name]] != values[index])
    ]


def _origins(before: list[list[Any]], after: list[list[Any]], common: list[tuple[int, int]]) -> Sequence[int | None]:
    """For each row of `after` the place it had in `before`."""
    alone = [
        (one, other)
        for one, other in common
        if _places([row[one] for row in after], [row[other] for row in before]) is not None
    ]
    found = None
    if alone:
        found = _places(
            [[row[one] for one, _ in alone] for row in after], [[row[other] for _, other in alone] for row in before]
        )
    if found is not None:
        return found
    return range(len(after)) if len(before) == len(after) else [None] * len(after)


def _places(values: Sequence[Any], within: Sequence[Any]) -> list[int] | None:
    """Where the values stand among the others, in their order; None when they do not."""
    found: list[int] = []
    at = 0
    for value in values:
        while at < len(within) and within[at] != value:
            at += 1
        if at == len(within):
            return None
        found.append(at)
        at += 1
    return found
