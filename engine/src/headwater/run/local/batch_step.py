"""What happens to rows outside SQL: batch processors, held to what they declared; and rules that end a load."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from headwater.plan.model import RuleRef, Step
from headwater.sdk.errors import DataError, InternalError

SHOWN_CHARS = 500


def apply_batch(step: Step, flow: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Raises InternalError when the processor breaks its contract."""
    if step.batch is None:
        raise InternalError("a batch step without its processor")
    for batch in flow:
        made = step.batch.process(batch)
        if made.num_rows != batch.num_rows or not made.schema.equals(step.after):
            raise InternalError(
                f"step {step.number} ({step.name}) answered {made.num_rows} rows of {made.schema.names} "
                f"to {batch.num_rows} rows; it declared the same rows of {step.after.names}",
                hint="a batch processor keeps rows and order, and gives exactly its output_schema",
                code="processor.broke_contract",
            )
        yield made


def refuse_fatal(why: pa.StructArray, rules: tuple[RuleRef, ...]) -> None:
    """A rule of severity `fail` ends the load at the first row that breaks it, and names that row."""
    fatal = {at for at, ref in enumerate(rules) if ref.rule.severity == "fail"}
    if not fatal:
        return
    for item in why.to_pylist():
        broken = [rules[at] for at in item["rules"] if at in fatal]
        if broken:
            ref = broken[0]
            raise DataError(
                f"step {ref.step} ({ref.step_name}), rule {ref.rule.id!r}: {ref.rule.message}; "
                f"first row: {item['row'][:SHOWN_CHARS]}",
                hint="correct the row at the source, or let the rule reject instead of fail",
                code="data.rule_failed",
            )
