"""After the last row of a read: set aside what could not be parsed, and hold the source's own count against ours."""

from __future__ import annotations

from headwater.run.local.feed import Feed
from headwater.run.local.flow import Flow
from headwater.run.local.relation import Relation
from headwater.run.local.stream_path import StreamPath
from headwater.sdk.errors import TransientError


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
    if malformed:
        flow.notes.quarantine.add_malformed(malformed)
        tally.read += len(malformed)
        tally.rejected += len(malformed)
