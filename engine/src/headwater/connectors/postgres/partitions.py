"""A read request as partitions: the SELECTs, and where a table is cut.

Large tables are cut into ranges of blocks (a TID range scan since PostgreSQL 14 reads only those), partitioned
tables into their partitions. A partition's detail holds its SQL and schema, so it can be read by another process
with the same connector.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

import pyarrow as pa

from headwater.connectors.postgres.catalog import PgTable
from headwater.connectors.postgres.connect import Connection
from headwater.connectors.postgres.longest import longest_row
from headwater.connectors.postgres.pushdown import condition, cursor_condition
from headwater.connectors.postgres.quoting import name
from headwater.connectors.postgres.select import Policy, is_guarded, row_label, text, value
from headwater.connectors.postgres.types import PgColumn, arrow_field, wire_type
from headwater.sdk.errors import SchemaChanged, UnknownColumn
from headwater.sdk.stream import Json, Partition, Predicate, ReadRequest
from headwater.toolkit.arrow_types import field_type_name

SPLIT_FROM_BYTES = 64 << 20
# Lanes take the next part when they are done with one: with as many parts as lanes, all but the slowest have nothing to
# do at the end.
PARTS_PER_LANE = 4
_MOST_LEAVES = 512
_TID_RANGE_SCAN = 140000
# int8 from the bytes that a type sends.
_BYTES_AS_NUMBERS = 180000

_LEAVES = """
SELECT n.nspname, l.relname FROM pg_partition_tree(%(oid)s::oid::regclass) t
JOIN pg_class l ON l.oid = t.relid JOIN pg_namespace n ON n.oid = l.relnamespace
WHERE t.isleaf AND has_table_privilege(l.oid, 'SELECT')
  AND NOT (SELECT relrowsecurity FROM pg_class WHERE oid = %(oid)s::oid)
ORDER BY n.nspname, l.relname
"""
_LEAF_COUNT = "SELECT count(*) FROM pg_partition_tree(%(oid)s::oid::regclass) WHERE isleaf"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one request selects from one table; `pushed` and `where` say the same."""

    table: PgTable
    columns: tuple[PgColumn, ...]
    schema: pa.Schema
    where: tuple[str, ...]
    pushed: tuple[Predicate, ...]
    policy: Policy


def field_of(column: PgColumn, *, policy: Policy) -> pa.Field:
    """A column that may be read as NULL for an infinite value is nullable, whatever its constraint says."""
    field = arrow_field(column)
    return field.with_nullable(True) if policy == "null" and is_guarded(column) else field


def reading_of(table: PgTable, request: ReadRequest, *, policy: Policy) -> Reading:
    """Raises UnknownColumn, SchemaChanged (the table is not what it was when the stream was described), ConfigError."""
    known = {column.name: column for column in table.columns}
    for wanted in request.columns:
        if wanted not in known:
            raise UnknownColumn(wanted, known, place=f"stream {request.stream.name}")
    columns = tuple(known[wanted] for wanted in request.columns)
    schema = pa.schema([field_of(column, policy=policy) for column in columns])
    _compare(request, schema)
    where: list[str] = []
    pushed: list[Predicate] = []
    for predicate in request.predicates:
        column = known.get(predicate.column)
        sql = condition(predicate, column, policy=policy) if column else None
        if sql is not None:
            where.append(f"({sql})")
            pushed.append(predicate)
    if request.cursor is not None:
        if request.cursor.column not in known:
            raise UnknownColumn(request.cursor.column, known, place=f"stream {request.stream.name}: cursor")
        sql = cursor_condition(request.cursor, known[request.cursor.column], policy=policy)
        where += [f"({sql})"] if sql else []
    return Reading(table, columns, schema, tuple(where), tuple(pushed), policy)


def _compare(request: ReadRequest, schema: pa.Schema) -> None:
    for field in schema:
        place = request.stream.schema.get_field_index(field.name)
        if place < 0:
            continue
        planned = request.stream.schema.field(place)
        if planned.type != field.type:
            raise SchemaChanged(
                f"stream {request.stream.name}: column {field.name!r} was {field_type_name(planned)} when it was"
                f" described and is {field_type_name(field)} now",
                hint="run again: the schema is read afresh at the start of a run",
            )


