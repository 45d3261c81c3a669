"""kill -9 at every point of a load, for every strategy of every destination."""

from __future__ import annotations

import signal

import pytest
from faults.conftest import CASES, MakeBed
from faults.points import POINTS
from faults.tables import expected


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize(("destination", "write"), CASES)
def test_after_a_kill_the_next_run_leaves_exactly_the_right_rows(
    make_bed: MakeBed, destination: str, write: str, point: str
) -> None:
    bed = make_bed(destination, write, killed=True)
    bed.first()
    first, second = expected(write)
    with bed.watcher.watching():
        assert bed.run(die=point).code == -signal.SIGKILL
        after = bed.watcher.now()
        assert after == first if POINTS.index(point) < POINTS.index("in-commit") else after in {first, second}
        if point == "after-commit":
            assert after == second
        bed.ends_right(second, allowed={first, second})
    assert not bed.watcher.beside or bed.watcher.looks > 3
