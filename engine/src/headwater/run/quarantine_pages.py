"""Parts of a quarantine file, for whoever shows it: a page of its rows, what broke them; never all of it in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from headwater.run.quarantine import RUN_KEY, STREAM_KEY
from headwater.sdk.errors import DataError
from headwater.sdk.stream import Json

ROWS = 4_096
Wanted = Callable[[int, list[str]], bool]


def rows_of(path: Path, wanted: Wanted, *, after: int = -1) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number and row (`quarantine.SCHEMA`) of each row past `after` that is wanted, by its number and its rules."""
    number = 0
    for batch in _batches(path, None):
        if number + batch.num_rows <= after + 1:
            number += batch.num_rows
            continue
        for row in batch.to_pylist():
            if number > after and wanted(number, [rule["id"] for rule in row["rules"]]):
                yield number, row
            number += 1


def rule_counts(path: Path) -> list[dict[str, Json]]:
    """How many rows broke each rule, by step and rule; a row counts once for each rule it broke."""
    counts: Counter[tuple[int, str, str]] = Counter()
    for batch in _batches(path, ["step", "step_name", "rules"]):
        for row in batch.to_pylist():
            counts.update({(row["step"], row["step_name"], rule["id"]) for rule in row["rules"]})
    return [
        {"step": step, "step_name": name, "rule": rule, "rows": rows}
        for (step, name, rule), rows in sorted(counts.items())
    ]


def origin_of(path: Path) -> tuple[str, str, str] | None:
    """Run, pipeline and stream of a file; None when it is not Headwater's, or holds nothing."""
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError):
        return None
    facts = file.schema_arrow.metadata or file.metadata.metadata or {}
    facts = {**facts, **(file.metadata.metadata or {})}
    if RUN_KEY not in facts or STREAM_KEY not in facts or not file.metadata.num_rows:
        return None
    first = next(file.iter_batches(1, columns=["pipeline"])).to_pylist()[0]
    return facts[RUN_KEY].decode(), first["pipeline"], facts[STREAM_KEY].decode()


def _batches(path: Path, columns: list[str] | None) -> Iterator[pa.RecordBatch]:
    try:
        yield from pq.ParquetFile(path).iter_batches(ROWS, columns=columns)
    except (pa.ArrowInvalid, OSError) as cause:
        raise DataError(f"{path} cannot be read: {cause}", code="quarantine.unreadable") from cause
