"""The names under which other streams stand in the engine's database, and which lookup reads which."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2s

from headwater.plan.draft import Draft
from headwater.plan.model import Chain
from headwater.sdk.processor import Lookup


def use_of(lookup: Lookup, step: int) -> str:
    """Tells the lookups of a chain apart: several may look into one stream, at one step or at different ones."""
    return repr((step, lookup.stream, lookup.on, lookup.outputs))


def name_sides(draft: Draft) -> Draft:
    """Last pass: every use of another stream gets a table of its own, since chains run at the same time."""
    return replace(
        draft, chains=tuple(replace(item, chain=_named(item.chain, item.chain.name)) for item in draft.chains)
    )


def _named(chain: Chain, path: str) -> Chain:
    sides = tuple(
        replace(side, table=_table(f"{path}\0{index}"), chain=_named(side.chain, f"{path}\0{index}"))
        for index, side in enumerate(chain.sides)
    )
    return replace(chain, sides=sides)


def _table(path: str) -> str:
    return f"__hw_side_{blake2s(path.encode(), digest_size=8).hexdigest()}"
