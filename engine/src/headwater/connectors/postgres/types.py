"""Types of PostgreSQL and the Arrow types they cross the border as; both ends of the connector share this table.

A type that Arrow cannot say is text with its name in the field's metadata. Source: PostgreSQL manual, chapter 8
(data types) and the catalog pg_type; type modifiers: src/backend/utils/adt/numeric.c.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from headwater.sdk.stream import Json
from headwater.toolkit.arrow_types import with_logical

# Tells json from jsonb and the like, so that a copy from PostgreSQL to PostgreSQL keeps the very type.
EXACT_TYPE = b"headwater.postgres"

_DIRECT: dict[str, pa.DataType] = {
    "bool": pa.bool_(),
    "int2": pa.int16(),
    "int4": pa.int32(),
    "int8": pa.int64(),
    "oid": pa.int64(),
    "float4": pa.float32(),
    "float8": pa.float64(),
    "text": pa.string(),
    "varchar": pa.string(),
    "bpchar": pa.string(),
    "char": pa.string(),
    "name": pa.string(),
    "citext": pa.string(),
    "bytea": pa.binary(),
    "date": pa.date32(),
    "time": pa.time64("us"),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", "UTC"),
    "interval": pa.month_day_nano_interval(),
}
_LOGICAL: dict[str, str] = {
    "uuid": "uuid",
    "json": "json",
    "jsonb": "json",
    "inet": "inet",
    "cidr": "cidr",
    "macaddr": "macaddr",
    "macaddr8": "macaddr",
    "xml": "xml",
    "bit": "bit",
    "varbit": "bit",
    "timetz": "timetz",
    "hstore": "hstore",
    "geometry": "geometry",
    "geography": "geometry",
    "money": "numeric",
}
# Elements of arrays that become lists; an array of anything else is JSON text.
_LIST_ELEMENTS = frozenset(_DIRECT) - {"bytea", "interval", "citext", "char", "oid", "bpchar"} | {"uuid", "numeric"}
_KEPT_EXACTLY = frozenset(("json", "macaddr8", "bit", "numeric"))
_SERIALISED_KINDS = {"c": "json", "e": "enum"}


@dataclass(frozen=True, slots=True)
class PgType:
    """A type without its domains. `name` and `kind` are pg_type's typname and typtype; `modifier` is atttypmod."""

    name: str
    kind: str = "b"
    modifier: int = -1
    element: str | None = None
    element_kind: str = "b"

    @property
    def decimal(self) -> tuple[int, int] | None:
        """(precision, scale) of a numeric, or of numerics in an array, that decimal128 holds."""
        if self.scalar != "numeric" or self.modifier < 4:
            return None
        precision = ((self.modifier - 4) >> 16) & 0xFFFF
        scale = (((self.modifier - 4) & 0x7FF) ^ 1024) - 1024
        if scale < 0:
            precision, scale = precision - scale, 0
        precision = max(precision, scale)
        return (precision, scale) if precision <= 38 else None

    @property
    def scalar(self) -> str:
        """The element's name of an array, the name otherwise."""
        return self.element or self.name


@dataclass(frozen=True, slots=True)
class PgColumn:
    """A column as the catalog has it. `declared` is format_type's text for it, `base` the same without its domain.

    `ordinary_collation` says that its texts are equal only when their bytes are.
    """

    name: str
    type: PgType
    declared: str
    base: str
    nullable: bool = True
    dimensions: int = 0
    identity: str = ""
    generated: str = ""
    ordinary_collation: bool = True

    @staticmethod
    def from_catalog(row: dict[str, Json]) -> PgColumn:
        """One object of the catalog query (`catalog.py`)."""
        element = row["element"]
        return PgColumn(
            name=str(row["name"]),
            type=PgType(
                name=str(row["type"]),
                kind=str(row["kind"]),
                modifier=int(str(row["modifier"])),
                element=None if element is None else str(element),
                element_kind=str(row["element_kind"] or "b"),
            ),
            declared=str(row["declared"]),
            base=str(row["base"]),
            nullable=not row["not_null"],
            dimensions=int(str(row["dimensions"])),
            identity=str(row["identity"] or ""),
            generated=str(row["generated"] or ""),
            ordinary_collation=bool(row["ordinary_collation"]),
        )


def arrow_field(column: PgColumn) -> pa.Field:
    """The field a column is read as."""
    field = _field(column)
    if column.type.name in _KEPT_EXACTLY and column.type.decimal is None:
        field = field.with_metadata({**(field.metadata or {}), EXACT_TYPE: column.base.encode()})
    return field


def _field(column: PgColumn) -> pa.Field:
    kind = column.type
    if kind.element is not None:
        if is_list(column):
            return pa.field(column.name, pa.list_(_element(kind)), nullable=column.nullable)
        return with_logical(pa.field(column.name, pa.string(), nullable=column.nullable), "json")
    if kind.name == "numeric":
        size = kind.decimal
        if size is None:
            return with_logical(pa.field(column.name, pa.string(), nullable=column.nullable), "numeric")
        return pa.field(column.name, pa.decimal128(*size), nullable=column.nullable)
    if kind.kind == "b" and kind.name in _DIRECT:
        return pa.field(column.name, _DIRECT[kind.name], nullable=column.nullable)
    text = pa.field(column.name, pa.string(), nullable=column.nullable)
    logical = _SERIALISED_KINDS.get(kind.kind) or _LOGICAL.get(kind.name)
    return with_logical(text, logical) if logical else text


def is_list(column: PgColumn) -> bool:
    """Whether an array column is read as a list: declared with one dimension, of an ordinary element type."""
    kind = column.type
    return (
        kind.element is not None
        and column.dimensions <= 1
        and kind.element_kind == "b"
        and kind.element in _LIST_ELEMENTS
        and (kind.element != "numeric" or kind.decimal is not None)
    )


def _element(kind: PgType) -> pa.DataType:
    if kind.element == "numeric":
        size = kind.decimal
        return pa.decimal128(*size) if size else pa.string()
    return _DIRECT.get(kind.element or "", pa.string())


_WIRE_ALIASES = {"varchar": "text", "bpchar": "text", "name": "text", "citext": "text"}


def wire_type(column: PgColumn) -> str:
    """The type as COPY BINARY shows it: columns of equal wire type have interchangeable bytes.

    Modifiers count for numeric alone, which would otherwise be rounded on arrival.
    """
    kind = column.type
    modifier = column.base.removeprefix("numeric").removesuffix("[]") if kind.scalar == "numeric" else ""
    if kind.element is not None:
        return f"{kind.element}{modifier}[]" if kind.element_kind == "b" else f"{column.base} ({kind.element_kind})"
    if kind.kind == "e":
        return "text"
    if kind.kind != "b":
        return f"{column.base} ({kind.kind})"
    return _WIRE_ALIASES.get(kind.name, kind.name) + modifier
