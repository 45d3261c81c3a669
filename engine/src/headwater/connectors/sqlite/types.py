"""SQLite's declared types and Arrow's: what a column is read as, and what it is made as.

SQLite holds any value in any column; the declared type only gives an affinity. What this destination makes is read back
as the same Arrow type: the names carry the width (`INT_16`), and long decimals are text, because NUMERIC affinity would
make them floating-point. A type that says nothing exact (none, NUMERIC, ANY) is judged by a sample of its values.
Source: SQLite documentation, "Datatypes In SQLite", section 3.1 for the affinity of a name.
"""

from __future__ import annotations

import re

import pyarrow as pa

from headwater.toolkit.arrow_types import logical, with_logical

_OWN: dict[str, pa.DataType] = {
    "BOOLEAN": pa.bool_(),
    "INT_8": pa.int8(),
    "INT_16": pa.int16(),
    "INT_32": pa.int32(),
    "BIGINT": pa.int64(),
    "UINT_8": pa.uint8(),
    "UINT_16": pa.uint16(),
    "UINT_32": pa.uint32(),
    "FLOAT_32": pa.float32(),
    "DOUBLE": pa.float64(),
    "TEXT": pa.string(),
    "BLOB": pa.binary(),
    "DATE": pa.date32(),
    "TIME": pa.time64("us"),
    "TIMESTAMP": pa.timestamp("us"),
    "TIMESTAMPTZ": pa.timestamp("us", "UTC"),
    "INTERVAL": pa.month_day_nano_interval(),
}
_MADE = {data_type: name for name, data_type in _OWN.items()}
_OTHERS: dict[str, pa.DataType] = {
    "BOOL": pa.bool_(),
    "DATETIME": pa.timestamp("us"),
    "TIMESTAMP WITHOUT TIME ZONE": pa.timestamp("us"),
    "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", "UTC"),
    "DOUBLE PRECISION": pa.float64(),
}
_AS_TEXT = {"JSON_TEXT": "json", "JSON": "json", "JSONB": "json", "UUID": "uuid"}
_MADE_LOGICAL = {"json": "JSON_TEXT", "uuid": "UUID"}
_DECIMAL = re.compile(r"(?:TEXT_DECIMAL|DECIMAL|NUMERIC|DEC)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)")
# More digits than this do not survive NUMERIC affinity, which turns text into a 64-bit float.
_EXACT_DIGITS = 15


def is_vague(declared: str) -> bool:
    """Whether the declared type leaves open what the values are."""
    return declared_field("", declared) is None


def declared_field(name: str, declared: str) -> pa.Field | None:
    """The field of a column so declared; None when only its values can tell."""
    spelled = " ".join(declared.upper().split())
    if spelled in _AS_TEXT:
        return with_logical(pa.field(name, pa.string()), _AS_TEXT[spelled])
    if (known := _OWN.get(spelled) or _OTHERS.get(spelled)) is not None:
        return pa.field(name, known)
    if (found := _DECIMAL.fullmatch(spelled)) is not None:
        precision, scale = int(found[1]), int(found[2] or 0)
        if 1 <= precision <= 38 and scale <= precision:
            return pa.field(name, pa.decimal128(precision, scale))
    return _by_affinity(name, spelled)


def _by_affinity(name: str, declared: str) -> pa.Field | None:
    """The rules of section 3.1, in their order."""
    if "INT" in declared:
        return pa.field(name, pa.int64())
    if any(part in declared for part in ("CHAR", "CLOB", "TEXT")):
        return pa.field(name, pa.string())
    if "BLOB" in declared:
        return pa.field(name, pa.binary())
    if any(part in declared for part in ("REAL", "FLOA", "DOUB")):
        return pa.field(name, pa.float64())
    return None


def sampled_field(name: str, stored: frozenset[str]) -> pa.Field:
    """The field of a vague column by the storage classes of its values, as typeof() names them."""
    if not stored or "text" in stored:
        return pa.field(name, pa.string())
    if stored <= {"integer"}:
        return pa.field(name, pa.int64())
    return pa.field(name, pa.binary() if "blob" in stored else pa.float64())


def storable(field: pa.Field) -> pa.Field:
    """The field that a table of ours gives back for this one: what SQLite has no form for is text or a wider number."""
    if (name := logical(field)) is not None:
        plain = pa.field(field.name, pa.string())
        return with_logical(plain, name) if name in _MADE_LOGICAL else plain
    if pa.types.is_list(field.type) or pa.types.is_struct(field.type):
        return with_logical(pa.field(field.name, pa.string()), "json")
    if pa.types.is_uint64(field.type):
        return pa.field(field.name, pa.decimal128(20, 0))
    return pa.field(field.name, field.type)


def made_type(field: pa.Field) -> str:
    """The declared type of a column made for a storable field."""
    if (name := logical(field)) in _MADE_LOGICAL:
        return _MADE_LOGICAL[str(name)]
    if pa.types.is_decimal(field.type):
        long = field.type.precision > _EXACT_DIGITS
        return f"{'TEXT_' if long else ''}DECIMAL({field.type.precision},{field.type.scale})"
    return _MADE[field.type]
