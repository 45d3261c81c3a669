"""Apply one processor to one chain: its steps, with types found by binding, and the other streams they look into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from headwater.plan.bind import Binder
from headwater.plan.clear_names import refuse_unclear
from headwater.plan.draft import Drafted, ProcessorFacts
from headwater.plan.model import Side, Step
from headwater.plan.side_tables import use_of
from headwater.sdk.errors import ConfigError, UnknownColumn, UnknownName
from headwater.sdk.processor import (
    BatchProcessor,
    Distinct,
    Keep,
    Lookup,
    Measure,
    Operation,
    Project,
    Reject,
    RelationalProcessor,
    Witness,
)
from headwater.toolkit.expressions.build import column, compare

Schemas = dict[str, pa.Schema]


def apply_processor(item: Drafted, facts: ProcessorFacts, others: Sequence[Drafted]) -> Drafted:
    """`others` are all streams as they stand before this step. Raises ConfigError at the place where the step is
    written.
    """
    place = f"{facts.place} ({item.chain.name})"
    schemas = {other.chain.name: other.chain.schema for other in others}
    before, processor = item.chain.schema, facts.processor
    refuse_unclear(before.names, place=place)
    steps: list[Step] = []
    try:
        if isinstance(processor, RelationalProcessor):
            operations = processor.operations(before)
            after = _after(operations, before, schemas, place)
            steps.append(Step(facts.number, facts.name, facts.type, before, after, operations=operations))
            before = after
        if isinstance(processor, BatchProcessor):
            after = processor.output_schema(before)
            steps.append(Step(facts.number, facts.name, facts.type, before, after, batch=processor))
        if isinstance(processor, Witness):
            steps[-1:] = [replace(step, witness=processor) for step in steps[-1:]]
    except ConfigError as error:
        raise placed(error, place) from error
    for step in steps:
        refuse_unclear(step.after.names, place=place)
    chain = item.chain
    sides = [*chain.sides, *_sides(steps, others)]
    return replace(item, chain=replace(chain, steps=(*chain.steps, *steps), sides=tuple(sides)))


def placed(error: ConfigError, place: str) -> ConfigError:
    """A processor does not know where it was written; the message must."""
    if error.message.startswith(place):
        return error
    return ConfigError(f"{place}: {error.message}", hint=error.hint, code=error.public_code)


def _sides(steps: Sequence[Step], others: Sequence[Drafted]) -> list[Side]:
    by_name = {other.chain.name: other.chain for other in others}
    sides: list[Side] = []
    for step in steps:
        for operation in step.operations:
            if isinstance(operation, Lookup):
                key = tuple(theirs for _, theirs in operation.on)
                columns = tuple(dict.fromkeys((*key, *(theirs for _, theirs in operation.outputs))))
                sides.append(Side(use_of(operation, step.number), by_name[operation.stream], columns, key))
    return sides


def _after(operations: tuple[Operation, ...], schema: pa.Schema, others: Schemas, place: str) -> pa.Schema:
    for operation in operations:
        binder = Binder({"input": schema}, place=place)
        try:
            schema = _bound(operation, binder, schema, others, place)
        finally:
            binder.close()
    return schema


def _bound(operation: Operation, binder: Binder, schema: pa.Schema, others: Schemas, place: str) -> pa.Schema:
    match operation:
        case Project(outputs=outputs):
            return binder.project(outputs)
        case Keep(condition=condition):
            binder.condition(condition)
        case Reject(rules=rules):
            for rule in rules:
                binder.condition(rule.broken)
        case Distinct(key=key, order=order):
            for name in key:
                _require(name, schema, place)
            binder.types([expression for expression, _ in order])
        case Measure(rules=rules):
            binder.types([rule.value for rule in rules])
        case Lookup():
            return _looked_up(operation, schema, others, place)
    return schema


def _looked_up(operation: Lookup, schema: pa.Schema, others: Schemas, place: str) -> pa.Schema:
    if operation.stream not in others:
        raise UnknownName("stream", operation.stream, others, place=place)
    theirs = others[operation.stream]
    for here, there in operation.on:
        _require(here, schema, place)
        _require(there, theirs, f"{place}, stream {operation.stream!r}")
        _comparable(here, schema, f"{place}, column {here!r} against {operation.stream}.{there}", theirs.field(there))
    for name, there in operation.outputs:
        _require(there, theirs, f"{place}, stream {operation.stream!r}")
        if name in schema.names:
            raise ConfigError(
                f"{place}: there is a column {name!r} already",
                hint="give it another name",
                code="config.duplicate_column",
            )
    return pa.schema(
        [*schema, *(theirs.field(there).with_name(name).with_nullable(True) for name, there in operation.outputs)]
    )


def _comparable(here: str, schema: pa.Schema, place: str, theirs: pa.Field) -> None:
    """Refuses a pair of columns whose types do not meet: a join would convert one in silence, or fail at a value."""
    other = pa.schema([theirs])
    try:
        compare("=", column(schema, here, place=place), column(other, theirs.name, place=place))
    except ConfigError as error:
        raise ConfigError(f"{place}: {error.message}", hint=error.hint, code=error.public_code) from error


def _require(name: str, schema: pa.Schema, place: str) -> None:
    if name not in schema.names:
        raise UnknownColumn(name, schema.names, place=place)
