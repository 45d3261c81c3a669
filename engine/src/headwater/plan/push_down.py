"""Fifth pass: read no column that nothing uses, and let the source skip rows that the first filter would drop anyway.

The filter itself stays in the chain: a source may apply less than it is offered.
"""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from headwater.plan.draft import Draft, Drafted
from headwater.plan.model import Step
from headwater.sdk.processor import Distinct, Keep, Lookup, Measure, Operation, Project, Reject
from headwater.sdk.stream import Predicate


def push_down(draft: Draft) -> Draft:
    return replace(draft, chains=tuple(_pushed(item) for item in draft.chains))


def _pushed(item: Drafted) -> Drafted:
    chain = item.chain
    if not chain.steps:
        return item
    needed = set(chain.schema.names)
    steps: list[Step] = []
    for step in reversed(chain.steps):
        pruned, needed = _prune(step, needed)
        steps.insert(0, pruned)
    scan = chain.scan
    kept = needed | {scan.cursor} | set(scan.primary_key if scan.mode == "incremental" else ())
    columns = tuple(name for name in scan.columns if name in kept) or scan.columns[:1]
    scan = replace(scan, columns=columns, predicates=_predicates(chain.steps, scan.schema))
    return replace(item, chain=replace(chain, scan=scan, steps=tuple(steps)))


def _prune(step: Step, needed: set[str]) -> tuple[Step, set[str]]:
    """The step with only the outputs that are needed after it, and the columns it needs before it."""
    after = _subset(step.after, needed)
    if step.batch is not None:
        return step, set(step.before.names)
    operations: list[Operation] = []
    for operation, names in reversed(list(zip(step.operations, _names_before(step), strict=True))):
        pruned, needed = _prune_operation(operation, needed, names)
        operations.insert(0, pruned)
    return replace(step, before=_subset(step.before, needed), after=after, operations=tuple(operations)), needed


def _names_before(step: Step) -> list[set[str]]:
    """The columns that each operation of the step finds."""
    names = [set(step.before.names)]
    for operation in step.operations:
        match operation:
            case Project(outputs=outputs):
                names.append({output.name for output in outputs})
            case Lookup(outputs=outputs):
                names.append(names[-1] | {name for name, _ in outputs})
            case _:
                names.append(names[-1])
    return names[:-1]


def _prune_operation(operation: Operation, needed: set[str], names: set[str]) -> tuple[Operation, set[str]]:
    match operation:
        case Project(outputs=outputs):
            kept = tuple(output for output in outputs if output.name in needed) or outputs[:1]
            return Project(kept), {column for output in kept for column in output.expression.columns}
        case Keep(condition=condition):
            return operation, needed | condition.columns
        case Distinct(key=key, order=order):
            return operation, needed | set(key) | {column for item, _ in order for column in item.columns}
        case Measure(rules=rules):
            return operation, needed | {column for rule in rules for column in rule.value.columns}
        case Lookup(on=on, outputs=outputs, unmatched=unmatched):
            kept = names if unmatched is not None else needed - {name for name, _ in outputs}
            return operation, (kept | {mine for mine, _ in on}) - {name for name, _ in outputs}
        case Reject(rules=rules):
            # A rejected row is kept as it stood, with all its columns.
            return operation, needed | names | {c for rule in rules for c in rule.broken.columns}


def _subset(schema: pa.Schema, names: set[str]) -> pa.Schema:
    return pa.schema([field for field in schema if field.name in names])


def _predicates(steps: tuple[Step, ...], schema: pa.Schema) -> tuple[Predicate, ...]:
    """The conditions of the filters that stand at the very beginning."""
    found: list[Predicate] = []
    for step in steps:
        for operation in step.operations:
            if not isinstance(operation, Keep):
                return tuple(found)
            found += [
                predicate for predicate in operation.condition.predicates(schema) if predicate.column in schema.names
            ]
        if step.batch is not None:
            break
    return tuple(found)
