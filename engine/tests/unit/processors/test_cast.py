"""cast: other types, strictly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from unit.processors.apply import Outcome, apply

from headwater.processors.cast import Cast, CastConfig
from headwater.sdk.errors import ConfigError, UnknownColumn
from headwater.sdk.processor import Project, Reject
from headwater.testing.processor_contract import ProcessorContract

TABLE = pa.table(
    {
        "id": ["1", " 2 ", "1.0", None],
        "amount": ["9.90", "-1", "1.005", "x"],
        "paid_at": ["2024-02-29", "2024-02-30", "2024-03-01", None],
        "sent_at": ["2024-03-01", "2024-03-01", "2024-03-01", "2024-03-01"],
    }
)


def casted(columns: dict[str, str], **config: object) -> Outcome:
    return apply(Cast(CastConfig.model_validate({"columns": columns, **config})), TABLE)


class TestCast(ProcessorContract):
    processor = Cast(CastConfig(columns={"id": "int64", "*_at": "date"}))
    batch = TABLE.to_batches()[0]
    misnamed = Cast(CastConfig(columns={"ammount": "decimal(12,2)"}))


def test_values_take_the_type_and_rows_that_cannot_are_rejected_with_every_reason() -> None:
    found = casted({"id": "int64", "amount": "decimal(12,2)", "paid_at": "date"})
    assert found.rows == [{"id": 1, "amount": Decimal("9.90"), "paid_at": date(2024, 2, 29), "sent_at": "2024-03-01"}]
    assert found.rejected == [("cast:paid_at",), ("cast:id", "cast:amount"), ("cast:amount",)]


def test_on_request_they_go_on_with_null() -> None:
    found = casted({"id": "int32"}, on_error=None)
    assert found.table.schema.field("id").type == pa.int32()
    assert (found.table["id"].to_pylist(), found.rejected) == ([1, 2, None, None], [])


def test_on_request_they_end_the_load() -> None:
    reject, _ = Cast(CastConfig(columns={"id": "int64"}, on_error="fail")).operations(TABLE.schema)
    assert isinstance(reject, Reject)
    assert [(rule.id, rule.column, rule.severity) for rule in reject.rules] == [("cast:id", "id", "fail")]
    assert reject.rules[0].message == "id is not of the type int64"


def test_a_cast_that_cannot_fail_costs_no_rule() -> None:
    schema = pa.schema([("n", pa.int32()), ("d", pa.date32())])
    operations = Cast(CastConfig(columns={"n": "decimal(12,2)", "d": "timestamp"})).operations(schema)
    assert [type(item) for item in operations] == [Project]


def test_a_glob_means_the_columns_that_are_not_named() -> None:
    found = casted({"sent_at": "timestamp", "*_at": "date"}, on_error="null")
    assert [str(field.type) for field in found.table.schema] == ["string", "string", "date32[day]", "timestamp[us]"]


@pytest.mark.parametrize("name", ["ammount", "*_on"])
def test_an_unknown_column_is_an_error_that_lists_what_exists(name: str) -> None:
    with pytest.raises(UnknownColumn, match=r"cast\.columns: there is no column named") as caught:
        casted({name: "int64"})
    assert "amount" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("target", "words"),
    [("intt64", "there is no type 'intt64'"), ("decimal", "decimal is text in a pipeline"), ("uuid", "uuid is text")],
)
def test_a_type_that_is_none_is_an_error(target: str, words: str) -> None:
    with pytest.raises(ConfigError, match=rf"cast\.columns\.id: {words}"):
        casted({"id": target})


def test_a_cast_that_does_not_exist_is_an_error_that_lists_those_that_do() -> None:
    schema = pa.schema([("d", pa.date32())])
    with pytest.raises(ConfigError, match=r"cast\.columns\.d: date cannot be cast to bool") as caught:
        Cast(CastConfig(columns={"d": "bool"})).operations(schema)
    assert caught.value.hint == "date can become: string, timestamp, timestamptz"
