"""Which values must not be seen in clear at which point of a chain: everything that flows into a protecting output
later.

A guard says, per column, how a row may show it at that point: by the very expression that will protect it, or (None)
not at all.
"""

from __future__ import annotations

from dataclasses import replace

from headwater.plan.bind import passed_through
from headwater.plan.draft import Draft
from headwater.plan.model import Chain, Guard, Step
from headwater.sdk.processor import Lookup, Operation, Project, Protector


def protect(draft: Draft) -> Draft:
    """A pass: every step learns the guard before each of its operations, the chain the one at its read."""
    return replace(draft, chains=tuple(replace(item, chain=_protected(item.chain)) for item in draft.chains))


def _protected(chain: Chain) -> Chain:
    guard: Guard = {}
    steps: list[Step] = []
    for step in reversed(chain.steps):
        if isinstance(step.batch, Protector):
            guard = {**guard, **dict.fromkeys(step.batch.protected_columns(step.after), None)}
        guards: list[Guard] = []
        for operation in reversed(step.operations):
            guard = _before(operation, guard)
            guards.insert(0, guard)
        steps.insert(0, replace(step, guards=tuple(guards)))
    sides = tuple(replace(side, chain=_protected(side.chain)) for side in chain.sides)
    return replace(chain, steps=tuple(steps), guard=guard, sides=sides)


def _before(operation: Operation, after: Guard) -> Guard:
    match operation:
        case Project(outputs=outputs):
            found: Guard = {}
            for output in outputs:
                columns = output.expression.columns
                if output.protects:
                    shown = output.expression if columns == frozenset((output.name,)) else None
                elif output.name not in after:
                    continue
                else:
                    unchanged = passed_through(output.expression) == output.name and output.type is None
                    shown = after[output.name] if unchanged else None
                for column in columns:
                    # Withheld wins: a value that flows into two protected columns has no one form to be shown in.
                    found[column] = shown if column not in found else None
            return found
        case Lookup(outputs=outputs):
            added = {name for name, _ in outputs}
            return {name: shown for name, shown in after.items() if name not in added}
        case _:
            return dict(after)
