"""Where the streams of a pipeline stand, as the destinations hold it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from headwater.run.prepare import Prepared
from headwater.run.report import without_marks
from headwater.sdk.errors import UnknownName
from headwater.sdk.stream import Json


@dataclass(frozen=True, slots=True)
class StreamState:
    """`value` None: this load was never committed, or its state was reset."""

    stream: str
    destination: str
    table: str
    value: dict[str, Json] | None
    load_id: str | None
    committed_at: datetime | None

    def as_dict(self) -> dict[str, Json]:
        return {
            "stream": self.stream,
            "destination": self.destination,
            "table": self.table,
            "checkpoint": without_marks(self.value),
            "load_id": self.load_id,
            "committed_at": self.committed_at.isoformat() if self.committed_at else None,
        }


def read_state(prepared: Prepared) -> tuple[StreamState, ...]:
    states: list[StreamState] = []
    plan = prepared.plan
    for key in dict.fromkeys(load.destination for chain in plan.chains for load in chain.loads):
        destination = prepared.connections.destination(key)
        try:
            stored = {(item.stream, item.table): item for item in destination.checkpoints(plan.pipeline)}
        finally:
            destination.close()
        for chain in plan.chains:
            for load in chain.loads:
                if load.destination != key:
                    continue
                item = stored.get((chain.name, load.table))
                value = dict(item.value) if item else None
                states.append(
                    StreamState(
                        chain.name,
                        key,
                        load.table,
                        value,
                        item.load_id if item else None,
                        item.committed_at if item else None,
                    )
                )
    return tuple(states)


def set_state(prepared: Prepared, stream: str, value: dict[str, Json]) -> tuple[StreamState, ...]:
    """Let the next run of a stream start from `value`, in each of its destinations. Returns what stands there now."""
    chain = next((item for item in prepared.plan.chains if item.name == stream), None)
    if chain is None:
        names = [item.name for item in prepared.plan.chains]
        raise UnknownName("stream", stream, names, place=f"pipeline {prepared.plan.pipeline!r}")
    for load in chain.loads:
        destination = prepared.connections.destination(load.destination)
        try:
            destination.set_checkpoint(prepared.plan.pipeline, stream, load.table, value)
        finally:
            destination.close()
    return tuple(state for state in read_state(prepared) if state.stream == stream)


def reset_state(prepared: Prepared, stream: str | None) -> tuple[StreamState, ...]:
    names = [chain.name for chain in prepared.plan.chains]
    if stream is not None and stream not in names:
        raise UnknownName("stream", stream, names, place=f"pipeline {prepared.plan.pipeline!r}")
    chosen = [state for state in read_state(prepared) if stream in (None, state.stream) and state.value is not None]
    for state in chosen:
        destination = prepared.connections.destination(state.destination)
        try:
            destination.set_checkpoint(prepared.plan.pipeline, state.stream, state.table, None)
        finally:
            destination.close()
    return tuple(chosen)
