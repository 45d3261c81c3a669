"""What the catalog says about tables: one query answers a page of them, with columns, keys and sizes.

Used by the source for discovery and by the destination for the table it writes to. Partitions of a partitioned
table are found by their exact name only, for its parent stands for them. Source: PostgreSQL manual, chapter 53
(system catalogs).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from headwater.connectors.postgres.connect import Connection
from headwater.connectors.postgres.types import PgColumn

STAGE_PREFIX = "_hw_stage_"
META_TABLE = "_headwater_loads"

_DOMAINS = """
WITH RECURSIVE steps(domain, target, modifier) AS (
    SELECT oid, typbasetype, typtypmod FROM pg_type WHERE typtype = 'd'
    UNION ALL
    SELECT s.domain, t.typbasetype, CASE WHEN s.modifier = -1 THEN t.typtypmod ELSE s.modifier END
    FROM steps s JOIN pg_type t ON t.oid = s.target WHERE t.typtype = 'd'
), domains AS (
    SELECT s.domain, s.target, s.modifier FROM steps s JOIN pg_type t ON t.oid = s.target WHERE t.typtype <> 'd'
)
"""

_COLUMNS = """
SELECT jsonb_agg(jsonb_build_object(
    'name', a.attname, 'type', t.typname, 'kind', t.typtype, 'modifier', b.modifier,
    'element', e.typname, 'element_kind', e.typtype,
    'declared', format_type(a.atttypid, a.atttypmod), 'base', format_type(b.oid, b.modifier),
    'not_null', a.attnotnull, 'dimensions', a.attndims, 'identity', a.attidentity,
    'generated', {generated}, 'ordinary_collation', coalesce(o.collisdeterministic, true) AND t.typname <> 'citext'
) ORDER BY a.attnum)
FROM pg_attribute a
LEFT JOIN domains d ON d.domain = a.atttypid
CROSS JOIN LATERAL (SELECT coalesce(d.target, a.atttypid) AS oid,
    CASE WHEN a.atttypmod <> -1 THEN a.atttypmod ELSE coalesce(d.modifier, -1) END AS modifier) b
JOIN pg_type t ON t.oid = b.oid
LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
LEFT JOIN pg_collation o ON o.oid = a.attcollation
WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND {column_right}
"""

_KEY = """
SELECT array_agg(a.attname::text ORDER BY k.place)
FROM pg_index i
CROSS JOIN LATERAL unnest(i.indkey[0:i.indnkeyatts - 1]) WITH ORDINALITY AS k(attnum, place)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
WHERE i.indrelid = c.oid AND i.indisprimary
"""

_SIZES = """
SELECT sum(greatest(leaf.reltuples, 0))::int8 AS tuples, bool_and(leaf.reltuples >= 0) AS known,
    sum(pg_relation_size(leaf.oid))::int8 AS bytes
FROM pg_class leaf
WHERE leaf.oid = c.oid AND c.relkind <> 'p'
   OR c.relkind = 'p' AND leaf.relkind = 'r' AND leaf.oid IN (SELECT relid FROM pg_partition_tree(c.oid))
"""

_TABLES = (
    """
SELECT c.oid::int8, n.nspname, c.relname, c.relkind::text,
    ("""
    + _COLUMNS
    + """)::text, ("""
    + _KEY
    + """), size.tuples, size.known, size.bytes
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL ("""
    + _SIZES
    + """) size
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {where}
ORDER BY (n.nspname || '.' || c.relname) COLLATE "C" LIMIT %(limit)s
"""
)

_LISTED = (
    """
NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname !~ '^pg_temp'
AND c.relname !~ '^("""
    + STAGE_PREFIX
    + "|"
    + META_TABLE
    + """$)'
AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
AND (%(schema)s::text IS NULL OR n.nspname = %(schema)s)
AND (n.nspname || '.' || c.relname) COLLATE "C" ~ %(pattern)s
AND (%(after)s::text IS NULL OR (n.nspname || '.' || c.relname) COLLATE "C" > %(after)s)
"""
)
_NAMED = "(n.nspname || '.' || c.relname) = %(name)s AND n.nspname !~ '^pg_'"
_EXACT = "n.nspname = %(schema)s AND c.relname = %(table)s"


@dataclass(frozen=True, slots=True)
class PgTable:
    """A table, view or the like. `kind` is pg_class.relkind; `rows` an estimate, None before an ANALYZE."""

    oid: int
    schema: str
    name: str
    kind: str
    columns: tuple[PgColumn, ...]
    primary_key: tuple[str, ...]
    rows: int | None
    size_bytes: int | None

    @property
    def stream(self) -> str:
        return f"{self.schema}.{self.name}"


def list_tables(
    connection: Connection, *, schema: str | None, pattern: str, after: str | None, limit: int
) -> list[PgTable]:
    """Readable tables in name order whose `schema.table` matches the regular expression; their readable columns."""
    parameters = {"schema": schema, "pattern": pattern, "after": after, "limit": limit}
    return _query(connection, _LISTED, parameters, readable=True)


def find_stream(connection: Connection, stream: str) -> list[PgTable]:
    """The tables called `schema.table`; more than one only when names with dots collide."""
    return _query(connection, _NAMED, {"name": stream, "limit": 2}, readable=True)


def find_table(connection: Connection, schema: str, table: str) -> PgTable | None:
    """The table with all its columns, whatever the rights on them."""
    found = _query(connection, _EXACT, {"schema": schema, "table": table, "limit": 1}, readable=False)
    return found[0] if found else None


def _query(connection: Connection, where: str, parameters: dict[str, Any], *, readable: bool) -> list[PgTable]:
    right = "has_column_privilege(a.attrelid, a.attnum, 'SELECT')" if readable else "true"
    statement = _DOMAINS + _TABLES.format(where=where, column_right=right, generated="a.attgenerated")
    rows = connection.execute(statement.encode(), parameters).fetchall()
    return [_table(row) for row in rows]


def _table(row: tuple[Any, ...]) -> PgTable:
    oid, schema, table, kind, columns, key, tuples, known, size_bytes = row
    return PgTable(
        oid=oid,
        schema=schema,
        name=table,
        kind=kind,
        columns=tuple(PgColumn.from_catalog(column) for column in json.loads(columns or "[]")),
        primary_key=tuple(key or ()),
        rows=tuples if known and kind in "rmp" else None,
        size_bytes=size_bytes if kind in "rmp" else None,
    )
