"""Part of the destination suite: kill -9 at every point; the same load again gives the right rows."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from headwater.sdk.destination import Write
from headwater.testing.destination_case import STARTED, CrashPoint, DestinationCase, request_for

_POINTS: tuple[CrashPoint, ...] = ("open", "mid-write", "before-commit", "during-commit", "after-commit")
_CASES = [
    *((point, Write.APPEND) for point in _POINTS),
    ("before-commit", Write.REPLACE),
    ("during-commit", Write.REPLACE),
    ("during-commit", Write.MERGE),
    ("during-commit", Write.SCD2),
    ("after-commit", Write.SCD2),
]
_ROWS = 20_000
NEW = pa.table({"id": range(3, 3 + _ROWS), "amount": range(_ROWS), "note": ["x"] * _ROWS})


class DestinationCrash(DestinationCase):
    @pytest.mark.parametrize(("point", "write"), _CASES, ids=str)
    def test_a_killed_load_run_again_gives_exactly_the_right_rows(
        self, tmp_path: Path, point: CrashPoint, write: Write
    ) -> None:
        with self.opened(tmp_path) as destination:
            if write not in destination.capabilities().writes:
                pytest.skip(f"it does not declare {write}")
        self.load(tmp_path, request_for(STARTED, write, load_id="load-0"), STARTED, {"n": 0})
        request = request_for(NEW, write, full=False)
        complete = NEW if write is Write.REPLACE else pa.concat_tables([STARTED, NEW])

        self.crash_at(tmp_path, request, NEW, point)

        with self.opened(tmp_path) as destination:
            load = destination.open(request)
            last = load.last_checkpoint()
            assert last is not None
            committed = last.value == {"n": 1}
            if point != "during-commit":
                assert committed is (point == "after-commit")
            # The rows are there if and only if the checkpoint is.
            self.assert_table(tmp_path, "orders", complete if committed else STARTED)
            receipt = load.write("again", NEW.to_reader(5_000))
            assert load.commit([receipt], {"n": 1}).replayed is committed
        self.assert_table(tmp_path, "orders", complete)
        self.assert_clean(tmp_path)
