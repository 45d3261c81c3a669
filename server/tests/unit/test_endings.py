"""What a run's row says of its report."""

from __future__ import annotations

from typing import Any

import pytest

from headwater_server.runs.endings import size_of


@pytest.mark.parametrize(
    ("loads", "size"),
    [
        ([{"size_bytes": 700}, {"size_bytes": 42}], 742),
        ([{"size_bytes": 700}, {"size_bytes": None}], 700),
        ([{"size_bytes": 0}], 0),
        ([{"size_bytes": None}], None),
        ([{}], None),
        ([], None),
    ],
)
def test_the_bytes_of_a_run_are_those_of_the_loads_that_counted_them(
    loads: list[dict[str, Any]], size: int | None
) -> None:
    assert size_of({"loads": loads}) == size


def test_a_run_without_a_report_has_no_bytes() -> None:
    assert size_of(None) is None
