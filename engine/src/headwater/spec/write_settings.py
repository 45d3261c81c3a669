"""How one stream is written to one destination, once every override has had its say.

From strongest to weakest: the destination's own entry for the stream, the stream's entry in its source, the
destination, the pipeline.
"""

from __future__ import annotations

from dataclasses import dataclass

from headwater.spec.names import best_match, matches
from headwater.spec.pipeline import PipelineSpec
from headwater.spec.steps import (
    DestinationStep,
    EvolutionPolicy,
    StreamSpec,
    Verification,
    WriteMode,
    WriteOverrides,
)


@dataclass(frozen=True, slots=True)
class WriteSettings:
    """`write` and `key` are None where nothing was said: then they follow from the stream."""

    table: str
    evolution: EvolutionPolicy
    verify: Verification
    write: WriteMode | None = None
    key: tuple[str, ...] | None = None


def takes(destination: DestinationStep, stream: str) -> bool:
    """Whether the destination writes the stream."""
    if any(matches(pattern, stream) for pattern in destination.exclude):
        return False
    return best_match([target.name for target in destination.streams], stream) is not None


def write_settings(
    pipeline: PipelineSpec, destination: DestinationStep, stream: str, spec: StreamSpec | None
) -> WriteSettings:
    """`spec` is the entry the stream was read by, None for one that a processor made.

    `table` is still a template.
    """
    index = best_match([target.name for target in destination.streams], stream)
    target = destination.streams[index] if index is not None else None
    layers: list[WriteOverrides] = [layer for layer in (target, spec, destination) if layer is not None]
    evolutions: list[EvolutionPolicy] = [layer.evolution for layer in layers if layer.evolution is not None]
    proofs: list[Verification] = [layer.verify for layer in layers if layer.verify is not None]
    return WriteSettings(
        table=next((layer.table for layer in layers if layer.table is not None), "{name}"),
        evolution=evolutions[0] if evolutions else pipeline.evolution,
        verify=proofs[0] if proofs else pipeline.verify,
        write=next((layer.write for layer in layers if layer.write is not None), None),
        key=next((layer.key for layer in layers if layer.key is not None), None),
    )
