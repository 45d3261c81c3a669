"""merge and scd2 over Arrow tables: the plainest correct form, which other destinations are held against."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from headwater.sdk.destination import Committed, LoadRequest, Write
from headwater.sdk.errors import DataError

FROM, TO = "_hw_valid_from", "_hw_valid_to"
_HISTORY = (pa.field(FROM, pa.timestamp("us", "UTC")), pa.field(TO, pa.timestamp("us", "UTC")))

Key = tuple[str, ...]


def without_history(schema: pa.Schema, write: Write) -> pa.Schema:
    """The schema that a load of this strategy is compared with."""
    return pa.schema([field for field in schema if write is not Write.SCD2 or field.name not in (FROM, TO)])


def align(rows: pa.Table, schema: pa.Schema, *, history: bool = False) -> pa.Table:
    """The rows in this schema, columns matched by name, NULL where they have none."""
    wanted = [*schema, *_HISTORY] if history else list(schema)
    known = set(rows.column_names)
    columns = [
        rows.column(field.name).cast(field.type) if field.name in known else pa.nulls(len(rows), field.type)
        for field in wanted
    ]
    return pa.Table.from_arrays(columns, schema=pa.schema(wanted))


def merge(
    existing: pa.Table, incoming: pa.Table, written: Sequence[str], request: LoadRequest
) -> tuple[pa.Table, Committed]:
    """Updated rows keep what they have in columns that the load does not write."""
    winners = _winners(incoming, request.key, request.cursor)
    before = {item: at for at, item in enumerate(_keys(existing, request.key))}
    partners = pa.array([before.get(item) for item in _keys(winners, request.key)], pa.int64())
    columns = [
        winners.column(name) if name in written else existing.column(name).take(partners)
        for name in winners.column_names
    ]
    fresh = pa.Table.from_arrays(columns, schema=winners.schema)
    replaced = set(partners.drop_null().to_pylist())
    kept = existing.filter(pa.array([at not in replaced for at in range(len(existing))], pa.bool_()))
    changed = {"inserted": partners.null_count, "updated": len(replaced)}
    table = pa.concat_tables([kept, fresh])
    return table, Committed(len(winners), len(incoming) - len(winners), changed)


def scd2(existing: pa.Table, incoming: pa.Table, request: LoadRequest, now: datetime) -> tuple[pa.Table, Committed]:
    """Old versions keep their rows; the version that stands has no `_hw_valid_to`."""
    existing = existing if FROM in existing.column_names else align(existing, existing.schema, history=True)
    winners = _winners(incoming, request.key, request.cursor)
    current = {item: at for at, item in enumerate(_keys(existing, request.key)) if not existing[TO][at].is_valid}
    versions, seen = _versions(existing, winners.column_names), _versions(winners, winners.column_names)
    fresh: list[int] = []
    closed: set[int] = set()
    inserted = 0
    new_keys = _keys(winners, request.key)
    for at, item in enumerate(new_keys):
        before = current.get(item)
        if before is not None and versions[before] == seen[at]:
            continue
        fresh.append(at)
        if before is None:
            inserted += 1
        else:
            closed.add(before)
    gone = (
        set(current.values()) - {current[item] for item in new_keys if item in current} if request.full else set[int]()
    )
    ends = [now if at in closed | gone else value for at, value in enumerate(existing[TO].to_pylist())]
    kept = existing.set_column(existing.schema.get_field_index(TO), _HISTORY[1], pa.array(ends, _HISTORY[1].type))
    added = winners.take(pa.array(fresh, pa.int64()))
    added = added.append_column(_HISTORY[0], pa.array([now] * len(added), _HISTORY[0].type))
    added = added.append_column(_HISTORY[1], pa.nulls(len(added), _HISTORY[1].type))
    changed = {
        "inserted": inserted,
        "updated": len(closed),
        "unchanged": len(winners) - len(fresh),
        "closed": len(gone),
    }
    table = pa.concat_tables([kept, added.cast(kept.schema)])
    return table, Committed(len(winners), len(incoming) - len(winners), changed)


def _winners(rows: pa.Table, key: Key, cursor: str | None) -> pa.Table:
    """One row per key: the highest cursor, then the last to come."""
    for name in key:
        if rows.column(name).null_count:
            raise DataError(
                f"key column {name!r} is NULL in {rows.column(name).null_count} rows",
                hint="choose a key without NULLs, or filter these rows out",
                code="data.null_key",
            )
    ranks = [0] * len(rows)
    if cursor is not None:
        ordered = pc.rank(rows.column(cursor), sort_keys="ascending", tiebreaker="dense").to_pylist()
        ranks = [-1 if value is None else rank for rank, value in zip(ordered, rows[cursor].to_pylist(), strict=True)]
    best: dict[tuple[str, ...], int] = {}
    for at, item in enumerate(_keys(rows, key)):
        before = best.get(item)
        if before is None or ranks[at] >= ranks[before]:
            best[item] = at
    return rows.take(pa.array(sorted(best.values()), pa.int64()))


def _keys(rows: pa.Table, key: Sequence[str]) -> list[tuple[str, ...]]:
    return _versions(rows, key)


def _versions(rows: pa.Table, columns: Sequence[str]) -> list[tuple[str, ...]]:
    """Each row as comparable text; NaN equals NaN, NULL equals NULL."""
    if not len(rows):
        return []
    return list(zip(*([repr(value) for value in rows.column(name).to_pylist()] for name in columns), strict=True))
