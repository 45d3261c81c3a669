"""Putting a new table in the place of an old one: grants, indexes, constraints, comments and options go along.

Only for a table that nothing else refers to (`is_simple`); all others keep their identity and get new rows. Readers
wait only for the moment of the exchange. Source: PostgreSQL manual, CREATE TABLE (LIKE), chapter 53 (pg_depend).
"""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import errors

from headwater.connectors.postgres.catalog import PgTable
from headwater.connectors.postgres.connect import Connection
from headwater.connectors.postgres.quoting import literal, name
from headwater.sdk.errors import DataError

_SIMPLE = """
SELECT c.relkind = 'r' AND c.relpersistence = 'p' AND NOT c.relispartition AND NOT c.relrowsecurity
    AND c.reloftype = 0 AND c.relreplident = 'd' AND c.reltablespace = 0 AND NOT c.relhasrules
    AND c.relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)
    AND NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal)
    AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE confrelid = c.oid
        OR conrelid = c.oid AND contype NOT IN ('p', 'u', 'c', 'n'))
    AND NOT EXISTS (SELECT 1 FROM pg_inherits WHERE c.oid IN (inhrelid, inhparent))
    AND NOT EXISTS (SELECT 1 FROM pg_publication_tables p WHERE p.schemaname = n.nspname AND p.tablename = c.relname)
    AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND (a.attidentity <> '' OR a.attacl IS NOT NULL))
    AND NOT EXISTS (SELECT 1 FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = c.oid
        AND (NOT i.indisvalid OR i.indisclustered OR i.indisreplident OR x.reltablespace <> 0))
    AND NOT EXISTS (SELECT 1 FROM pg_seclabel WHERE objoid = c.oid AND classoid = 'pg_class'::regclass)
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
        AND NOT (d.classid = 'pg_type'::regclass AND d.deptype = 'i')
        AND NOT (d.classid = 'pg_attrdef'::regclass
            AND d.objid IN (SELECT oid FROM pg_attrdef WHERE adrelid = c.oid))
        AND NOT (d.classid = 'pg_constraint'::regclass
            AND d.objid IN (SELECT oid FROM pg_constraint WHERE conrelid = c.oid))
        AND NOT (d.classid = 'pg_class'::regclass AND d.objid IN (
            SELECT indexrelid FROM pg_index WHERE indrelid = c.oid UNION ALL SELECT c.reltoastrelid)))
    AND NOT EXISTS (SELECT 1 FROM pg_depend d JOIN pg_type t ON t.oid = c.reltype
        WHERE d.refclassid = 'pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray)
        AND d.classid <> 'pg_type'::regclass)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = %s
"""

_INDEXES = """
SELECT x.relname, con.conname, pg_get_constraintdef(con.oid), i.indisunique,
    substr(pg_get_indexdef(x.oid), 1 + length(format('CREATE %%sINDEX %%I ON %%I.%%I ',
        CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END, x.relname, n.nspname, c.relname))),
    obj_description(x.oid, 'pg_class'), obj_description(con.oid, 'pg_constraint')
FROM pg_index i
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_constraint con ON con.conindid = x.oid AND con.conrelid = c.oid AND con.contype IN ('p', 'u')
WHERE i.indrelid = %s ORDER BY x.relname
"""

_GRANTS = """
SELECT a.privilege_type, coalesce(r.rolname::text, ''), a.is_grantable
FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE c.oid = %s::regclass AND a.grantee <> c.relowner
"""


@dataclass(frozen=True, slots=True)
class _Index:
    """An index of the new table under a name for the time being, and the name it takes over."""

    temporary: str
    final: str
    is_constraint: bool
    comment: str | None


def is_simple(connection: Connection, table: PgTable) -> bool:
    """Whether nothing refers to the table itself, so that another one may stand in its place."""
    row = connection.execute(_SIMPLE.encode(), [table.oid]).fetchone()
    return row is not None and bool(row[0])


