"""What is learnt about the rows of one flow while they pass; shared by its threads."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field

import pyarrow as pa

from headwater.plan.dialects.model import SAMPLE_CHARS
from headwater.plan.model import RuleRef
from headwater.run.checks import SAMPLES, Measured, RuleCounts
from headwater.run.local.split import Tally
from headwater.run.local.witnesses import Sample
from headwater.run.position import Observed
from headwater.run.quarantine import Quarantine
from headwater.toolkit.deferred import compute as pc


@dataclass(slots=True)
class Notes:
    observed: Observed
    quarantine: Quarantine
    tally: Tally = field(default_factory=Tally)
    content: int = 0
    rules: RuleCounts = field(default_factory=RuleCounts)
    rejected_at: dict[int, int] = field(default_factory=dict[int, int])
    seen: Sample = field(default_factory=Sample)
    malformed: tuple[str, ...] = ()
    measured: list[Measured] = field(default_factory=list[Measured])
    lock: threading.Lock = field(default_factory=threading.Lock)

    def passed(self, rows: int) -> None:
        """Rows of a plain copy: all of them go on."""
        with self.lock:
            self.tally.read += rows
            self.tally.passed += rows

    def saw_rejected(self, why: pa.StructArray, rules: tuple[RuleRef, ...]) -> None:
        """Count every rule that the rows broke; each row counts once for the step that rejected it."""
        positions = why.field("rules")
        first = positions.flatten().take(positions.offsets[:-1])
        with self.lock:
            for item in pc.value_counts(positions.flatten()).to_pylist():
                ref = rules[item["values"]]
                wanted = ref.rule.column is not None and self.rules.needs_samples(ref)
                self.rules.add(ref, item["counts"], _samples(why, item["values"], ref.rule.column) if wanted else ())
            for item in pc.value_counts(first).to_pylist():
                step = rules[item["values"]].step
                self.rejected_at[step] = self.rejected_at.get(step, 0) + item["counts"]

    def saw_warned(self, warned: pa.ListArray, rules: tuple[RuleRef, ...]) -> None:
        broken = warned.flatten()
        positions = broken.field("rule")
        with self.lock:
            for item in pc.value_counts(positions).to_pylist():
                ref = rules[item["values"]]
                samples = []
                if self.rules.needs_samples(ref):
                    samples = broken.field("value").filter(pc.equal(positions, item["values"])).slice(0, 5).to_pylist()
                self.rules.add(ref, item["counts"], samples)


def _samples(why: pa.StructArray, rule: int, column: str | None) -> list[str | None]:
    """A few values of the column from rows that broke the rule, as the quarantine shows them."""
    positions = why.field("rules")
    parents = pc.list_parent_indices(positions).filter(pc.equal(positions.flatten(), rule))
    rows = why.field("row").take(parents.slice(0, SAMPLES)).to_pylist()
    values = [json.loads(row, parse_float=str, parse_int=str).get(column) for row in rows]
    return [None if value is None else str(value)[:SAMPLE_CHARS] for value in values]
