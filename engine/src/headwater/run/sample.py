"""The first rows of a stream after any step, and which of its columns must not show values there."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from headwater.plan.model import Chain
from headwater.plan.trace import protected_columns
from headwater.run.prepare import Prepared
from headwater.run.preview import Previewed, preview_stream
from headwater.sdk.processor import Protector


class Sample(NamedTuple):
    seen: Previewed
    hidden: frozenset[str]


def sample(chain: Chain, prepared: Prepared, home: Path, *, after: int | None, rows: int) -> Sample:
    """Raises ConfigError when the stream has no step of that number."""
    seen = preview_stream(chain, prepared, home, after=after, limit=rows)
    return Sample(seen, frozenset(_hidden(chain, after)) | protected_columns(chain))


def _hidden(chain: Chain, after: int | None) -> set[str]:
    """Columns that flow into what a later step protects."""
    found: set[str] = set()
    for step in chain.steps:
        if after is not None and step.number > after:
            found |= set(step.guard(0))
            if isinstance(step.batch, Protector):
                found |= step.batch.protected_columns(step.before)
    return found | set(chain.guard if after == 0 else ())