def copy_options(connection: Connection, table: PgTable, stage: str) -> None:
    """Storage parameters such as fillfactor, for the rows still to come."""
    row = connection.execute("SELECT coalesce(reloptions, '{}') FROM pg_class WHERE oid = %s", [table.oid]).fetchone()
    for option in row[0] if row else []:
        key, _, text = str(option).partition("=")
        connection.execute(f"ALTER TABLE {stage} SET ({key} = {literal(text)})".encode())


def swap(connection: Connection, table: PgTable, *, stage: str) -> None:
    """Build what the old table has on the new one, then exchange them. Raises psycopg.Error, also when the lock is
    busy.
    """
    old = f"{name(table.schema)}.{name(table.name)}"
    indexes = _build_indexes(connection, table, stage)
    _copy_grants(connection, old, stage)
    comment = connection.execute("SELECT obj_description(%s, 'pg_class')", [table.oid]).fetchone()
    told = literal(comment[0]) if comment and comment[0] is not None else "NULL"
    connection.execute(f"COMMENT ON TABLE {stage} IS {told}".encode())
    connection.execute(f"ANALYZE {stage}".encode())
    connection.execute(f"LOCK TABLE {old} IN ACCESS EXCLUSIVE MODE".encode())
    connection.execute(f"DROP TABLE {old}".encode())
    connection.execute(f"ALTER TABLE {stage} RENAME TO {name(table.name)}".encode())
    schema = name(table.schema)
    for index in indexes:
        before, after = name(index.temporary), name(index.final)
        if index.is_constraint:
            connection.execute(f"ALTER TABLE {old} RENAME CONSTRAINT {before} TO {after}".encode())
        else:
            connection.execute(f"ALTER INDEX {schema}.{before} RENAME TO {after}".encode())
        if index.comment is not None:
            connection.execute(f"COMMENT ON INDEX {schema}.{name(index.final)} IS {literal(index.comment)}".encode())


def _build_indexes(connection: Connection, table: PgTable, stage: str) -> list[_Index]:
    built: list[_Index] = []
    rows = connection.execute(_INDEXES.encode(), [table.oid]).fetchall()
    for number, (index, constraint, definition, unique, rest, comment, constraint_comment) in enumerate(rows):
        temporary = f"_hw_index_{table.oid}_{number}"
        if constraint is not None:
            statement = f"ALTER TABLE {stage} ADD CONSTRAINT {name(temporary)} {definition}"
        else:
            statement = f"CREATE {'UNIQUE ' if unique else ''}INDEX {name(temporary)} ON {stage} {rest}"
        try:
            connection.execute(statement.encode())
        except errors.UniqueViolation as error:
            raise DataError(
                f"table {table.stream}: rows of the load break its unique index {constraint or index!r}:"
                f" {error.diag.message_detail}",
                hint="keep one row of each key with a processor, or use write: merge",
                code="postgres.duplicate_key",
            ) from error
        if constraint_comment is not None:
            commented = f"COMMENT ON CONSTRAINT {name(temporary)} ON {stage} IS {literal(constraint_comment)}"
            connection.execute(commented.encode())
        built.append(_Index(temporary, constraint or index, constraint is not None, comment))
    return built


def _copy_grants(connection: Connection, old: str, new: str) -> None:
    """Exactly the old table's grants; what default privileges gave the new one is taken back first."""
    for _, role, _ in connection.execute(_GRANTS.encode(), [new]).fetchall():
        connection.execute(f"REVOKE ALL ON {new} FROM {name(role) if role else 'PUBLIC'}".encode())
    for privilege, role, grantable in connection.execute(_GRANTS.encode(), [old]).fetchall():
        option = " WITH GRANT OPTION" if grantable else ""
        grantee = name(role) if role else "PUBLIC"
        connection.execute(f"GRANT {privilege} ON {new} TO {grantee}{option}".encode())
