"""Rows that break naive expressions: NULLs, extremes, NaN, text that nearly is a number, letters beyond ASCII."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pyarrow as pa

SCHEMA = pa.schema(
    [
        ("row", pa.int32()),
        ("t", pa.string()),
        ("u", pa.string()),
        ("tiny", pa.int8()),
        ("i", pa.int32()),
        ("n", pa.int64()),
        ("m", pa.int64()),
        ("amount", pa.decimal128(12, 2)),
        ("wide", pa.decimal128(38, 10)),
        ("f", pa.float64()),
        ("g", pa.float64()),
        ("b", pa.bool_()),
        ("d", pa.date32()),
        ("e", pa.date32()),
        ("ts", pa.timestamp("us")),
        ("tz", pa.timestamp("us", "UTC")),
        ("tags", pa.list_(pa.string())),
        ("js", pa.string()),
        ("place", pa.struct([("city", pa.string()), ("zip code", pa.int32())])),
        ('odd "name`', pa.string()),
    ]
)

_TEXTS = [
    None, "", " ", "abc", "Straße", "ÉCOLE 👍", "a,b,,c", "x@example.org", "12", " 12 ", "+12", "-0", "1.0", "1e3",
    "007",
    "9223372036854775807", "9223372036854775808", "0x1F", "1_000", "12.34", "12.345", "12.3400", ".5", "5.", "-.5",
    "9999999999.99", "10000000000.00", "1e999", "NaN", "-inf", "Infinity", "true", "YES", "off", "2", "2024-02-29",
    "2024-02-30", "2023-02-29", "0000-01-01", "2024-2-3", " 2024-02-29 ", "2024-02-29 12:30", "2024-02-29T12:30:59.5",
    "2024-02-29 24:00:00", "2024-02-29T12:30:59Z", "2024-02-29 12:30:59+02:00", "2024-02-29 12:30:59+0200",
    "2024-02-29 12:30:59-07", "29.02.2024", "30.02.2024", "9.2.2024", "12:30", "23:59:59.999999", "24:00", "١٢",
    "it's \\ \"quoted\"", "line\nbreak", "tab\there", "100%", "a_b", "$1", "e\u0301le\u0301ve", "12\n", "１２",
]  # fmt: skip
_INTEGERS = [None, 0, 1, -1, 7, -7, 2**31 - 1, -(2**31), 2**63 - 1, -(2**63), 1700000000000, 253402300800000]
_AMOUNTS = ["0.00", "0.01", "-0.01", "2.50", "-2.50", "9999999999.99", "-9999999999.99", "1234.56", None]
_WIDES = [
    "0",
    "0.0000000001",
    "9999999999999999999999999999.9999999999",
    "-12345678901234567890.1234567891",
    None,
    "2.5",
]
_FLOATS = [
    None,
    0.0,
    -0.0,
    1.0,
    -1.5,
    2.5,
    0.1,
    1.005,
    2.675,
    1e7,
    12345678.9,
    1e15,
    1e16,
    1e-4,
    1.5e-5,
    1e300,
    -1e300,
    5e-324,
    float("nan"),
    float("inf"),
    float("-inf"),
    9007199254740993.0,
    9.223372036854775807e18,
    0.3333333333333333,
    1e22,
]
_DATES = [
    date(2024, 2, 29),
    date(1, 1, 1),
    date(9999, 12, 31),
    None,
    date(1969, 12, 31),
    date(2024, 1, 31),
    date(2021, 1, 3),
]
_MOMENTS = [
    datetime.fromisoformat("2024-02-29T12:30:59.500000"),
    datetime.fromisoformat("0001-01-01T00:00:00"),
    datetime.fromisoformat("9999-12-31T23:59:59.999999"),
    None,
    datetime.fromisoformat("1969-12-31T22:30:00"),
    datetime.fromisoformat("2024-03-31T02:30:00"),
    datetime.fromisoformat("2024-12-30T23:59:59"),
]
_TAGS: list[list[str | None] | None] = [None, [], ["a"], ["a", None, "b"], [None], ["b", "a", "b"]]
_JSON = [
    None,
    "{}",
    '{"a": 1}',
    '{"a": "x\\u00e9", "b": {"c": [1, "two", null]}}',
    '{"a": null}',
    "[1]",
    "no json",
    '{"a": true}',
]
_PLACES: list[dict[str, object] | None] = [None, {"city": "Köln", "zip code": 50667}, {"city": None, "zip code": None}]


def edge_rows() -> pa.Table:
    """Every column repeats its own values, so that the values of two columns meet in many pairs."""
    count = len(_TEXTS) + 6

    def taken(values: list[object], step: int = 0) -> list[object]:
        return [values[(row + step * (row // len(values))) % len(values)] for row in range(count)]

    narrow = [value if value is None or abs(value) < 2**31 else 5 for value in _INTEGERS]
    columns: dict[str, list[object]] = {
        "row": list(range(count)),
        "t": taken([*_TEXTS]),
        "u": taken(["a", None, "", "@", "abc", "ß", "12"]),
        "tiny": taken([None, 127, -128, 0, 3]),
        "i": taken([*narrow]),
        "n": taken([*_INTEGERS]),
        "m": taken([*_INTEGERS], 1),
        "amount": taken([None if text is None else Decimal(text) for text in _AMOUNTS]),
        "wide": taken([None if text is None else Decimal(text) for text in _WIDES]),
        "f": taken([*_FLOATS]),
        "g": taken([*_FLOATS], 1),
        "b": taken([True, False, None]),
        "d": taken([*_DATES]),
        "e": taken([*_DATES], 1),
        "ts": taken([*_MOMENTS]),
        "tz": taken([None if value is None else value.replace(tzinfo=UTC) for value in _MOMENTS]),
        "tags": taken([*_TAGS]),
        "js": taken([*_JSON]),
        "place": taken([*_PLACES]),
        'odd "name`': taken(["plain", None]),
    }
    return pa.table({field.name: pa.array(columns[field.name], field.type) for field in SCHEMA}, schema=SCHEMA)


TIMES = (time(12, 30), time(23, 59, 59, 999999))
