"""What a run did and proves: the object that `run --json` prints and the server stores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from headwater.sdk.destination import SchemaChange
from headwater.sdk.errors import HeadwaterError
from headwater.sdk.stream import Json

SUCCEEDED, FAILED, CANCELLED = "succeeded", "failed", "cancelled"


@dataclass(frozen=True, slots=True)
class Rows:
    """`read = filtered + rejected + deduplicated + written` holds for every balanced load."""

    read: int = 0
    filtered: int = 0
    rejected: int = 0
    deduplicated: int = 0
    written: int = 0

    @property
    def balanced(self) -> bool:
        return self.read == self.filtered + self.rejected + self.deduplicated + self.written


@dataclass(frozen=True, slots=True)
class LoadReport:
    """`size_bytes`: what went to the destination for this load, None where that is not counted. `in_doubt`: the run
    ended without knowing whether this load's commit went through.
    """

    stream: str
    destination: str
    table: str
    write: str
    delivery: str
    status: str
    rows: Rows = field(default_factory=Rows)
    size_bytes: int | None = None
    balanced: bool = False
    checkpoint: dict[str, Json] | None = None
    checks: tuple[dict[str, Json], ...] = ()
    schema_changes: tuple[SchemaChange, ...] = ()
    changed: dict[str, int] = field(default_factory=dict[str, int])
    warnings: tuple[str, ...] = ()
    attempts: int = 1
    took_s: float = 0.0
    quarantine: str | None = None
    error: HeadwaterError | None = None
    in_doubt: bool = False

    def as_dict(self) -> dict[str, Json]:
        rows = self.rows
        return {
            "stream": self.stream,
            "destination": self.destination,
            "table": self.table,
            "write": self.write,
            "delivery": self.delivery,
            "status": self.status,
            "rows": {
                "read": rows.read,
                "filtered": rows.filtered,
                "rejected": rows.rejected,
                "deduplicated": rows.deduplicated,
                "written": rows.written,
            },
            "size_bytes": self.size_bytes,
            "balanced": self.balanced,
            "checkpoint": without_marks(self.checkpoint),
            "checks": list(self.checks),
            "schema_changes": [_change(change) for change in self.schema_changes],
            "changed": dict(self.changed),
            "warnings": list(self.warnings),
            "attempts": self.attempts,
            "took_s": round(self.took_s, 3),
            "quarantine": self.quarantine,
            "error": dict(self.error.as_dict()) if self.error else None,
        }


@dataclass(frozen=True, slots=True)
class RunReport:
    run_id: str
    pipeline: str
    status: str
    engine: str
    started_at: datetime
    took_s: float
    loads: tuple[LoadReport, ...]

    @property
    def succeeded(self) -> bool:
        return self.status == SUCCEEDED

    @property
    def in_doubt(self) -> bool:
        """Whether the next run must find out what this one committed: it goes on with this run's id."""
        return any(load.in_doubt for load in self.loads)

    def as_dict(self) -> dict[str, Json]:
        return {
            "run_id": self.run_id,
            "pipeline": self.pipeline,
            "status": self.status,
            "engine": self.engine,
            "started_at": self.started_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "took_s": round(self.took_s, 3),
            "loads": [load.as_dict() for load in self.loads],
        }


def without_marks(checkpoint: Mapping[str, Json] | None) -> dict[str, Json] | None:
    """A checkpoint for people: there may be 200,000 marks."""
    return None if checkpoint is None else {name: value for name, value in checkpoint.items() if name != "marks"}


def _change(change: SchemaChange) -> dict[str, Json]:
    return {"column": change.column, "change": change.change, "before": change.before, "after": change.after}
