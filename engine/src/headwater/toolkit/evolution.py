"""How a load's schema settles with the table that is already there: one rule for every destination.

`settle` is pure. It answers what the table must look like and which columns the load writes; the destination
only carries it out. Columns are matched by exact name. A column that the load lacks stays, and gets NULL.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from headwater.sdk.destination import Evolution, SchemaChange, Write
from headwater.sdk.errors import SchemaChanged
from headwater.toolkit.arrow_types import field_type_name, logical, type_name

_INTEGERS = (pa.int8(), pa.int16(), pa.int32(), pa.int64())
_UNSIGNED = (pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64())
_DIGITS = {
    **dict(zip(_INTEGERS, (3, 5, 10, 19), strict=True)),
    **dict(zip(_UNSIGNED, (3, 5, 10, 20), strict=True)),
}
_EXACT_IN_FLOAT64 = frozenset((*_INTEGERS[:3], *_UNSIGNED[:3], pa.float32()))
_EXACT_IN_FLOAT32 = frozenset((*_INTEGERS[:2], *_UNSIGNED[:2]))


@dataclass(frozen=True, slots=True)
class Settled:
    """`table` is the table's schema from now on; `written` are the load's columns that it takes, in order.

    `added` and `retyped` are what must be altered in a table that exists; `changes` is what is reported.
    """

    table: pa.Schema
    written: tuple[str, ...]
    added: tuple[pa.Field, ...] = ()
    retyped: tuple[pa.Field, ...] = ()
    changes: tuple[SchemaChange, ...] = ()


def settle(
    existing: pa.Schema | None, incoming: pa.Schema, *, evolution: Evolution, write: Write, table: str
) -> Settled:
    """Raises SchemaChanged (naming every column at fault) when the policy forbids what the load needs."""
    if existing is None:
        created = tuple(SchemaChange(field.name, "created", after=field_type_name(field)) for field in incoming)
        return Settled(incoming, tuple(incoming.names), changes=created)
    columns = {field.name: field for field in existing}
    added: list[pa.Field] = []
    retyped: list[pa.Field] = []
    ignored: list[str] = []
    changes: list[SchemaChange] = []
    for field in incoming:
        change, result = _settle_column(columns.get(field.name), field, evolution=evolution, write=write)
        if change is not None:
            changes.append(change)
        if result is None:
            ignored.append(field.name)
        elif field.name not in columns:
            added.append(result)
        elif change is not None:
            retyped.append(result)
        if result is not None:
            columns[field.name] = result
    changes += [SchemaChange(name, "missing") for name in existing.names if name not in set(incoming.names)]
    _refuse(changes, evolution=evolution, write=write, table=table)
    written = tuple(name for name in incoming.names if name not in set(ignored))
    return Settled(pa.schema(list(columns.values())), written, tuple(added), tuple(retyped), tuple(changes))


def _settle_column(
    before: pa.Field | None, after: pa.Field, *, evolution: Evolution, write: Write
) -> tuple[SchemaChange | None, pa.Field | None]:
    """The change to report, and the column as it will be (None: the load's column is left out)."""
    if before is None:
        if evolution is Evolution.IGNORE:
            return SchemaChange(after.name, "ignored", after=field_type_name(after)), None
        return SchemaChange(after.name, "added", after=field_type_name(after)), after
    wide = wider(before.type, after.type)
    if wide == before.type and logical(before) in (None, logical(after)):
        return None, before
    if wide == before.type and pa.types.is_string(wide):
        return None, before
    names = field_type_name(before), field_type_name(after)
    if wide is None:
        if evolution is Evolution.EVOLVE and write is Write.REPLACE:
            return SchemaChange(after.name, "widened", *names), after
        return SchemaChange(after.name, "incompatible", *names), before
    if evolution is Evolution.IGNORE:
        return SchemaChange(after.name, "incompatible", *names), before
    changed = pa.field(after.name, wide, nullable=True)
    return SchemaChange(after.name, "widened", names[0], type_name(wide)), changed


def _refuse(changes: Sequence[SchemaChange], *, evolution: Evolution, write: Write, table: str) -> None:
    wrong = [change for change in changes if change.change == "incompatible"]
    if evolution is Evolution.FREEZE:
        wrong = [change for change in changes if change.change != "missing"]
    if not wrong:
        return
    listed = "; ".join(_sentence(change) for change in wrong)
    if evolution is Evolution.FREEZE:
        hint = "the policy is 'freeze': alter the table, leave the columns out, or set evolution: evolve"
    elif evolution is Evolution.IGNORE:
        hint = "the policy 'ignore' retypes no column: cast the column, or set evolution: evolve"
    else:
        hint = "cast the column to the table's type, or load the table afresh with write: replace"
    raise SchemaChanged(f"table {table}: {listed}", hint=hint, table=table, columns=[change.column for change in wrong])


def _sentence(change: SchemaChange) -> str:
    if change.change == "added":
        return f"column {change.column!r} ({change.after}) is new"
    return f"column {change.column!r} is {change.before} in the table and {change.after} in the load"


def wider(table: pa.DataType, load: pa.DataType) -> pa.DataType | None:
    """The type that holds every value of both: the table's own when it does; None when there is none."""
    if table == load:
        return table
    is_ = pa.types
    if is_.is_integer(table) and is_.is_integer(load):
        return _wider_integer(table, load)
    if is_.is_decimal(table) or is_.is_decimal(load):
        return _wider_decimal(table, load)
    if is_.is_floating(table) or is_.is_floating(load):
        return _wider_float(table, load)
    if is_.is_date(load) and is_.is_timestamp(table) and table.tz is None:
        return table
    if is_.is_date(table) and is_.is_timestamp(load) and load.tz is None:
        return load
    if is_.is_list(table) and is_.is_list(load):
        inner = wider(table.value_type, load.value_type)
        return None if inner is None else pa.list_(inner)
    if is_.is_struct(table) and is_.is_struct(load):
        return _wider_struct(table, load)
    return None


def _wider_integer(table: pa.DataType, load: pa.DataType) -> pa.DataType | None:
    if is_signed(table) == is_signed(load):
        return max(table, load, key=lambda item: item.bit_width)
    signed, unsigned = (table, load) if is_signed(table) else (load, table)
    for candidate in _INTEGERS:
        if candidate.bit_width > unsigned.bit_width and candidate.bit_width >= signed.bit_width:
            return candidate
    return pa.decimal128(20, 0)


def is_signed(data_type: pa.DataType) -> bool:
    return pa.types.is_signed_integer(data_type)


def _wider_decimal(table: pa.DataType, load: pa.DataType) -> pa.DataType | None:
    sizes = [_digits(table), _digits(load)]
    if None in sizes:
        return None
    known = [size for size in sizes if size is not None]
    whole, scale = max(size[0] for size in known), max(size[1] for size in known)
    return pa.decimal128(whole + scale, scale) if whole + scale <= 38 else None


def _digits(data_type: pa.DataType) -> tuple[int, int] | None:
    """Digits before and after the point."""
    if pa.types.is_decimal(data_type):
        return data_type.precision - data_type.scale, data_type.scale
    return (_DIGITS[data_type], 0) if data_type in _DIGITS else None


def _wider_float(table: pa.DataType, load: pa.DataType) -> pa.DataType | None:
    pair = {table, load}
    if pa.float64() in pair:
        return pa.float64() if pair - {pa.float64()} <= _EXACT_IN_FLOAT64 else None
    others = pair - {pa.float32()}
    if others <= _EXACT_IN_FLOAT32:
        return pa.float32()
    return pa.float64() if others <= _EXACT_IN_FLOAT64 else None


def _wider_struct(table: pa.DataType, load: pa.DataType) -> pa.DataType | None:
    fields = {field.name: field for field in table}
    for field in load:
        known = fields.get(field.name)
        inner = field.type if known is None else wider(known.type, field.type)
        if inner is None:
            return None
        fields[field.name] = pa.field(field.name, inner)
    merged = pa.struct(list(fields.values()))
    return table if merged == table else merged
