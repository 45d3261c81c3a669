"""What is learnt about the rows of one flow while they pass; shared by its threads."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import pyarrow as pa

from headwater.run.local.split import Tally
from headwater.run.position import Observed
from headwater.run.quarantine import Quarantine


@dataclass(slots=True)
class Notes:
    observed: Observed
    quarantine: Quarantine
    tally: Tally = field(default_factory=Tally)
    content: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def passed(self, rows: int) -> None:
        """Rows of a plain copy: all of them go on."""
        with self.lock:
            self.tally.read += rows
            self.tally.passed += rows

    def saw_cursor(self, cursor: pa.Array, marks: pa.Array | None) -> None:
        with self.lock:
            self.observed.add(cursor, marks)
