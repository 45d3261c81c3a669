"""The SQL that the local engine would run for a chain, for people to read."""

from __future__ import annotations

from itertools import pairwise

from headwater.plan.model import Chain
from headwater.run.local.segments import cut, first_query, later_query
from headwater.toolkit.identifiers import quote_identifier


def chain_sql(chain: Chain) -> tuple[str, ...]:
    """One query per segment; none for a plain copy. The scan stands in by the stream's name."""
    if not chain.steps:
        return ()
    segments = cut(chain.steps)
    relation = quote_identifier(chain.scan.stream.name)
    queries = [first_query(chain, relation, segments[0], None).sql]
    for before, segment in pairwise(segments):
        last = before.batch or before.audited
        if last is not None and segment.steps:
            queries.append(later_query(chain, quote_identifier(last.name), last.after, segment).sql)
    return tuple(queries)
