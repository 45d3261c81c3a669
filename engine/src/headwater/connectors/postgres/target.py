"""The table of a load: what it is today, what it must become, and how a staged value gets into each of its columns.

How schemas settle is the toolkit's rule for all destinations (`evolution.settle`); added here is what PostgreSQL's
own types take without a change: an unbounded numeric any number, a json column any nested value.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from headwater.connectors.postgres.catalog import PgTable
from headwater.connectors.postgres.quoting import name
from headwater.connectors.postgres.target_types import is_nested, target_type
from headwater.connectors.postgres.types import EXACT_TYPE, PgColumn, arrow_field, wire_type
from headwater.sdk.destination import LoadRequest, SchemaChange, Write
from headwater.sdk.errors import ConfigError, SchemaChanged
from headwater.toolkit.arrow_types import logical
from headwater.toolkit.evolution import settle

MOST_COLUMNS = 1600
VALID_FROM, VALID_TO = "_hw_valid_from", "_hw_valid_to"
ARRIVAL = "_hw_row"
_TEXTS = frozenset(("text", "varchar", "bpchar", "name", "citext"))


@dataclass(frozen=True, slots=True)
class Target:
    """`written` are the load's fields that the table takes; `table` is None when it does not exist yet."""

    schema: str
    name: str
    table: PgTable | None
    written: tuple[pa.Field, ...]
    added: tuple[pa.Field, ...] = ()
    retyped: tuple[pa.Field, ...] = ()
    changes: tuple[SchemaChange, ...] = ()

    @property
    def qualified(self) -> str:
        return f"{name(self.schema)}.{name(self.name)}"

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.written)

    def column(self, column: str) -> PgColumn | None:
        """The table's column as it is today."""
        return next((item for item in self.table.columns if item.name == column), None) if self.table else None

    def type_of(self, field: pa.Field) -> str:
        """The type the column has once the table is altered."""
        column = self.column(field.name)
        changed = next((item for item in self.retyped if item.name == field.name), None)
        if column is None or changed is not None:
            return target_type(changed or field)
        return column.declared


def split_name(table: str, default_schema: str) -> tuple[str, str]:
    """`schema.table` or `table`."""
    schema, dot, rest = table.partition(".")
    found = (schema, rest) if dot and schema and rest else (default_schema, table)
    for part in found:
        name(part)
    return found


def settle_target(schema: str, table_name: str, table: PgTable | None, request: LoadRequest) -> Target:
    """Raises SchemaChanged or ConfigError: everything a person must know before a row is staged."""
    place = f"table {schema}.{table_name}"
    _check_names(request, place)
    if table is not None and table.kind not in "rp":
        raise ConfigError(
            f"{place} is not a table but a view or the like",
            hint="choose another `table`, or drop the view",
            code="postgres.not_a_table",
        )
    incoming, generated = _without_generated(request.schema, table)
    existing = None if table is None else _existing(table, incoming, request, place)
    settled = settle(existing, incoming, evolution=request.evolution, write=request.write, table=place)
    by_name = {field.name: field for field in incoming}
    return Target(
        schema=schema,
        name=table_name,
        table=table,
        written=tuple(by_name[column] for column in settled.written),
        added=settled.added,
        retyped=settled.retyped,
        changes=(*settled.changes, *generated),
    )


def _check_names(request: LoadRequest, place: str) -> None:
    columns = request.schema.names
    extra = 2 if request.write is Write.SCD2 else 0
    if len(columns) + extra > MOST_COLUMNS:
        raise ConfigError(
            f"{place}: the load has {len(columns)} columns; PostgreSQL has at most {MOST_COLUMNS}",
            hint="select fewer columns, or gather some in one of type json",
            code="postgres.too_many_columns",
        )
    for column in columns:
        name(column)
        if column in {VALID_FROM, VALID_TO, ARRIVAL}:
            raise ConfigError(
                f"{place}: the column name {column!r} is Headwater's own",
                hint="rename the column in the pipeline",
                code="postgres.reserved_name",
            )
    if len(set(columns)) != len(columns):
        raise ConfigError(f"{place}: two columns have one name", hint="rename one in the pipeline")
    if request.write in {Write.MERGE, Write.SCD2} and not request.key:
        raise ConfigError(
            f"{place}: {request.write} needs a key", hint="set primary_key on the stream", code="config.no_key"
        )
    for column in (*request.key, *([request.cursor] if request.cursor else [])):
        if column not in columns:
            raise ConfigError(
                f"{place}: the key or cursor column {column!r} is not in the load",
                hint=f"columns here: {', '.join(columns[:20])}",
                code="config.unknown_column",
            )


