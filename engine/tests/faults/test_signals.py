"""SIGTERM and SIGINT at many moments of a run: it ends in five seconds, and a reader sees one table or the other."""

from __future__ import annotations

import signal
import time

import pytest
from faults.conftest import MakeBed, ended
from faults.tables import expected

# Seconds from the first event to the signal; a run of this size takes a few tenths.
MOMENTS_S = (0.0, 0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.25)
CANCELLED = 130


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(
    ("destination", "write"),
    [("postgres", "merge"), ("duckdb", "append by cursor"), ("sqlite", "scd2"), ("files", "replace")],
)
def test_a_signal_at_any_moment_leaves_the_table_of_before_or_of_after(
    make_bed: MakeBed, destination: str, write: str, number: signal.Signals
) -> None:
    bed = make_bed(destination, write)
    bed.first()
    first, second = expected(write)
    codes: set[int] = set()
    with bed.watcher.watching():
        for moment_s in MOMENTS_S:
            process = bed.start()
            assert process.stderr is not None
            assert "RunStarted" in process.stderr.readline()
            time.sleep(moment_s)
            process.send_signal(number)
            started = time.monotonic()
            run = ended(process)
            assert time.monotonic() - started < 5
            codes.add(run.code)
            assert bed.watcher.now() in {first, second}
            if run.code == 0:
                break  # it was faster than the signal
        assert codes <= {0, CANCELLED}
        assert CANCELLED in codes
        if write != "append":
            bed.ends_right(second, allowed={first, second})
