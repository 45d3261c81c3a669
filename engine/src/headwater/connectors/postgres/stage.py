"""The staging table of a load: made at `open`, filled by COPY from several connections, gone after commit or abort.

It stands in the schema of its target, so that it can be renamed into place; its name says whose it is, so that the
next load of the same target finds what a dead one left. Rows of one `write` come in one transaction, whose id
(`xmin`) tells them apart.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import pyarrow as pa

from headwater.connectors.postgres.catalog import STAGE_PREFIX
from headwater.connectors.postgres.connect import Connection
from headwater.connectors.postgres.encode import StagedColumn
from headwater.connectors.postgres.quoting import literal, name
from headwater.connectors.postgres.target import ARRIVAL, Target, altered
from headwater.connectors.postgres.target_types import target_type, wire_name
from headwater.connectors.postgres.types import PgColumn, arrow_field, wire_type
from headwater.sdk.destination import Evolution, LoadRequest, Receipt, Write

_MAKE_LIKE = ("DEFAULTS", "CONSTRAINTS", "GENERATED", "STORAGE", "COMMENTS")


@dataclass(frozen=True, slots=True)
class Stage:
    """`like_target`: it has the target's own columns and constraints, so it may take the target's place."""

    schema: str
    name: str
    columns: tuple[StagedColumn, ...]
    like_target: bool
    logged: bool
    arrival: bool

    @property
    def qualified(self) -> str:
        return f"{name(self.schema)}.{name(self.name)}"


def stage_prefix(schema: str, table: str) -> str:
    """What the names of all staging tables of one target begin with."""
    return f"{STAGE_PREFIX}{_digest(schema, table).hex()[:12]}_"


def lock_key(schema: str, table: str) -> int:
    """The advisory lock that a load holds on its target while it lives."""
    return int.from_bytes(_digest(schema, table), "big", signed=True)


def _digest(schema: str, table: str) -> bytes:
    return blake2b(f"headwater\0{schema}\0{table}".encode(), digest_size=8).digest()


def plan_stage(target: Target, request: LoadRequest, *, swappable: bool) -> Stage:
    """How the rows are staged; `swappable` says that the target may be replaced by another table."""
    columns: list[StagedColumn] | None = None
    if swappable and request.write is Write.REPLACE:
        columns = _like_target(target, request)
    return Stage(
        schema=target.schema,
        name=f"{stage_prefix(target.schema, target.name)}{secrets.token_hex(4)}",
        columns=tuple(columns or [StagedColumn(field, _staged_type(target, field)) for field in target.written]),
        like_target=columns is not None,
        logged=columns is not None or (target.table is None and request.write is not Write.SCD2),
        arrival=request.write in {Write.MERGE, Write.SCD2},
    )


def _like_target(target: Target, request: LoadRequest) -> list[StagedColumn] | None:
    """The load's columns as the target's own types take them; None when one of them needs SQL to get there."""
    columns: list[StagedColumn] = []
    for field in target.written:
        column = target.column(field.name)
        if column is None or any(item.name == field.name for item in target.retyped):
            wanted = next((item for item in target.retyped if item.name == field.name), field)
            cast = None if wanted.type == field.type else wanted.type
            columns.append(StagedColumn(field, target_type(wanted), cast))
            continue
        if request.evolution is Evolution.EVOLVE and _is_limited(column):
            return None
        staged = _in_type_of(column, field, _staged_type(target, field))
        if staged is None:
            return None
        columns.append(staged)
    return columns


def _staged_type(target: Target, field: pa.Field) -> str:
    """jsonb would change the text of what a json column keeps to the letter."""
    column = target.column(field.name)
    wanted = target_type(field)
    return "json" if wanted == "jsonb" and column is not None and column.type.name == "json" else wanted


def _is_limited(column: PgColumn) -> bool:
    """A text with a longest length, which `evolve` may lift; that is decided when the texts are there."""
    return column.type.scalar in {"varchar", "bpchar"} and column.type.modifier >= 0


def _in_type_of(column: PgColumn, field: pa.Field, staged: str) -> StagedColumn | None:
    if wire_name(staged) == wire_type(column):
        return StagedColumn(field, staged)
    wanted = arrow_field(column).type
    numbers = all(
        pa.types.is_integer(item) or pa.types.is_floating(item) or pa.types.is_decimal(item)
        for item in (wanted, field.type)
    )
    return StagedColumn(field, wire_type(column), wanted) if numbers else None


def create_stage(connection: Connection, stage: Stage, target: Target, request: LoadRequest) -> None:
    """Make the table, in the caller's transaction."""
    if stage.like_target:
        including = " ".join(f"INCLUDING {part}" for part in _MAKE_LIKE)
        connection.execute(f"CREATE TABLE {stage.qualified} (LIKE {target.qualified} {including})".encode())
        for statement in altered(target, stage.qualified, empty=True):
            connection.execute(statement.encode())
    else:
        connection.execute(_create(stage, request).encode())
    told = f"headwater: staging of load {request.load_id} into {target.schema}.{target.name}"
    connection.execute(f"COMMENT ON TABLE {stage.qualified} IS {literal(told.replace(chr(0), ''))}".encode())


def _create(stage: Stage, request: LoadRequest) -> str:
    keys = set(request.key) if request.write in {Write.MERGE, Write.SCD2} else set[str]()
    columns = [
        f"{name(column.field.name)} {column.type}{' NOT NULL' if column.field.name in keys else ''}"
        for column in stage.columns
    ]
    if stage.arrival:
        # The order of arrival: neither ctid nor time tells it, for COPY fills gaps of earlier pages. The encoder counts
        # for itself, which is cheaper; bytes of the wire format are counted by the server.
        columns.append(f"{name(ARRIVAL)} int8 GENERATED BY DEFAULT AS IDENTITY (CACHE 1000)")
    kind = "TABLE" if stage.logged else "UNLOGGED TABLE"
    return f"CREATE {kind} {stage.qualified} ({', '.join(columns)})"


def drop_stage(connection: Connection, stage: Stage) -> None:
    connection.execute(f"DROP TABLE IF EXISTS {stage.qualified}".encode())


def sweep(connection: Connection, schema: str, table: str) -> None:
    """Drop what dead loads of this target left; the caller holds the target's lock, so none of them lives."""
    rows = connection.execute(
        "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE nspname = %s AND starts_with(relname, %s) AND relkind = 'r' AND pg_has_role(relowner, 'USAGE')",
        [schema, stage_prefix(schema, table)],
    ).fetchall()
    for (left,) in rows:
        connection.execute(f"DROP TABLE IF EXISTS {name(schema)}.{name(str(left))}".encode())


def of_receipts(receipts: Sequence[Receipt]) -> str:
    """The condition that a staged row belongs to one of these receipts."""
    transactions = [str(int(str(receipt.detail["xid"])) % (1 << 32)) for receipt in receipts]
    return f"xmin::text = ANY (ARRAY[{', '.join(literal(item) for item in transactions)}]::text[])"


def keep_only(connection: Connection, stage: Stage, receipts: Sequence[Receipt]) -> None:
    """Drop the staged rows of writes that are not to be published."""
    connection.execute(f"DELETE FROM {stage.qualified} WHERE NOT {of_receipts(receipts)}".encode())
