"""What a trial marks as changed."""

from __future__ import annotations

from typing import Any

from headwater_server.worker.engine.changes import changed_cells


def sample(*rows: list[Any], columns: tuple[str, ...] = ("id", "email")) -> dict[str, Any]:
    return {"columns": [{"name": name} for name in columns], "rows": list(rows)}


BEFORE = sample([1, "a@x"], [2, "b@x"], [3, "c@x"])


def test_cells_that_differ_and_cells_of_new_columns_are_marked() -> None:
    after = sample([1, "****", 7], [2, "b@x", 8], [3, "c@x", 9], columns=("id", "email", "total"))

    assert changed_cells(BEFORE, after) == [[0, 1], [0, 2], [1, 2], [2, 2]]


def test_a_filter_changes_nothing() -> None:
    assert changed_cells(BEFORE, sample([2, "b@x"], [3, "c@x"])) == []


def test_rows_behind_a_dropped_one_are_held_against_the_rows_they_were() -> None:
    assert changed_cells(BEFORE, sample([2, "B@X"], [3, "c@x"])) == [[0, 1]]


def test_where_every_column_changed_the_place_tells_if_no_row_went() -> None:
    one = sample(["a@x"], ["b@x"], columns=("email",))

    assert changed_cells(one, sample(["*"], ["*"], columns=("email",))) == [[0, 0], [1, 0]]
    assert changed_cells(one, sample(["*"], columns=("email",))) == []
