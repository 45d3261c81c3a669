"""Fourth pass: a row without its key cannot be merged; it is rejected, with the reason, at the end of the chain."""

from __future__ import annotations

from dataclasses import replace

from headwater.plan.draft import Draft, Drafted
from headwater.plan.model import Step
from headwater.plan.null_check import IsNull
from headwater.sdk.destination import Write
from headwater.sdk.processor import Reject, Rule


def guard_keys(draft: Draft) -> Draft:
    number = len(draft.processors) + 1
    return replace(draft, chains=tuple(_guarded(item, number) for item in draft.chains))


def _guarded(item: Drafted, number: int) -> Drafted:
    chain, schema = item.chain, item.schema
    keys = [load.key for load in chain.loads if load.write in (Write.MERGE, Write.SCD2)]
    columns = dict.fromkeys(column for key in keys for column in key if schema.field(column).nullable)
    # A primary key that the source itself enforces, and that no step has touched, has no NULL in it.
    enforced = () if chain.steps else chain.scan.stream.primary_key
    rules = tuple(
        Rule(f"key_not_null:{column}", column, IsNull(column), f"the key column {column} is empty")
        for column in columns
        if column not in enforced
    )
    if not rules:
        return item
    step = Step(number, "key", "key", schema, schema, operations=(Reject(rules),))
    return replace(item, chain=replace(chain, steps=(*chain.steps, step)))
