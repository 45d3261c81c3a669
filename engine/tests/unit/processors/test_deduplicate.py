"""deduplicate: keys, order, and what is refused."""

from __future__ import annotations

import pyarrow as pa
import pytest
from pydantic import ValidationError

from headwater.processors.deduplicate import Deduplicate, DeduplicateConfig
from headwater.sdk.errors import ConfigError, UnknownColumn
from headwater.sdk.processor import Distinct
from headwater.testing.processor_contract import ProcessorContract

BATCH = pa.record_batch(
    {"id": [1, 1], "Order Day": ["x", "y"], "at": [1.5, None], "tags": pa.array([["a"], None])},
)


def distinct(**config: object) -> Distinct:
    (found,) = Deduplicate(DeduplicateConfig.model_validate(config)).operations(BATCH.schema)
    return found


def shown(operation: Distinct) -> list[str]:
    return [f"{expression.sql('duckdb')} {way}" for expression, way in operation.order]


class TestDeduplicate(ProcessorContract):
    processor = Deduplicate(DeduplicateConfig.model_validate({"key": ["id"], "order_by": ["at desc"]}))
    batch = BATCH
    misnamed = Deduplicate(DeduplicateConfig(key=("idd",)))


def test_all_other_columns_decide_after_the_order() -> None:
    found = distinct(key=["id"], order_by=["at desc"])
    assert shown(found) == ['"at" desc', '"Order Day" asc', '"tags" asc']


def test_keeping_the_last_turns_the_order_round() -> None:
    found = distinct(key=["id"], order_by=[{"column": "at", "desc": True}], keep="last")
    assert shown(found) == ['"at" asc', '"Order Day" desc', '"tags" desc']


def test_an_order_may_be_an_expression() -> None:
    found = distinct(key=["id"], order_by=["coalesce(at, 0) DESC", {"expression": '"Order Day"'}])
    assert [item.rpartition(" ")[2] for item in shown(found)] == ["desc", "asc", "asc", "asc"]


def test_without_a_key_only_rows_that_are_equal_throughout_become_one() -> None:
    assert distinct().key == ("id", "Order Day", "at", "tags")
    assert distinct(key=["*d*", "at"]).key == ("id", "Order Day", "at")


@pytest.mark.parametrize("order", [[{}], [{"column": "at", "expression": "at"}], [{"colum": "at"}]])
def test_an_order_is_a_column_or_an_expression(order: list[dict[str, str]]) -> None:
    with pytest.raises(ValidationError):
        distinct(key=["id"], order_by=order)


def test_an_order_by_a_list_or_an_unknown_column_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"deduplicate\.order_by\[0\]: lists and structs"):
        distinct(key=["id"], order_by=["tags"])
    with pytest.raises(UnknownColumn, match=r"deduplicate\.order_by\[1\]"):
        distinct(key=["id"], order_by=["at", {"column": "att"}])
    with pytest.raises(UnknownColumn, match=r"deduplicate\.key"):
        distinct(key=["x*"])
