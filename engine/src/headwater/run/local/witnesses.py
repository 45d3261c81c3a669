"""Steps that say in the report what they did, and look at a sample of the rows to see whether that is true."""

from __future__ import annotations

import json
import threading

import pyarrow as pa

from headwater.plan.lower_rules import WITHHELD
from headwater.plan.model import Chain, RuleRef, Step
from headwater.plan.trace import kept_names
from headwater.sdk.errors import DataError, HeadwaterError
from headwater.sdk.processor import Evidence
from headwater.sdk.stream import Json

FIRST_BATCHES, EVERY, ROWS_OF_A_BATCH, MOST_ROWS, MOST_SET_ASIDE = 4, 16, 256, 20_000, 500


class Sample:
    """A few rows of many batches, and rows that were set aside, as they are on their way out. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._batches = 0
        self._kept: list[pa.RecordBatch] = []
        self._rows = 0
        self.set_aside: list[tuple[int, dict[str, Json]]] = []

    def pass_by(self, batch: pa.RecordBatch) -> None:
        with self._lock:
            number, self._batches = self._batches, self._batches + 1
            if (number < FIRST_BATCHES or number % EVERY == 0) and self._rows < MOST_ROWS:
                # A copy: a slice would keep all of its batch, and with it two hundred megabytes by the end.
                rows = min(ROWS_OF_A_BATCH, batch.num_rows)
                self._kept.append(batch.take(pa.array(range(rows), pa.int32())))
                self._rows += rows

    def add_set_aside(self, why: pa.StructArray, rules: tuple[RuleRef, ...]) -> None:
        with self._lock:
            for item in why.slice(0, MOST_SET_ASIDE - len(self.set_aside)).to_pylist():
                self.set_aside.append((rules[item["rules"][0]].step, json.loads(item["row"])))

    def delivered(self, schema: pa.Schema) -> pa.Table:
        with self._lock:
            return pa.Table.from_batches(self._kept, schema=schema)


def has_witnesses(chain: Chain) -> bool:
    return any(step.witness is not None for step in chain.steps)


def evidence_checks(chain: Chain, sample: Sample) -> tuple[list[dict[str, Json]], HeadwaterError | None]:
    """A check for each promise, and the failure of the first one that was not kept."""
    checks: list[dict[str, Json]] = []
    failure: HeadwaterError | None = None
    table = sample.delivered(chain.schema)
    for at, step in enumerate(chain.steps):
        if step.witness is None:
            continue
        for item in step.witness.evidence(step.before, _arrived(chain, at, table), _set_aside(chain, at, sample)):
            checks.append(_check(step, item))
            if item.rows and item.severity == "fail":
                failure = failure or _broken(chain, step, item)
    return checks, failure


def _arrived(chain: Chain, at: int, table: pa.Table) -> pa.Table:
    """The columns of the sample that are still those which step `at` gave, by the names it gave them."""
    names = kept_names(chain.steps[at].after.names, chain.steps[at + 1 :])
    return pa.table({name: table.column(now) for name, now in names.items()})


def _set_aside(chain: Chain, at: int, sample: Sample) -> list[dict[str, Json]]:
    """Rows from quarantine under the names of step `at`; what is withheld there is left out."""
    number = chain.steps[at].number
    after = chain.steps[at].after.names
    found: list[dict[str, Json]] = []
    for step_number, row in sample.set_aside:
        if step_number <= number:
            between = [step for step in chain.steps if step_number <= step.number < number]
            names = kept_names(list(row), between)
        else:
            between = [step for step in chain.steps if number < step.number < step_number]
            names = {later: name for name, later in kept_names(after, between).items()}
        shown = {names[name]: value for name, value in row.items() if name in names and value != WITHHELD}
        found.append(shown)
    return found


def _check(step: Step, item: Evidence) -> dict[str, Json]:
    return {
        "name": item.name,
        "kind": "proof",
        "step": step.number,
        "step_name": step.name,
        "column": item.column,
        "severity": item.severity,
        "message": item.message,
        "passed": item.rows == 0,
        "rows": item.rows,
        **item.facts,
    }


def _broken(chain: Chain, step: Step, item: Evidence) -> HeadwaterError:
    return DataError(
        f"stream {chain.name!r}, step {step.number} ({step.name}): column {item.column!r} should be {item.message}, "
        f"and {item.rows:,} of the values looked at are not",
        hint="nothing was published; this is a bug of the processor, or rows of another shape than planned",
        code="data.not_protected",
    )
