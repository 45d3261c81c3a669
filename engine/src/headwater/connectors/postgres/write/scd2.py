"""scd2: every version of a row is kept, from the commit that brought it to the commit that changed or ended it.

`_hw_valid_from` and `_hw_valid_to` bound a version; NULL in the latter marks the one that stands. When the load
holds the whole stream, rows that it does not have are ended too. Source: Kimball, slowly changing dimensions, type
2.
"""

from __future__ import annotations

from headwater.connectors.postgres.quoting import name, names
from headwater.connectors.postgres.target import VALID_FROM, VALID_TO, assigned
from headwater.connectors.postgres.target_types import target_type
from headwater.connectors.postgres.write.job import (
    Job,
    alter,
    changeable,
    differs,
    has_duplicates,
    keep_newest,
    same_key,
)
from headwater.sdk.destination import Committed

_UNKNOWN = "1900-01-01 00:00:00+00"


def publish(job: Job) -> Committed:
    if job.target.table is None:
        _create(job)
    else:
        _add_bounds(job)
        alter(job)
    job.run(f"ANALYZE {job.stage.qualified}")
    lost = keep_newest(job) if has_duplicates(job) else 0
    written = job.rows - lost
    closed = _close_absent(job) if job.request.full else 0
    updated = _close_changed(job)
    opened = _open_versions(job)
    changed = {
        "inserted": opened - updated,
        "updated": updated,
        "unchanged": written - opened,
        "closed": closed,
    }
    return Committed(written, lost, changed)


def _create(job: Job) -> None:
    target, bounds = job.target, (name(VALID_FROM), name(VALID_TO))
    columns = [f"{name(item.name)} {target_type(item)}" for item in target.written]
    columns += [f"{bounds[0]} timestamptz NOT NULL", f"{bounds[1]} timestamptz"]
    job.run(f"CREATE TABLE {target.qualified} ({', '.join(columns)})")
    # One standing version for each key, found at once however many versions there are.
    job.run(f"CREATE UNIQUE INDEX ON {target.qualified} ({names(job.request.key)}) WHERE {bounds[1]} IS NULL")


def _add_bounds(job: Job) -> None:
    """A table that was loaded otherwise before: nobody knows since when its rows stand."""
    assert job.target.table is not None
    present = {column.name for column in job.target.table.columns}
    if VALID_FROM not in present:
        column = f"{name(VALID_FROM)} timestamptz NOT NULL DEFAULT '{_UNKNOWN}'"
        job.run(f"ALTER TABLE {job.target.qualified} ADD COLUMN {column}")
        job.run(f"ALTER TABLE {job.target.qualified} ALTER COLUMN {name(VALID_FROM)} DROP DEFAULT")
    if VALID_TO not in present:
        job.run(f"ALTER TABLE {job.target.qualified} ADD COLUMN {name(VALID_TO)} timestamptz")


def _close(job: Job) -> str:
    # A clock that was set back must not end a version before it began.
    ended = f"greatest(now(), t.{name(VALID_FROM)})"
    return f"UPDATE {job.target.qualified} AS t SET {name(VALID_TO)} = {ended}"


def _stands() -> str:
    return f"t.{name(VALID_TO)} IS NULL"


def _close_absent(job: Job) -> int:
    staged = f"SELECT 1 FROM {job.stage.qualified} AS s WHERE {same_key(job, job.request.key)}"
    return job.run(f"{_close(job)} WHERE {_stands()} AND NOT EXISTS ({staged})")


def _close_changed(job: Job) -> int:
    by_name = {item.name: item for item in job.target.written}
    tests = [
        differs(job, column, f"t.{name(column)}", assigned(job.target, by_name[column], f"s.{name(column)}"))
        for column in changeable(job, job.request.key)
    ]
    if not tests:
        return 0
    matches = same_key(job, job.request.key)
    return job.run(
        f"{_close(job)} FROM {job.stage.qualified} AS s WHERE {_stands()} AND {matches} AND ({' OR '.join(tests)})"
    )


def _open_versions(job: Job) -> int:
    values = [assigned(job.target, item, f"s.{name(item.name)}") for item in job.target.written]
    standing = f"SELECT 1 FROM {job.target.qualified} AS t WHERE {_stands()} AND {same_key(job, job.request.key)}"
    return job.run(
        f"INSERT INTO {job.target.qualified} ({names(job.target.columns)}, {name(VALID_FROM)}, {name(VALID_TO)})"
        f" OVERRIDING SYSTEM VALUE SELECT {', '.join(values)}, now(), NULL FROM {job.stage.qualified} AS s"
        f" WHERE NOT EXISTS ({standing})"
    )
