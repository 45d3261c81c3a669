"""Second pass: which processors each stream meets, its schema after every one of them, and the streams they make.

Steps are applied in the order they are written, each to all its streams, so that a step which reads another stream (a
lookup, a query) sees it as it stands there.
"""

from __future__ import annotations

from dataclasses import replace

from headwater.plan.apply import apply_processor
from headwater.plan.draft import Draft, Drafted, ProcessorFacts
from headwater.plan.new_streams import make_streams
from headwater.sdk.errors import ConfigError, UnknownName
from headwater.sdk.processor import BatchProcessor, RelationalProcessor
from headwater.spec.names import is_glob, matches


def shape(draft: Draft) -> Draft:
    chains = [_filtered(item, draft) for item in draft.chains]
    for facts in draft.processors:
        _refuse_idle(facts, chains)
        chosen = [item for item in chains if _applies(facts, item.chain.name)]
        made = make_streams(facts, chosen, chains) if facts.step.enabled else []
        if isinstance(facts.processor, RelationalProcessor | BatchProcessor):
            names = {item.chain.name for item in chosen}
            before = list(chains)
            chains = [apply_processor(item, facts, before) if item.chain.name in names else item for item in chains]
        chains += made
    return replace(draft, chains=tuple(chains))


def _filtered(item: Drafted, draft: Draft) -> Drafted:
    """A stream's own `filter` is its first step."""
    if not item.spec.filter:
        return item
    facts = ProcessorFacts.of_filter(f"{item.place}.filter", draft.filter_of(item.spec.filter))
    return apply_processor(item, facts, [])


def _applies(facts: ProcessorFacts, stream: str) -> bool:
    step = facts.step
    if not step.enabled or any(matches(pattern, stream) for pattern in step.exclude):
        return False
    return any(matches(pattern, stream) for pattern in step.streams)


def _refuse_idle(facts: ProcessorFacts, chains: list[Drafted]) -> None:
    names = [item.chain.name for item in chains]
    for pattern in facts.step.streams:
        if any(matches(pattern, name) for name in names):
            continue
        if not is_glob(pattern):
            raise UnknownName("stream", pattern, names, place=f"{facts.place}.streams")
        raise ConfigError(
            f"{facts.place}.streams: no stream matches {pattern!r}",
            hint=f"streams here: {', '.join(names[:20])}",
            code="config.unknown_stream",
        )
