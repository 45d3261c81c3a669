"""Where a column stands after some steps, as long as no step changes its values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from headwater.plan.bind import passed_through
from headwater.plan.model import Chain, Step
from headwater.sdk.processor import Project, Protector


def kept_names(names: Sequence[str], steps: Sequence[Step]) -> dict[str, str]:
    """Where each column stands unchanged after the steps: name before → name after."""
    now = {name: name for name in names}
    for step in steps:
        if step.batch is not None:
            changed = step.batch.protected_columns(step.before) if isinstance(step.batch, Protector) else now.values()
            now = {name: later for name, later in now.items() if later not in set(changed)}
        for operation in step.operations:
            if isinstance(operation, Project):
                moved = {
                    source: output.name
                    for output in operation.outputs
                    if (source := passed_through(output.expression)) is not None
                }
                now = {name: moved[later] for name, later in now.items() if later in moved}
    return now


def protected_columns(chain: Chain) -> frozenset[str]:
    """Columns of what is delivered that a step protects, and none changed afterwards."""
    return frozenset(
        later
        for at, step in enumerate(chain.steps)
        for later in kept_names(list(_protected_by(step)), chain.steps[at + 1 :]).values()
    )


def _protected_by(step: Step) -> Iterator[str]:
    if isinstance(step.batch, Protector):
        yield from step.batch.protected_columns(step.before)
    for operation in step.operations:
        if isinstance(operation, Project):
            yield from (output.name for output in operation.outputs if output.protects)
