"""Last pass: say what each pair of source and destination truly gives. Computed from facts, never from a wish."""

from __future__ import annotations

from dataclasses import replace

from headwater.plan.draft import Draft, Drafted
from headwater.plan.model import Chain, Delivery, LoadPlan
from headwater.sdk.destination import Capabilities, Write


def promise(draft: Draft) -> Draft:
    capabilities = {facts.key: facts.capabilities for facts in draft.destinations}
    return replace(draft, chains=tuple(_promised(item, capabilities) for item in draft.chains))


def _promised(item: Drafted, capabilities: dict[str, Capabilities]) -> Drafted:
    chain = item.chain
    loads = tuple(
        replace(load, delivery=_delivery(chain, load, capabilities[load.destination])) for load in chain.loads
    )
    return replace(item, chain=replace(chain, loads=loads, notes=(*chain.notes, *_notes(chain))))


def _delivery(chain: Chain, load: LoadPlan, can: Capabilities) -> Delivery:
    if not can.transactional:
        return Delivery("at least once", "the destination cannot publish rows and checkpoint together")
    if load.write is Write.REPLACE:
        return Delivery("exactly once", "the whole table is replaced in one transaction")
    if load.write is Write.MERGE:
        return Delivery("exactly once", "rows are merged by key, and the checkpoint commits with them")
    if load.write is Write.SCD2:
        return Delivery("exactly once", "only changed rows make a new version, and the checkpoint commits with them")
    if chain.scan.mode == "full":
        return Delivery("exactly once", "each run appends all rows once; a run that died is not repeated")
    if not chain.scan.inclusive:
        return Delivery("exactly once", "the checkpoint commits with the rows; a cursor value must never be used twice")
    return Delivery("exactly once", "the checkpoint commits with the rows, and rows at its cursor value are told apart")


def _notes(chain: Chain) -> tuple[str, ...]:
    scan = chain.scan
    if scan.mode == "incremental" and not scan.lag:
        return (
            f"a row that appears later with a {scan.cursor} below the last one seen is not read; `lag` widens the read",
        )
    return ()
