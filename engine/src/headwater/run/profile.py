"""Quality rules proposed from the first rows of a stream: what holds for all of them, and looks meant.

A sample proves nothing, so all rules warn until a person lets them reject.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil, floor
from pathlib import Path

from headwater.plan.model import Chain
from headwater.run.prepare import Prepared
from headwater.run.sample import sample
from headwater.sdk.stream import Json
from headwater.toolkit.rules.observed import Observed, observe

_KEY_NAME = re.compile(r"(^|[_ .-])(id|key|uuid|guid|code|no|nr|number)$|[a-z](Id|Key|Uuid|No)$", re.IGNORECASE)
_CHANGE_NAME = re.compile(r"updated|modified|changed|created|inserted|loaded|event|timestamp|(^|_)at$", re.IGNORECASE)
_MOST_COMPLETE = 0.5
_RECENT = timedelta(days=30)

Data = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Profiled:
    """`rows` were looked at, as they stand after the step named `after`."""

    stream: str
    after: str
    rows: int
    columns: tuple[Observed, ...]
    rules: tuple[Data, ...]

    @property
    def step(self) -> Data:
        """The processor, as it stands in a project file."""
        return {"type": "quality", "streams": [self.stream], "config": {"rules": list[Json](self.rules)}}

    def as_dict(self) -> Data:
        return {
            "stream": self.stream,
            "after": self.after,
            "rows": self.rows,
            "columns": [_facts(item) for item in self.columns],
            "step": self.step,
        }


def profile_stream(chain: Chain, prepared: Prepared, home: Path, *, after: int | None, rows: int) -> Profiled:
    """Values of a column that the pipeline protects somewhere are not shown. Raises ConfigError when the stream has no
    step of that number.
    """
    seen, hidden = sample(chain, prepared, home, after=after, rows=rows)
    columns = tuple(_without_values(item) if item.name in hidden else item for item in observe(seen.rows))
    rules = propose(columns, chain.scan.primary_key, datetime.now(UTC)) if seen.rows.num_rows else ()
    return Profiled(chain.name, seen.after, seen.rows.num_rows, columns, tuple(rules))


def propose(columns: tuple[Observed, ...], key: tuple[str, ...], now: datetime) -> tuple[Data, ...]:
    """The rules, those about rows first."""
    about_rows: list[Data] = []
    if complete := [item.name for item in columns if item.nulls == 0]:
        about_rows.append({"rule": "not_null", "columns": list[Json](complete)})
    names = [item.name for item in columns]
    if key and all(name in names for name in key):
        about_rows.append({"rule": "unique", "columns": list[Json](key)})
    for item in columns:
        about_rows += _of_column(item, key)
    about_all: list[Data] = [{"rule": "row_count", "min": 1}, {"rule": "volume_change", "max_drop": "50%"}]
    for item in columns:
        about_all += _of_all(item, now)
    return tuple({**rule, "severity": "warn"} for rule in (*about_rows, *about_all))


def _of_column(item: Observed, key: tuple[str, ...]) -> Iterator[Data]:
    column: Data = {"column": item.name}
    if item.is_unique and item.name not in key and _KEY_NAME.search(item.name) and not item.type.startswith("float"):
        yield {"rule": "unique", **column}
    if item.values and item.type == "string":
        yield {"rule": "in", **column, "values": list[Json](item.values)}
    elif item.kind is not None:
        yield {"rule": item.kind, **column}
    elif item.format is not None:
        yield {"rule": "date_format", **column, "formats": [item.format]}
    elif item.of_type is not None:
        yield {"rule": "type", **column, "type": item.of_type}
    elif item.lengths is not None and item.lengths[0] == item.lengths[1] > 0:
        yield {"rule": "length", **column, "min": item.lengths[0], "max": item.lengths[1]}
    if item.low is not None and not isinstance(item.low, date) and item.low >= 0:
        yield {"rule": "range", **column, "min": 0}


def _of_all(item: Observed, now: datetime) -> Iterator[Data]:
    if item.nulls > 0 and item.completeness >= _MOST_COMPLETE:
        # Room for a bad day: the share, less a tenth of it, in whole percents.
        yield {"rule": "completeness", "column": item.name, "min": f"{floor(90 * item.completeness)}%"}
    latest = _moment(item.high)
    if latest is not None and _CHANGE_NAME.search(item.name) and timedelta(0) <= now - latest <= _RECENT:
        days = max(1, ceil(2 * (now - latest) / timedelta(days=1)))
        yield {"rule": "freshness", "column": item.name, "max_age": f"{days}d"}


def _moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return None


def _without_values(item: Observed) -> Observed:
    return Observed(item.name, item.type, item.rows, item.nulls, item.distinct)


def _facts(item: Observed) -> Data:
    return {
        "name": item.name,
        "type": item.type,
        "nulls": item.nulls,
        "distinct": item.distinct,
        "of_type": item.of_type,
        "format": item.format,
        "kind": item.kind,
        "values": list[Json](item.values),
        "low": _shown(item.low),
        "high": _shown(item.high),
        "lengths": None if item.lengths is None else list[Json](item.lengths),
    }


def _shown(value: object) -> Json:
    return value if value is None or isinstance(value, int | float) else str(value)
