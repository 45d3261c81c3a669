"""Second pass: which processors each stream meets, and its schema after every one of them."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from headwater.plan.bind import Binder
from headwater.plan.draft import Draft, Drafted, ProcessorFacts
from headwater.plan.model import Step
from headwater.sdk.errors import ConfigError, UnknownColumn, UnknownName
from headwater.sdk.processor import (
    BatchProcessor,
    Distinct,
    Keep,
    Operation,
    Project,
    Reject,
    RelationalProcessor,
)
from headwater.spec.names import is_glob, matches


def shape(draft: Draft) -> Draft:
    for facts in draft.processors:
        _refuse_idle(facts, draft.chains)
    return replace(draft, chains=tuple(_shaped(item, draft) for item in draft.chains))


def _refuse_idle(facts: ProcessorFacts, chains: tuple[Drafted, ...]) -> None:
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


def _shaped(item: Drafted, draft: Draft) -> Drafted:
    name, schema = item.chain.name, item.schema
    steps: list[Step] = []
    if item.spec.filter:
        place = f"{item.place}.filter"
        steps.append(_step(0, "filter", "filter", draft.filter_of(item.spec.filter), schema, place))
    for facts in draft.processors:
        if not _applies(facts, name):
            continue
        before = steps[-1].after if steps else schema
        steps.append(_step(facts.number, facts.name, facts.type, facts.processor, before, f"{facts.place} ({name})"))
    return replace(item, chain=replace(item.chain, steps=tuple(steps)))


def _applies(facts: ProcessorFacts, stream: str) -> bool:
    step = facts.step
    if not step.enabled or any(matches(pattern, stream) for pattern in step.exclude):
        return False
    return any(matches(pattern, stream) for pattern in step.streams)


def _step(
    number: int,
    name: str,
    type_: str,
    processor: RelationalProcessor | BatchProcessor,
    before: pa.Schema,
    place: str,
) -> Step:
    try:
        if isinstance(processor, RelationalProcessor):
            operations = processor.operations(before)
            return Step(number, name, type_, before, _after(operations, before, place), operations=operations)
        return Step(number, name, type_, before, processor.output_schema(before), batch=processor)
    except ConfigError as error:
        raise _placed(error, place) from error


def _placed(error: ConfigError, place: str) -> ConfigError:
    """A processor does not know where it was written; the message must."""
    if error.message.startswith(place):
        return error
    return ConfigError(f"{place}: {error.message}", hint=error.hint, code=error.public_code)


def _after(operations: tuple[Operation, ...], schema: pa.Schema, place: str) -> pa.Schema:
    for operation in operations:
        binder = Binder(schema, place=place)
        try:
            schema = _bound(operation, binder, schema, place)
        finally:
            binder.close()
    return schema


def _bound(operation: Operation, binder: Binder, schema: pa.Schema, place: str) -> pa.Schema:
    match operation:
        case Project(outputs=outputs):
            return binder.project(outputs)
        case Keep(condition=condition):
            binder.condition(condition)
        case Reject(rules=rules):
            for rule in rules:
                binder.condition(rule.broken)
        case Distinct(key=key, order=order):
            for column in key:
                if column not in schema.names:
                    raise UnknownColumn(column, schema.names, place=place)
            binder.types([expression for expression, _ in order])
    return schema
