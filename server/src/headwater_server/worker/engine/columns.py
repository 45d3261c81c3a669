"""What the first rows of a stream show about a column: counts, range, most frequent values, a histogram."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from headwater.toolkit.arrow_types import field_type_name

TOP, BARS = 10, 20
Number = int | float


def column_profile(rows: Any, name: str) -> dict[str, Any]:
    """`rows` is an Arrow table."""
    values = [value for value in rows.column(name).to_pylist() if value is not None]
    counts = Counter(_key(value) for value in values)
    numbers = [
        float(value) for value in values if isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    ]
    ordered = values if values and all(isinstance(value, type(values[0])) for value in values) else []
    ranged = bool(ordered) and isinstance(ordered[0], int | float | Decimal | str | date | datetime)
    return {
        "name": name,
        "type": field_type_name(rows.schema.field(name)),
        "nulls": rows.num_rows - len(values),
        "distinct": len(counts),
        "min": min(ordered) if ranged else None,
        "max": max(ordered) if ranged else None,
        "mean": sum(numbers) / len(numbers) if numbers else None,
        "top": [{"value": value, "count": count} for value, count in counts.most_common(TOP)],
        "histogram": _histogram(numbers),
    }


def _key(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | Decimal | date | datetime) else str(value)


def _histogram(numbers: list[float]) -> list[dict[str, Any]] | None:
    """Bars of equal width; None without numbers, or where all are the same."""
    finite = [number for number in numbers if number - number == 0]
    if not finite or min(finite) == max(finite):
        return None
    low, width = min(finite), (max(finite) - min(finite)) / BARS
    if not width:
        return None
    counts = Counter(min(BARS - 1, int((number - low) / width)) for number in finite)
    edges = [low + bar * width for bar in range(BARS)] + [max(finite)]
    return [{"from": one, "to": other, "count": counts[bar]} for bar, (one, other) in enumerate(pairwise(edges))]
