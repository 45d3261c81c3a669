"""merge: rows of a known key are updated where they differ, the others are inserted.

With a unique index on the key this is one INSERT … ON CONFLICT, the fastest way PostgreSQL has; a table that
Headwater makes gets its key as primary key. An older table without such an index is served by UPDATE and INSERT.
"""

from __future__ import annotations

from headwater.connectors.postgres.quoting import literal, name, names
from headwater.connectors.postgres.target import assigned
from headwater.connectors.postgres.write.job import (
    Job,
    alter,
    changeable,
    differs,
    has_duplicates,
    insert_select,
    keep_newest,
    rename_into_place,
    run_unless_duplicates,
    same_key,
)
from headwater.sdk.destination import Committed

# Exactly the key's columns, in any order, checked at once and for all rows: what ON CONFLICT needs.
_ARBITER = """
SELECT count(*) FROM pg_index i
WHERE i.indrelid = {oid} AND i.indisunique AND i.indisvalid AND i.indimmediate
  AND i.indpred IS NULL AND i.indexprs IS NULL
  AND (SELECT array_agg(a.attname::text ORDER BY a.attname::text COLLATE "C")
       FROM unnest(i.indkey[0:i.indnkeyatts - 1]) AS k(attnum)
       JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum) = ARRAY[{key}]::text[]
"""


def publish(job: Job) -> Committed:
    if job.target.table is None:
        return _create(job)
    alter(job)
    is_upsert = _has_arbiter(job)
    if not is_upsert or job.target.table.kind != "r":
        # For joins; an upsert alone takes the rows as they come.
        job.run(f"ANALYZE {job.stage.qualified} ({names(job.request.key)})")
    return _upsert(job) if is_upsert else _update_and_insert(job)


def _create(job: Job) -> Committed:
    keyed = f"ALTER TABLE {job.stage.qualified} ADD PRIMARY KEY ({names(job.request.key)})"
    lost = 0
    if not run_unless_duplicates(job, keyed):
        lost = keep_newest(job)
        job.run(keyed)
    rename_into_place(job)
    _name_key(job)
    written = job.rows - lost
    return Committed(written, lost, {"inserted": written, "updated": 0, "unchanged": 0})


def _name_key(job: Job) -> None:
    """The key is named after the table, as PostgreSQL would have done, if that name is free."""
    wanted = f"{job.target.name.encode()[:58].decode(errors='ignore')}_pkey"
    taken = job.one(
        f"SELECT count(*) FROM pg_class WHERE relname = {literal(wanted)}"
        f" AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = {literal(job.target.schema)})"
    )
    if not taken[0]:
        row = job.connection.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'p' AND conrelid = %s::regclass",
            [job.target.qualified],
        ).fetchone()
        if row:
            job.run(f"ALTER TABLE {job.target.qualified} RENAME CONSTRAINT {name(str(row[0]))} TO {name(wanted)}")


def _has_arbiter(job: Job) -> bool:
    assert job.target.table is not None
    key = ", ".join(literal(column) for column in sorted(job.request.key, key=str.encode))
    return job.one(_ARBITER.format(oid=job.target.table.oid, key=key))[0] > 0


def _upsert(job: Job) -> Committed:
    assert job.target.table is not None
    key, columns = job.request.key, changeable(job, job.request.key)
    action = "NOTHING"
    if columns:
        sets = ", ".join(f"{name(column)} = EXCLUDED.{name(column)}" for column in columns)
        unlike = " OR ".join(
            differs(job, column, f"t.{name(column)}", f"EXCLUDED.{name(column)}") for column in columns
        )
        action = f"UPDATE SET {sets} WHERE {unlike}"
    # A row that was inserted has no xmax; a partitioned table does not show it.
    fresh = "t.xmax = 0" if job.target.table.kind == "r" else "NULL::bool"
    upsert = (
        f"WITH moved AS ({insert_select(job)} ON CONFLICT ({names(key)}) DO {action} RETURNING {fresh} AS fresh)"
        " SELECT count(*), count(*) FILTER (WHERE fresh) FROM moved"
    )
    known = 0
    if job.target.table.kind != "r":
        stage, table = job.stage.qualified, job.target.qualified
        matches = f"EXISTS (SELECT 1 FROM {table} AS t WHERE {same_key(job, key)})"
        known = job.one(f"SELECT count(DISTINCT ({names(key, of='s')})) FROM {stage} AS s WHERE {matches}")[0]
    # ON CONFLICT notices such rows only when both of them change the table.
    lost = keep_newest(job) if has_duplicates(job) else 0
    found = job.one(upsert)
    written = job.rows - lost
    moved = found[0]
    inserted = found[1] if job.target.table.kind == "r" else written - known
    return _counted(written, lost, inserted=inserted, updated=moved - inserted)


def _update_and_insert(job: Job) -> Committed:
    lost = keep_newest(job) if has_duplicates(job) else 0
    matches, columns = same_key(job, job.request.key), changeable(job, job.request.key)
    by_name = {item.name: item for item in job.target.written}
    updated = 0
    if columns:
        staged = {column: assigned(job.target, by_name[column], f"s.{name(column)}") for column in columns}
        sets = ", ".join(f"{name(column)} = {staged[column]}" for column in columns)
        unlike = " OR ".join(differs(job, column, f"t.{name(column)}", staged[column]) for column in columns)
        updated = job.run(
            f"UPDATE {job.target.qualified} AS t SET {sets} FROM {job.stage.qualified} AS s"
            f" WHERE {matches} AND ({unlike})"
        )
    inserted = job.run(
        f"{insert_select(job)} WHERE NOT EXISTS (SELECT 1 FROM {job.target.qualified} AS t WHERE {matches})"
    )
    return _counted(job.rows - lost, lost, inserted=inserted, updated=updated)


def _counted(written: int, lost: int, *, inserted: int, updated: int) -> Committed:
    unchanged = written - inserted - updated
    return Committed(written, lost, {"inserted": inserted, "updated": updated, "unchanged": unchanged})
