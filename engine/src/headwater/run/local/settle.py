"""After the last row of a read: set aside what could not be parsed, and hold the source's own count against ours."""

from __future__ import annotations

from dataclasses import replace

from headwater.plan.lower_rules import WITHHELD
from headwater.plan.model import Chain
from headwater.run.local.feed import Feed
from headwater.run.local.flow import Flow
from headwater.run.local.known_malformed import marked
from headwater.run.local.relation import Relation
from headwater.run.local.stream_path import StreamPath
from headwater.sdk.errors import TransientError
from headwater.sdk.source import Malformed


def withheld(chain: Chain, records: list[Malformed]) -> list[Malformed]:
    """A line that cannot be parsed may hold any protected value in clear: then it stays where it is, in the file."""
    return [replace(record, text=WITHHELD) for record in records] if chain.guard else records


def settle(flow: Flow, feed: Feed, relation: Relation | None, path: StreamPath) -> None:
    tally = flow.notes.tally
    malformed = relation.malformed(path.first) if relation is not None else feed.malformed
    sent = feed.rows_sent
    if sent is not None and sent != tally.read and all(load.failure is None for load in flow.loads):
        raise TransientError(
            f"stream {flow.chain.scan.stream.name!r}: the source sent {sent:,} rows, {tally.read:,} arrived",
            hint="the connection was probably cut; the run tries again",
            code="transient.rows_missing",
        )
    if malformed and flow.chain.scan.mode == "incremental":
        found = marked(malformed, with_text=not flow.chain.guard)
        flow.notes.malformed = tuple(found)
        known = flow.loads[0].position.malformed
        malformed = [record for mark, record in found.items() if mark not in known]
    if malformed:
        flow.notes.quarantine.add_malformed(withheld(flow.chain, malformed))
        flow.notes.rejected_at[0] = flow.notes.rejected_at.get(0, 0) + len(malformed)
        tally.read += len(malformed)
        tally.rejected += len(malformed)
