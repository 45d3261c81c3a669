"""Which part of a condition is offered to the source."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from headwater.sdk.stream import Predicate
from headwater.toolkit.arrow_types import with_logical
from headwater.toolkit.expressions.parse import parse_condition

SCHEMA = pa.schema(
    [
        ("id", pa.int32()),
        ("name", pa.string()),
        ("amount", pa.decimal128(12, 2)),
        ("ratio", pa.float64()),
        ("half", pa.float32()),
        ("day", pa.date32()),
        ("seen", pa.timestamp("us", "UTC")),
        ("ok", pa.bool_()),
        with_logical(pa.field("key", pa.string()), "uuid"),
    ]
)


def pushed(text: str, schema: pa.Schema = SCHEMA) -> list[tuple[object, ...]]:
    found = parse_condition(text, columns=SCHEMA, place="x").predicates(schema)
    assert all(isinstance(item, Predicate) for item in found)
    assert all(value.type == schema.field(item.column).type for item in found for value in item.values)
    return [(item.column, item.operator, *(value.as_py() for value in item.values)) for item in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id > 5 AND name = 'x'", [("id", ">", 5), ("name", "=", "x")]),
        ("5 < id", [("id", ">", 5)]),
        ("id BETWEEN 1 AND 9", [("id", ">=", 1), ("id", "<=", 9)]),
        ("id IN (1, 2, NULL)", [("id", "in", 1, 2)]),
        ("id <> 3", [("id", "<>", 3)]),
        ("id = 5.0", []),
        ("amount >= 2.5", [("amount", ">=", Decimal("2.50"))]),
        ("amount = 100", [("amount", "=", Decimal("100.00"))]),
        ("day >= '2024-01-01'", [("day", ">=", date(2024, 1, 1))]),
        ("seen < '2024-01-01T01:00:00+01:00'", [("seen", "<", datetime(2024, 1, 1, tzinfo=UTC))]),
        ("name IS NULL", [("name", "is_null")]),
        ("name IS NOT NULL AND ok", [("name", "is_not_null"), ("ok", "=", True)]),
        ("NOT ok", [("ok", "=", False)]),
        ("ratio <= 0.5", [("ratio", "<=", 0.5)]),
        ("(id > 1 AND (id < 9))", [("id", ">", 1), ("id", "<", 9)]),
        ("id > 1 AND upper(name) = 'X'", [("id", ">", 1)]),
    ],
)
def test_comparisons_of_a_column_with_a_literal_are_offered(text: str, expected: list[object]) -> None:
    assert pushed(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "id > 1 OR name = 'x'",
        "NOT (id > 1)",
        "name > 'm'",
        "name <> 'x'",
        "name LIKE 'x%'",
        "ratio > 0.5",
        "ratio <> 1",
        "ratio = CAST('NaN' AS float64)",
        "half = 0.1",
        "id = 99999999999",
        "amount = 2.505",
        "amount > 2.505",
        "key = '6a0b'",
        "key IS NULL",
        "id = id + 0",
        "id > amount",
        "id = NULL",
        "id IN (1, id)",
        "id IN (NULL)",
        "name IN ('a', upper(name))",
    ],
)
def test_what_a_source_might_see_differently_is_not_offered(text: str) -> None:
    assert pushed(text) == []


def test_a_column_that_the_source_has_in_another_type_is_not_offered() -> None:
    other = pa.schema([("id", pa.string()), ("amount", pa.decimal128(12, 2))])
    assert pushed("id > 5 AND amount > 1", other) == [("amount", ">", Decimal("1.00"))]
