"""replace: the table holds exactly the rows of the load, and stays what it was: grants, views, indexes, keys.

Readers see the old rows until the commit and the new ones after it, never none. Three ways, the fastest that keeps
this: a table that nothing refers to is exchanged for the staging table; one that foreign keys refer to is brought
up to date row by row, so that the rows they point to stay; any other has its rows deleted and inserted.
"""

from __future__ import annotations

import logging

from psycopg import errors

from headwater.connectors.postgres.quoting import name
from headwater.connectors.postgres.swap import swap
from headwater.connectors.postgres.target import assigned
from headwater.connectors.postgres.write.job import (
    Job,
    alter,
    changeable,
    differs,
    insert_select,
    rename_into_place,
    same_key,
)
from headwater.sdk.destination import Committed
from headwater.sdk.errors import ConfigError

log = logging.getLogger(__name__)


def publish(job: Job) -> Committed:
    if job.target.table is None:
        rename_into_place(job)
    elif not (job.stage.like_target and _swapped(job)):
        _rewrite(job)
    return Committed(written=job.rows, changed={"inserted": job.rows})


def _swapped(job: Job) -> bool:
    """Exchange the tables; False when someone came to depend on the old one, or does not let go of it in time."""
    assert job.target.table is not None
    job.run("SAVEPOINT headwater_swap")
    try:
        swap(job.connection, job.target.table, stage=job.stage.qualified)
    except (errors.LockNotAvailable, errors.DependentObjectsStillExist) as error:
        job.run("ROLLBACK TO SAVEPOINT headwater_swap")
        log.info(
            "the table is in use: its rows are replaced instead of the table",
            extra={"event": "postgres.not_swapped", "table": job.target.qualified, "reason": error.sqlstate},
        )
        return False
    job.run("RELEASE SAVEPOINT headwater_swap")
    return True


def _rewrite(job: Job) -> None:
    assert job.target.table is not None
    referenced = job.one(
        "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conparentid = 0"
        f" AND confrelid = {job.target.table.oid}"
    )
    if referenced[0]:
        _update_by_key(job)
        return
    job.run(f"DELETE FROM {job.target.qualified}")
    alter(job, empty=True)
    job.run(insert_select(job))


def _update_by_key(job: Job) -> None:
    """Delete what the load does not have, change what differs, insert what is new."""
    assert job.target.table is not None
    key = job.target.table.primary_key
    if not key or not set(key) <= set(job.target.columns):
        raise ConfigError(
            f"table {job.target.qualified} is referenced by foreign keys, so its rows are replaced by primary key,"
            " which the load does not have",
            hint="select the key's columns, or use write: merge, or drop the foreign keys",
            code="postgres.referenced_table",
        )
    alter(job)
    matches, stage = same_key(job, key), f"{job.stage.qualified} AS s"
    job.run(f"ANALYZE {job.stage.qualified}")
    job.run(f"DELETE FROM {job.target.qualified} AS t WHERE NOT EXISTS (SELECT 1 FROM {stage} WHERE {matches})")
    by_name = {item.name: item for item in job.target.written}
    columns = changeable(job, key)
    if columns:
        staged = {column: assigned(job.target, by_name[column], f"s.{name(column)}") for column in columns}
        sets = ", ".join(f"{name(column)} = {staged[column]}" for column in columns)
        unlike = " OR ".join(differs(job, column, f"t.{name(column)}", staged[column]) for column in columns)
        job.run(f"UPDATE {job.target.qualified} AS t SET {sets} FROM {stage} WHERE {matches} AND ({unlike})")
    job.run(f"{insert_select(job)} WHERE NOT EXISTS (SELECT 1 FROM {job.target.qualified} AS t WHERE {matches})")