def _without_generated(incoming: pa.Schema, table: PgTable | None) -> tuple[pa.Schema, tuple[SchemaChange, ...]]:
    """Columns that the table computes itself are left out of the load, and reported."""
    computed = {column.name for column in table.columns if column.generated} if table else set[str]()
    kept = pa.schema([field for field in incoming if field.name not in computed])
    left_out = [field for field in incoming if field.name in computed]
    return kept, tuple(SchemaChange(field.name, "ignored", before="generated") for field in left_out)


def _existing(table: PgTable, incoming: pa.Schema, request: LoadRequest, place: str) -> pa.Schema:
    """The table as Arrow sees it; a column that takes the load's values as they are has the load's field."""
    by_name = {field.name: field for field in incoming}
    fields: list[pa.Field] = []
    for column in table.columns:
        if column.generated or (request.write is Write.SCD2 and column.name in {VALID_FROM, VALID_TO}):
            continue
        field = by_name.get(column.name)
        if field is not None and _takes(column, field, place):
            fields.append(field)
        else:
            fields.append(arrow_field(column).remove_metadata() if field is None else arrow_field(column))
    return pa.schema(fields)


def _takes(column: PgColumn, field: pa.Field, place: str) -> bool:
    is_, kind = pa.types, column.type
    number = is_.is_integer(field.type) or is_.is_decimal(field.type) or logical(field) == "numeric"
    if kind.name == "numeric" and kind.element is None and kind.decimal is None and number:
        if kind.modifier >= 4 and logical(field) == "numeric" and not _same_exact(column, field):
            raise SchemaChanged(
                f"{place}: column {column.name!r} is {column.declared} and the load's numbers have no fixed scale",
                hint=f"ALTER TABLE … ALTER COLUMN {name(column.name)} TYPE numeric, or cast in the pipeline",
            )
        return True
    return kind.name in {"json", "jsonb"} and (is_nested(field.type) or logical(field) == "json")


def _same_exact(column: PgColumn, field: pa.Field) -> bool:
    return (field.metadata or {}).get(EXACT_TYPE, b"").decode() == column.base.replace(" ", "")


def assigned(target: Target, field: pa.Field, staged: str) -> str:
    """The staged value as the table's column takes it; `staged` is its SQL.

    Texts go by assignment, which refuses what is too long where a cast would cut it; other types are cast.
    """
    column = target.column(field.name)
    if column is None or any(item.name == field.name for item in target.retyped):
        same = target.type_of(field) == target_type(field)
        return staged if same else f"{staged}::{target.type_of(field)}"
    same = column.type.kind == "b" and wire_type(column) == target_type(field)
    if column.type.scalar in _TEXTS or same:
        return staged
    return f"{staged}::{column.declared}"


def altered(target: Target, qualified: str, *, empty: bool) -> list[str]:
    """The statements that make the table what it must become. `empty`: its rows are gone, so no value is converted."""
    statements = [
        f"ALTER TABLE {qualified} ADD COLUMN {name(field.name)} {target_type(field)}" for field in target.added
    ]
    for field in target.retyped:
        column, new = name(field.name), target_type(field)
        using = f"NULL::{new}" if empty else f"{column}::{new}"
        if empty:
            statements.append(f"ALTER TABLE {qualified} ALTER COLUMN {column} DROP DEFAULT")
        statements.append(f"ALTER TABLE {qualified} ALTER COLUMN {column} TYPE {new} USING {using}")
    return statements
