"""What a run would do, load by load, before it does: the plan with what only the systems themselves know."""

from __future__ import annotations

import os
from dataclasses import dataclass

import pyarrow as pa

from headwater.plan.model import Chain, Delivery, LoadPlan
from headwater.run.local.explain_sql import chain_sql
from headwater.run.local.sides import DerivedSource
from headwater.run.position import Position, cursor_range, position_of
from headwater.run.prepare import Prepared
from headwater.sdk.source import Source
from headwater.sdk.stream import Json, Partitions, Predicate, ReadRequest
from headwater.toolkit.arrow_types import field_type_name


@dataclass(frozen=True, slots=True)
class LoadExplained:
    chain: Chain
    load: LoadPlan
    partitions: Partitions
    sql: tuple[str, ...]

    @property
    def delivery(self) -> Delivery:
        return self.load.delivery

    def as_dict(self) -> dict[str, Json]:
        scan = self.chain.scan
        return {
            "stream": self.chain.name,
            "source": scan.source,
            "mode": scan.mode,
            "cursor": scan.cursor,
            "destination": self.load.destination,
            "table": self.load.table,
            "write": self.load.write.value,
            "key": list(self.load.key),
            "evolution": self.load.evolution.value,
            "verify": self.load.verify,
            "delivery": {"level": self.load.delivery.level, "because": self.load.delivery.because},
            "partitions": len(self.partitions.items),
            "columns": list(scan.columns),
            "columns_not_read": [name for name in scan.stream.schema.names if name not in scan.columns],
            "predicates": [predicate_text(item) for item in scan.predicates],
            "pushed": [predicate_text(item) for item in self.partitions.pushed],
            "schema": {"read": _columns(scan.schema), "steps": [_step(step) for step in self._steps()]},
            "sql": list(self.sql),
            "notes": list(self.chain.notes),
        }

    def _steps(self) -> list[tuple[int, str, pa.Schema]]:
        return [(step.number, step.name, step.after) for step in self.chain.steps]


def explain(prepared: Prepared) -> tuple[LoadExplained, ...]:
    """Connects to every source and destination; writes nothing. Raises what a run would meet at once."""
    plan = prepared.plan
    positions: dict[tuple[str, str, str], Position] = {}
    for key in dict.fromkeys(load.destination for chain in plan.chains for load in chain.loads):
        destination = prepared.connections.destination(key)
        try:
            destination.check()
            stored = {(item.stream, item.table): item.value for item in destination.checkpoints(plan.pipeline)}
        finally:
            destination.close()
        for chain in plan.chains:
            for load in chain.loads:
                if load.destination == key:
                    positions[chain.name, key, load.table] = position_of(
                        stored.get((chain.name, load.table)), chain.scan
                    )
    return tuple(
        LoadExplained(chain, load, _partitions(prepared, chain, load, positions), chain_sql(chain))
        for chain in plan.chains
        for load in chain.loads
    )


def _partitions(
    prepared: Prepared, chain: Chain, load: LoadPlan, positions: dict[tuple[str, str, str], Position]
) -> Partitions:
    scan = chain.scan
    position = positions[chain.name, load.destination, load.table]
    lanes = scan.parallelism or prepared.plan.engine.threads or os.cpu_count() or 1
    source: Source = DerivedSource(chain) if chain.derived else prepared.connections.source(scan.source)
    try:
        cursor = cursor_range(scan, position, load.write)
        return source.plan(ReadRequest(scan.stream, scan.columns, scan.predicates, cursor, parallelism=lanes))
    finally:
        source.close()


def predicate_text(predicate: Predicate) -> str:
    values = ", ".join(
        repr(value.as_py()) if isinstance(value.as_py(), str) else str(value.as_py()) for value in predicate.values
    )
    operator = predicate.operator.replace("_", " ").upper()
    return (
        f"{predicate.column} {operator} ({values})"
        if operator == "IN"
        else f"{predicate.column} {operator} {values}".strip()
    )


def _columns(schema: pa.Schema) -> list[Json]:
    return [{"name": field.name, "type": field_type_name(field), "nullable": field.nullable} for field in schema]


def _step(step: tuple[int, str, pa.Schema]) -> dict[str, Json]:
    number, name, schema = step
    return {"number": number, "name": name, "columns": _columns(schema)}
