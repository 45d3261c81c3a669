"""The plan: every pass in order, each in its own file."""

from __future__ import annotations

from functools import reduce

from headwater.plan.draft import Draft, Pass
from headwater.plan.guard_keys import guard_keys
from headwater.plan.model import Chain, EngineOptions, Plan
from headwater.plan.promise import promise
from headwater.plan.protect import protect
from headwater.plan.push_down import push_down
from headwater.plan.route import route
from headwater.plan.select_streams import select_streams
from headwater.plan.shape import shape
from headwater.plan.side_tables import name_sides
from headwater.sdk.errors import UnknownName
from headwater.spec.names import matches

PASSES: tuple[Pass, ...] = (select_streams, shape, route, guard_keys, push_down, protect, promise, name_sides)


def make_plan(draft: Draft, engine: EngineOptions) -> Plan:
    """Pure: touches neither network nor disk. Raises ConfigError for what cannot work, before anything runs."""
    done = reduce(lambda state, apply: apply(state), PASSES, draft)
    return Plan(draft.pipeline, _narrowed(done), engine)


def _narrowed(draft: Draft) -> tuple[Chain, ...]:
    """The chains that are wanted. All of the pipeline was checked before."""
    chains = tuple(item.chain for item in draft.chains)
    for pattern in draft.only:
        if not any(matches(pattern, chain.name) for chain in chains):
            names = [chain.name for chain in chains]
            raise UnknownName("stream", pattern, names, place=f"pipeline {draft.pipeline!r}")
    return tuple(c for c in chains if not draft.only or any(matches(pattern, c.name) for pattern in draft.only))
