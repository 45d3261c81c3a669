"""The input of the suite: values that tell engines apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
from unit.expressions.edge_rows import edge_rows

from headwater.testing.values import FAMILIES, null_table, wide_table

# Spark has nothing that crosses its border as an interval.
CARRIED = FAMILIES - {"interval"}


def orders() -> pa.Table:
    """Keys that repeat, differ in the sign of zero, are NaN or missing; days that do not exist; many scripts."""
    rows = [
        (1, 10, "new", 1.5, Decimal("12.50"), date(2024, 2, 29), "2024-02-29", "ann@example.org", "10.1.2.3"),
        (2, 10, "paid", -0.0, Decimal("0.00"), date(1, 1, 1), "2023-02-30", " Ann@Example.org ", "10.1.2.300"),
        (2, 11, "paid", 0.0, Decimal("-0.01"), date(9999, 12, 31), "30.02.2024", "no mail", "::1"),
        (3, None, "", float("nan"), Decimal("9999999999.99"), None, "29.02.2024", "", "fe80::1%eth0"),
        (3, 12, " ", float("nan"), None, date(1969, 12, 31), "", "jörg@müller.example", "2001:db8::8a2e:370:7334"),
        (None, 13, "sent", float("inf"), Decimal("5.00"), date(2024, 3, 31), None, None, None),
        (None, 13, None, float("-inf"), Decimal("5.00"), date(2024, 10, 27), "0001-01-01", "x" * 300 + "@x.org", ""),
        (7, 99, "🦉", 5e300, Decimal("7.77"), date(2021, 1, 3), "9999-12-31", "a@b.co\n", "1.2.3.4\n"),
        (8, 10, "e\u0301", 0.1, Decimal("0.10"), date(2020, 12, 31), "2024-2-9", "أ@example.org", "١.٢.٣.٤"),
        (8, 10, "\u00e9", 0.1, Decimal("0.10"), date(2020, 12, 31), "2024-02-09 ", "a@b", "01.2.3.4"),
    ]
    types = {
        "id": pa.int64(),
        "customer": pa.int32(),
        "status": pa.string(),
        "weight": pa.float64(),
        "amount": pa.decimal128(12, 2),
        "day": pa.date32(),
        "day_text": pa.string(),
        "email": pa.string(),
        "ip": pa.string(),
    }
    return _table(types, rows)


def customers() -> pa.Table:
    rows = [
        (10, "Ann", 0.5, datetime(2024, 3, 31, 1, tzinfo=UTC)),
        (11, None, -0.0, None),
        (12, "🦉 & Söhne", float("nan"), datetime(2024, 10, 27, 1, 30, tzinfo=UTC)),
        (None, "nobody", 1.0, None),
    ]
    types = {"id": pa.int32(), "name": pa.string(), "score": pa.float64(), "since": pa.timestamp("us", "UTC")}
    return _table(types, rows)


def people() -> pa.Table:
    """What a person might have protected."""
    rows = [
        (1, "Ann Lee", "ann@example.org", "+49 30 901820", "10115", date(1990, 2, 28), 34, "10.1.2.3", b"\x00\xff"),
        (2, "Ann Lee", " ANN@example.org", "(030) 90 18-20", "1011", date(2000, 2, 29), 0, "2001:db8::1", b""),
        (3, "Jörg Müller-Groß", "joerg@müller.example", "123", "", date(1, 1, 1), -1, "no ip", None),
        (4, "李小龙", "", "", "SW1A 1AA", date(9999, 12, 31), 130, "", b"key"),
        (5, "🦉", "x", "0", "٠١٢", None, None, None, bytes(range(256))),
        (6, None, None, None, None, date(2024, 12, 31), 9, "255.255.255.255", b"'\""),
        (7, "", "a@b.co\nc@d.co", "4111 1111 1111 1111", "101155", date(1969, 12, 31), 10, "10.1.2.3/24", b"\\"),
    ]
    types = {
        "id": pa.int64(),
        "name": pa.string(),
        "email": pa.string(),
        "phone": pa.string(),
        "postcode": pa.string(),
        "born": pa.date32(),
        "age": pa.int32(),
        "ip": pa.string(),
        "raw": pa.binary(),
    }
    table = _table(types, rows)
    notes = [
        "write to ann@example.org or +49 30 901820",
        "card 4111 1111 1111 1111, IBAN DE89 3704 0044 0532 0130 00.",
        "nothing here",
        "",
        None,
        "two: a@b.co,c@d.co; 10.1.2.3",
        "ä📞+44 20 7946 0958ß ORD-123456",
    ]
    seen = [
        datetime(2024, 3, 31, 1, 59, 59, 999_999, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
        None,
        datetime(1969, 12, 31, 23, 30, tzinfo=UTC),
        datetime(2024, 10, 27, 1, 30, tzinfo=UTC),
        datetime(2000, 2, 29, tzinfo=UTC),
    ]
    table = table.append_column("notes", pa.array(notes, pa.string()))
    table = table.append_column("seen", pa.array(seen, pa.timestamp("us", "UTC")))
    salary = [
        Decimal("1234.56"),
        Decimal("-0.01"),
        None,
        Decimal("0.00"),
        Decimal("9999999999.99"),
        Decimal(1),
        Decimal(50),
    ]
    table = table.append_column("salary", pa.array(salary, pa.decimal128(12, 2)))
    return table.append_column(
        "ratio", pa.array([0.5, -0.0, float("nan"), float("inf"), None, 1e300, -2.5], pa.float64())
    )


def nested() -> pa.Table:
    """NULL at every depth, structs in structs and in lists, lists of nothing, JSON that is none."""
    place = pa.struct([("city", pa.string()), ("geo", pa.struct([("lat", pa.float64()), ("at", pa.timestamp("us"))]))])
    line = pa.struct([("sku", pa.string()), ("price", pa.decimal128(38, 20)), ("more", pa.struct([("n", pa.int8())]))])
    types = {
        "id": pa.int64(),
        "place": place,
        "lines": pa.list_(line),
        "tags": pa.list_(pa.string()),
        "payload": pa.string(),
    }
    at = datetime.fromisoformat("0001-01-01")
    deep = Decimal("123456789012345678.01234567890123456789")
    rows = [
        (
            1,
            {"city": "Köln", "geo": {"lat": -0.0, "at": at}},
            [{"sku": "a", "price": deep, "more": {"n": 1}}],
            ["x", None],
            '{"a": {"b": [1, 2.50]}, "t": "2024-02-30", "n": "9223372036854775808", "s": "\\ud83e\\udd89"}',
        ),
        (2, {"city": None, "geo": None}, [], [], '{"a": null, "t": "2024-02-29", "n": 12, "s": ""}'),
        (3, None, None, None, None),
        (
            4,
            {"city": "", "geo": {"lat": float("nan"), "at": None}},
            [None, {"sku": None, "price": None, "more": None}],
            [None],
            "no json",
        ),
        (
            5,
            {"city": "🦉", "geo": {"lat": None, "at": None}},
            [{"sku": "", "price": Decimal(0), "more": {"n": None}}],
            ["", "ß"],
            "[1, 2]",
        ),
        (6, {"city": "x", "geo": None}, [], ["dup", "dup"], '{"a": {"b": []}, "t": 5, "n": 1.5, "s": true}'),
    ]
    return _table(types, rows)


def documents() -> pa.Table:
    """JSON, and what some parsers take for it."""
    texts = [
        '{"a": 1}',
        "{'a': 1}",
        "{a: 1}",
        '{"a": NaN}',
        '{"a": 01}',
        '{"a": +1}',
        '{"a": .5}',
        '{"a": 1.}',
        '{"a": 1e400}',
        '{"a": 1,}',
        "[1,]",
        '{"a": 1} x',
        '{"a": 1}{"a": 2}',
        '{"a": 1, "a": 2}',
        '{"a": "\x01"}',
        '{"a": "\\x"}',
        '{"a": "\\u00e9\\n"}',
        "",
        " ",
        "null",
        "NULL",
        "true",
        "12",
        '"text',
        "/* c */ 1",
        "# c\n1",
        "\ufeff{}",
        '{"a": -0}',
        '{"a": 1.50}',
        '{"a": {"b": null}}',
        None,
        '{"A": 1}',
        '{"a": "NaN"}',
        '{"a": true}',
        ' {"a" : "x" } ',
        "[" * 200 + "]" * 200,
        '{"a": Infinity}',
        '{"": 1}',
    ]
    return pa.table({"id": pa.array(range(len(texts)), pa.int64()), "payload": pa.array(texts, pa.string())})


def hostile() -> pa.Table:
    """Names that are no plain words."""
    names = ["Mixed Case", 'quote"inside', "apostrophe's", "a.b", "`tick`", "naïve 🦉", "{0}", "back\\slash", "group"]
    columns = {name: pa.array([f"{name} {at}" if at else None for at in range(3)], pa.string()) for name in names}
    return pa.table(columns)


def _table(types: Mapping[str, pa.DataType], rows: Sequence[tuple[object, ...]]) -> pa.Table:
    columns = zip(*rows, strict=True)
    return pa.table({name: pa.array(values, types[name]) for name, values in zip(types, columns, strict=True)})


TABLES: Mapping[str, Callable[[], pa.Table]] = {
    "wide": lambda: wide_table(CARRIED),
    "nulls": lambda: null_table(CARRIED),
    "edge": edge_rows,
    "orders": orders,
    "customers": customers,
    "people": people,
    "nested": nested,
    "documents": documents,
    "hostile": hostile,
}
