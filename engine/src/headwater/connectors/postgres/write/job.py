"""What every strategy is given, and the statements several of them share. All run inside the commit's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from psycopg import errors

from headwater.connectors.postgres.connect import Connection
from headwater.connectors.postgres.quoting import literal, name, names
from headwater.connectors.postgres.stage import Stage
from headwater.connectors.postgres.target import ARRIVAL, Target, altered, assigned
from headwater.connectors.postgres.target_types import target_type
from headwater.sdk.destination import Evolution, LoadRequest, SchemaChange

# Types whose `=` says that two values are the same; others are compared by their text.
_EQUAL_IS_SAME = frozenset(
    ("bool", "int2", "int4", "int8", "oid", "float4", "float8", "text", "varchar", "bpchar", "name", "bytea", "jsonb")
) | {"date", "time", "timestamp", "timestamptz", "uuid", "inet", "cidr", "macaddr", "macaddr8"}


@dataclass(frozen=True, slots=True)
class Job:
    """A load that is being committed: `rows` are staged. Strategies add what they change late to `changes`."""

    connection: Connection
    target: Target
    stage: Stage
    request: LoadRequest
    rows: int
    changes: list[SchemaChange] = field(default_factory=list[SchemaChange])

    def run(self, statement: str) -> int:
        """The number of rows it touched."""
        return self.connection.execute(statement.encode()).rowcount

    def one(self, statement: str) -> tuple[int, ...]:
        row = self.connection.execute(statement.encode()).fetchone()
        return tuple(int(item or 0) for item in row) if row else ()


def alter(job: Job, *, empty: bool = False) -> None:
    """Make the table what it must become; `empty`: its rows have just been deleted."""
    for statement in altered(job.target, job.target.qualified, empty=empty):
        job.run(statement)
    if job.request.evolution is Evolution.EVOLVE:
        _lift_lengths(job)


def _lift_lengths(job: Job) -> None:
    """A `varchar(n)` that is too short for the load's texts becomes `text`, which rewrites nothing."""
    limited = [
        (column, column.type.modifier - 4)
        for column in (job.target.column(item.name) for item in job.target.written)
        if column is not None and column.type.name in {"varchar", "bpchar"} and column.type.modifier >= 4
    ]
    if not limited:
        return
    longest = ", ".join(f"max(length({name(column.name)}::text))" for column, _ in limited)
    found = job.one(f"SELECT {longest} FROM {job.stage.qualified}")
    for (column, limit), length in zip(limited, found, strict=True):
        if length > limit:
            job.run(f"ALTER TABLE {job.target.qualified} ALTER COLUMN {name(column.name)} TYPE text")
            job.changes.append(SchemaChange(column.name, "widened", column.declared, "text"))


def insert_select(job: Job, *, alias: str = "s") -> str:
    """INSERT INTO … SELECT of the staged columns; the caller adds the rest of the query."""
    values = ", ".join(assigned(job.target, item, f"{alias}.{name(item.name)}") for item in job.target.written)
    columns = names(job.target.columns)
    # A key that the table would generate itself is taken as the load has it.
    return (
        f"INSERT INTO {job.target.qualified} AS t ({columns}) OVERRIDING SYSTEM VALUE"
        f" SELECT {values} FROM {job.stage.qualified} AS {alias}"
    )


def same_key(job: Job, key: Sequence[str]) -> str:
    """The condition that table row `t` and staged row `s` have one key."""
    by_name = {item.name: item for item in job.target.written}
    return " AND ".join(
        f"t.{name(column)} = {assigned(job.target, by_name[column], f's.{name(column)}')}" for column in key
    )


def changeable(job: Job, key: Sequence[str]) -> list[str]:
    """The columns that an update sets: not the key, nor what the table always generates."""
    found: list[str] = []
    for column in job.target.columns:
        existing = job.target.column(column)
        if column not in key and (existing is None or existing.identity != "a"):
            found.append(column)
    return found


def differs(job: Job, column: str, left: str, right: str) -> str:
    """Whether two values of a column are not the very same, NULL being a value like any other."""
    existing = job.target.column(column)
    item = next(item for item in job.target.written if item.name == column)
    if existing is None or any(retyped.name == column for retyped in job.target.retyped):
        base = target_type(item).partition("(")[0].removesuffix("[]")
        plain = base in _EQUAL_IS_SAME or target_type(item).startswith("numeric(")
    else:
        kind = existing.type
        plain = kind.scalar in _EQUAL_IS_SAME or kind.kind == "e" or kind.decimal is not None
        plain = plain and existing.ordinary_collation
    if plain:
        return f"{left} IS DISTINCT FROM {right}"
    return f'{left}::text COLLATE "C" IS DISTINCT FROM {right}::text COLLATE "C"'


def keep_newest(job: Job) -> int:
    """Of staged rows that share a key keep the one with the highest cursor, then the last to come; how many lost."""
    keys = names(job.request.key)
    order = f"{name(ARRIVAL)} DESC"
    if job.request.cursor is not None:
        cursor = next(item for item in job.target.written if item.name == job.request.cursor)
        by_bytes = ' COLLATE "C"' if target_type(cursor) == "text" else ""
        order = f"{name(cursor.name)}{by_bytes} DESC NULLS LAST, {order}"
    return job.run(
        f"DELETE FROM {job.stage.qualified} AS d USING (SELECT ctid AS place, row_number() OVER"
        f" (PARTITION BY {keys} ORDER BY {order}) AS rank FROM {job.stage.qualified}) AS r"
        " WHERE d.ctid = r.place AND r.rank > 1"
    )


def has_duplicates(job: Job) -> bool:
    keys = names(job.request.key)
    found = job.run(f"SELECT 1 FROM {job.stage.qualified} GROUP BY {keys} HAVING count(*) > 1 LIMIT 1")
    return found > 0


def run_unless_duplicates(job: Job, statement: str) -> bool:
    """Run a statement that a key in two rows stops; False (and nothing is done) when it did.

    Most loads have no such rows; to look for them first would cost more than to try.
    """
    job.run("SAVEPOINT headwater_unique")
    try:
        job.run(statement)
    except errors.UniqueViolation:
        job.run("ROLLBACK TO SAVEPOINT headwater_unique")
        return False
    job.run("RELEASE SAVEPOINT headwater_unique")
    return True


def rename_into_place(job: Job) -> None:
    """The staging table becomes the target, which does not exist yet."""
    stage, target = job.stage, job.target
    if stage.arrival:
        job.run(f"ALTER TABLE {stage.qualified} DROP COLUMN {name(ARRIVAL)}")
    job.run(f"COMMENT ON TABLE {stage.qualified} IS NULL")
    try:
        job.run(f"ALTER TABLE {stage.qualified} RENAME TO {name(target.name)}")
    except errors.DuplicateTable as error:
        raise errors.SerializationFailure(f"table {literal(target.name)} was created meanwhile") from error