def cut(connection: Connection, reading: Reading, *, snapshot: str | None, parallelism: int) -> tuple[Partition, ...]:
    """The partitions of a read; one when there is no shared snapshot to hold several together."""
    table = reading.table
    whole = _relation(table.schema, table.name)
    sources: list[tuple[str, str | None]] = [(whole, None)]
    if parallelism > 1 and snapshot is not None:
        if table.kind == "p":
            sources = _leaves(connection, table) or sources
        elif table.kind in "rm" and _is_large(table) and connection.info.server_version >= _TID_RANGE_SCAN:
            sources = [(whole, blocks) for blocks in _block_ranges(connection, table, parallelism * PARTS_PER_LANE)]
    longest = longest_row(connection, table, reading.columns)
    counts = connection.info.server_version >= _BYTES_AS_NUMBERS
    return tuple(
        _partition(reading, relation, blocks, number=number, snapshot=snapshot, longest=longest, counts=counts)
        for number, (relation, blocks) in enumerate(sources)
    )


def first_rows(reading: Reading, limit: int) -> Partition:
    """A partition that ends after `limit` rows."""
    relation = _relation(reading.table.schema, reading.table.name)
    return _partition(reading, relation, None, number=0, snapshot=None, limit=limit)


def _is_large(table: PgTable) -> bool:
    return (table.size_bytes or 0) >= SPLIT_FROM_BYTES


def _relation(schema: str, table: str) -> str:
    return f"{name(schema)}.{name(table)}"


def _leaves(connection: Connection, table: PgTable) -> list[tuple[str, str | None]]:
    """The partitions to read one by one; none when a right, row security or their number forbids it."""
    rows = connection.execute(_LEAVES, {"oid": table.oid}).fetchall()
    count = connection.execute(_LEAF_COUNT, {"oid": table.oid}).fetchone()
    if not rows or len(rows) > _MOST_LEAVES or count is None or count[0] != len(rows):
        return []
    return [(_relation(schema, leaf), None) for schema, leaf in rows]


def _block_ranges(connection: Connection, table: PgTable, parts: int) -> list[str]:
    """Conditions that meet every row exactly once; the last is open, for blocks added since."""
    row = connection.execute("SELECT current_setting('block_size')::int8").fetchone()
    blocks = (table.size_bytes or 0) // (row[0] if row else 8192)
    edges = [blocks * part // parts for part in range(parts)]
    ranges: list[str] = []
    for place, edge in enumerate(edges):
        lower = f"ctid >= '({edge},0)'::tid" if place else ""
        upper = f"ctid < '({edges[place + 1]},0)'::tid" if place + 1 < len(edges) else ""
        ranges.append(" AND ".join(part for part in (lower, upper) if part))
    return ranges


def _partition(
    reading: Reading,
    relation: str,
    blocks: str | None,
    *,
    number: int,
    snapshot: str | None,
    limit: int | None = None,
    longest: int | None = None,
    counts: bool = False,
) -> Partition:
    table = reading.table
    readable = {column.name for column in table.columns}
    key = table.primary_key if readable.issuperset(table.primary_key) else ()
    label = row_label(key, has_ctid=table.kind in "rmp")
    texts = [text(column, policy=reading.policy, label=label, counts=counts) for column in reading.columns]
    values = [value(column, policy=reading.policy, label=label) for column in reading.columns]
    if reading.policy == "refuse":
        # The wire format holds what Arrow cannot, so a plain copy carries it over instead of failing.
        values = [name(column.name) for column in reading.columns]
    conditions = [*([blocks] if blocks else []), *reading.where]
    rest = f"{relation} WHERE {' AND '.join(conditions)}" if conditions else relation
    rest += f" LIMIT {limit}" if limit is not None else ""
    wire: list[Json] = [[column.name, wire_type(column)] for column in reading.columns]
    detail: dict[str, Json] = {
        "snapshot": snapshot,
        "text": f"SELECT {', '.join(texts)} FROM {rest}",
        "binary": f"SELECT {', '.join(values)} FROM {rest}",
        "wire": wire,
        "longest": longest,
        "counts": counts,
        "schema": base64.b64encode(reading.schema.serialize().to_pybytes()).decode(),
    }
    return Partition(id=f"{number:04d}", stream=table.stream, detail=detail)


def partition_schema(partition: Partition) -> pa.Schema:
    """The schema a partition's rows are read in."""
    return pa.ipc.read_schema(pa.py_buffer(base64.b64decode(str(partition.detail["schema"]))))
