"""Which columns of what a pipeline would deliver look personal and are not protected; nothing is written anywhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from headwater.plan.model import Chain
from headwater.plan.trace import protected_columns
from headwater.run.prepare import Prepared
from headwater.run.preview import preview_stream
from headwater.sdk.stream import Json
from headwater.toolkit.privacy.detect import Finding, findings


@dataclass(frozen=True, slots=True)
class Detected:
    """`rows` were looked at, as they stand after the step named `after`; `protected` columns were not."""

    stream: str
    after: str
    rows: int
    found: tuple[Finding, ...]
    protected: tuple[str, ...]

    def as_dict(self) -> dict[str, Json]:
        return {
            "stream": self.stream,
            "after": self.after,
            "rows": self.rows,
            "protected": list(self.protected),
            "found": [
                {
                    "column": item.column,
                    "kind": item.kind,
                    "confidence": round(item.score, 2),
                    "share": None if item.share is None else round(item.share, 3),
                    "because": item.because,
                    "suggested": item.suggests,
                }
                for item in self.found
            ],
        }


def detect_stream(
    chain: Chain, prepared: Prepared, home: Path, *, after: int | None, rows: int, confidence: float
) -> Detected:
    """Raises ConfigError when the stream has no step of that number."""
    seen = preview_stream(chain, prepared, home, after=after, limit=rows)
    steps = chain.steps if after is None else tuple(step for step in chain.steps if step.number <= after)
    protected = protected_columns(replace(chain, steps=steps))
    found = findings(seen.rows, confidence=confidence, ignore=protected)
    return Detected(chain.name, seen.after, seen.rows.num_rows, tuple(found), tuple(sorted(protected)))
