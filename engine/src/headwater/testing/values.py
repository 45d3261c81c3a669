"""Values and names that hurt, as data: what the suites put through every source and destination.

A *family* is the word for a type in `Capabilities.unsupported_types` and in a suite's `types`: `int8` …
`timestamptz`, `decimal`, `list`, `struct`, and the logical types that travel as text (`json`, `uuid`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from itertools import zip_longest

import pyarrow as pa

from headwater.toolkit.arrow_types import logical, with_logical


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    family: str
    type: pa.DataType
    values: tuple[object, ...]

    @property
    def field(self) -> pa.Field:
        field = pa.field(self.name, self.type)
        return with_logical(field, self.family) if self.family in ("json", "uuid") else field


def _integers(bits: int) -> tuple[int, ...]:
    return (0, 1, -1, 2 ** (bits - 1) - 1, -(2 ** (bits - 1)))


TEXTS = (
    "",
    " ",
    "plain",
    "NULL",
    "\\N",
    "null",
    'say "hi"',
    "it's",
    "a,b;c|d",
    "line one\nline two\r\nline three",
    "tab\there",
    "back\\slash\\",
    "naïve café Straße",
    "e\u0301 is not \u00e9",
    "日本語",
    "مرحبا",
    "🦉👩‍👩‍👧",
    "\u2028\u00a0\ufeff",
    "\x01\x1f\x7f",
    "'); DROP TABLE orders; --",
    "{{7*7}} ${env:HOME} %s",
    "0012",
    "x" * 5_000,
)

_INSTANTS = (
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2024, 2, 29, 12, 34, 56, 789_012, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2024, 3, 31, 1, 0, tzinfo=UTC),  # the hour that Berlin skips
    datetime(2024, 10, 27, 1, 30, tzinfo=UTC),  # the hour that Berlin has twice
    datetime(1582, 10, 10, tzinfo=UTC),
    datetime(2000, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
)
_TIMES_OF_DAY = tuple(value.replace(tzinfo=None) for value in _INSTANTS)

COLUMNS: tuple[Column, ...] = (
    Column("a_bool", "bool", pa.bool_(), (True, False)),
    Column("an_int8", "int8", pa.int8(), _integers(8)),
    Column("an_int16", "int16", pa.int16(), _integers(16)),
    Column("an_int32", "int32", pa.int32(), _integers(32)),
    Column("an_int64", "int64", pa.int64(), (*_integers(64), 2**53 + 1)),
    Column("a_uint8", "uint8", pa.uint8(), (0, 1, 2**8 - 1)),
    Column("a_uint16", "uint16", pa.uint16(), (0, 1, 2**16 - 1)),
    Column("a_uint32", "uint32", pa.uint32(), (0, 1, 2**32 - 1)),
    Column("a_uint64", "uint64", pa.uint64(), (0, 1, 2**63, 2**64 - 1)),
    Column(
        "a_float32",
        "float32",
        pa.float32(),
        (0.0, 1.5, -1.5, 3.4028234663852886e38, math.inf, -math.inf, math.nan),
    ),
    Column(
        "a_float64",
        "float64",
        pa.float64(),
        (0.0, -0.0, 0.1, 1 / 3, 1.7976931348623157e308, 5e-324, -2.5, math.inf, -math.inf, math.nan, 1e16),
    ),
    Column(
        "a_price",
        "decimal",
        pa.decimal128(12, 2),
        (Decimal("0.00"), Decimal("-0.01"), Decimal("9999999999.99")),
    ),
    Column(
        "a_long_decimal",
        "decimal",
        pa.decimal128(38, 0),
        (Decimal(10**38 - 1), Decimal(-(10**38) + 1), Decimal(0), Decimal(2**64)),
    ),
    Column(
        "a_fine_decimal",
        "decimal",
        pa.decimal128(38, 20),
        (Decimal("123456789012345678.01234567890123456789"), Decimal("-0.00000000000000000001")),
    ),
    Column("a_text", "string", pa.string(), TEXTS),
    Column("some_bytes", "binary", pa.binary(), (b"", b"\x00", b"\x00\xff\x7f'\"\\", bytes(range(256)))),
    Column("a_date", "date", pa.date32(), tuple(value.date() for value in _TIMES_OF_DAY)),
    Column("a_time", "time", pa.time64("us"), (time(0), time(23, 59, 59, 999_999), time(12, 34, 56, 1))),
    Column("a_timestamp", "timestamp", pa.timestamp("us"), _TIMES_OF_DAY),
    Column(
        "an_instant",
        "timestamptz",
        pa.timestamp("us", "UTC"),
        _INSTANTS,
    ),
    Column(
        "an_interval",
        "interval",
        pa.month_day_nano_interval(),
        ((0, 0, 0), (14, 3, 3_600_000_000_000), (-1, -40, -1_000), (0, 0, 86_400_000_000_000)),
    ),
    Column("a_list", "list", pa.list_(pa.int64()), ([], [1, 2, 3], [None, 1], [2**62])),
    Column(
        "a_text_list",
        "list",
        pa.list_(pa.string()),
        (
            [],
            ["", None, 'a "b"', "{x}", "NULL", "日本"],
        ),
    ),
    Column(
        "a_struct",
        "struct",
        pa.struct([("x", pa.int64()), ("y", pa.string()), ("z", pa.list_(pa.float64()))]),
        (
            {"x": 1, "y": "", "z": [0.5, None]},
            {"x": None, "y": None, "z": None},
            {"x": -1, "y": 'q"', "z": []},
        ),
    ),
    Column(
        "a_json",
        "json",
        pa.string(),
        ('{"a": [1, null, "x"]}', "[]", '"text"', "null", "1.50", '{"b": 1, "a": 2}'),
    ),
    Column(
        "a_uuid",
        "uuid",
        pa.string(),
        ("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
    ),
)

FAMILIES = frozenset(column.family for column in COLUMNS)

HOSTILE_COLUMNS = (
    "id",
    "select",
    "Mixed Case",
    'quote"inside',
    "apostrophe's",
    "semi;colon -- comment",
    "/* comment */",
    "naïve_ünïcode",
    "列",
    "🦉",
    "a.b",
    "%s",
    "%",
    "$1",
    ":name",
    "?",
    "{x}",
    "back\\slash",
    "tab\there",
    "[bracket]",
    "`tick`",
    "1st",
    "rowid",
    "group",
    "*",
)

HOSTILE_TABLES = (
    "select",
    "Mixed Case",
    'quote"inside',
    "apostrophe's",
    "semi;colon -- x",
    "naïve_表_🦉",
    "%s{x}$1",
    "1st",
)


def wide_table(families: Iterable[str] = FAMILIES) -> pa.Table:
    """One column for each type of these families, after `row_no`; NULL where a column has no more values."""
    wanted = set(families)
    chosen = [column for column in COLUMNS if column.family in wanted]
    rows = list(zip_longest(*(column.values for column in chosen)))
    fields = [pa.field("row_no", pa.int64()), *(column.field for column in chosen)]
    arrays = [pa.array(range(len(rows) + 1), pa.int64())]
    arrays += [pa.array([*(row[at] for row in rows), None], column.type) for at, column in enumerate(chosen)]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def null_table(families: Iterable[str] = FAMILIES, *, rows: int = 3) -> pa.Table:
    """Every column of `wide_table`, NULL throughout, except `row_no`."""
    schema = wide_table(families).schema
    arrays = [pa.nulls(rows, field.type) for field in schema]
    arrays[0] = pa.array(range(rows), pa.int64())
    return pa.Table.from_arrays(arrays, schema=schema)


def family(field: pa.Field) -> str:
    """The family of a column of these tables."""
    if (name := logical(field)) is not None:
        return name
    return next((column.family for column in COLUMNS if column.type == field.type), str(field.type))


def canonical_rows(table: pa.Table) -> list[tuple[str, ...]]:
    """The rows as comparable text, sorted: NaN equals NaN, -0.0 equals 0.0, any order equals any other."""
    columns = [[_canonical(value) for value in table.column(at).to_pylist()] for at in range(table.num_columns)]
    return sorted(zip(*columns, strict=True)) if columns else [()] * table.num_rows


def _canonical(value: object) -> str:
    if isinstance(value, float):
        return repr(value + 0.0)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name!r}: {_canonical(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_canonical(item) for item in value) + "]"
    return repr(value)


def difference(found: pa.Table, expected: pa.Table) -> str:
    """What tells two tables apart, in words; empty when they have the same columns and rows."""
    if found.schema.names != expected.schema.names:
        return f"columns {found.schema.names} instead of {expected.schema.names}"
    types = [
        f"{want.name}: {have.type} instead of {want.type}"
        for have, want in zip(found.schema, expected.schema, strict=True)
        if have.type != want.type
    ]
    if types:
        return "types differ: " + "; ".join(types)
    have, want = canonical_rows(found), canonical_rows(expected)
    if have == want:
        return ""
    extra, lost = sorted(set(have) - set(want))[:3], sorted(set(want) - set(have))[:3]
    return f"{len(have)} rows instead of {len(want)}; only found: {extra}; only expected: {lost}"
