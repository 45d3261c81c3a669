"""derive: new and replaced columns."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest
from pydantic import ValidationError
from unit.processors.apply import Outcome, apply

from headwater.processors.derive import Derive, DeriveConfig
from headwater.sdk.errors import ConfigError
from headwater.sdk.processor import Project, Reject
from headwater.testing.processor_contract import ProcessorContract

TABLE = pa.table({"id": [1, 2], "price": ["2.50", "free"], "pieces": pa.array([3, None], pa.int32())})


def derived(columns: dict[str, object], **config: object) -> Outcome:
    return apply(Derive(DeriveConfig.model_validate({"columns": columns, **config})), TABLE)


class TestDerive(ProcessorContract):
    processor = Derive(
        DeriveConfig.model_validate(
            {"columns": {"cost": "CAST(price AS decimal(8,2)) * pieces", "net": "cost / 1.19", "id": "id + 1"}}
        )
    )
    batch = TABLE.to_batches()[0]
    misnamed = Derive(DeriveConfig(columns={"x": "pices + 1"}))


def test_a_new_column_stands_at_the_end_and_a_replaced_one_where_it_stood() -> None:
    found = derived({"twice": "pieces * 2", "price": "upper(price)"})
    assert found.rows == [
        {"id": 1, "price": "2.50", "pieces": 3, "twice": 6},
        {"id": 2, "price": "FREE", "pieces": None, "twice": None},
    ]


def test_an_expression_sees_the_columns_written_before_it() -> None:
    found = derived({"pieces": "coalesce(pieces, 0)", "more": "pieces + 1", "most": "more * 10"})
    assert [(row["pieces"], row["more"], row["most"]) for row in found.rows] == [(3, 4, 40), (0, 1, 10)]


def test_columns_that_do_not_build_on_each_other_are_one_step() -> None:
    config = DeriveConfig(columns={"a": "pieces * 2", "b": "pieces * 3", "c": "concat(a, b)"})
    operations = Derive(config).operations(TABLE.schema)
    assert [type(item) for item in operations] == [Project, Project]


def test_a_declared_type_is_what_comes_out() -> None:
    found = derived({"share": {"expression": "pieces / 7", "type": "decimal(5,3)"}})
    assert found.table.schema.field("share").type == pa.decimal128(5, 3)
    assert found.table["share"].to_pylist() == [Decimal("0.429"), None]


def test_a_null_needs_a_type() -> None:
    with pytest.raises(ConfigError, match="always NULL"):
        derived({"empty": "NULL"})
    assert derived({"empty": {"expression": "NULL", "type": "date"}}).table.schema.field("empty").type == pa.date32()


def test_a_row_that_cannot_be_computed_is_rejected_and_names_the_column() -> None:
    found = derived({"cost": "CAST(price AS decimal(8,2)) * pieces"})
    assert found.rows == [{"id": 1, "price": "2.50", "pieces": 3, "cost": Decimal("7.50")}]
    assert found.rejected == [("derive:cost",)]


def test_on_request_it_goes_on_with_null() -> None:
    found = derived({"cost": "CAST(price AS decimal(8,2))"}, on_error=None)
    assert (found.table["cost"].to_pylist(), found.rejected) == ([Decimal("2.50"), None], [])


def test_on_request_it_ends_the_load() -> None:
    config = DeriveConfig(columns={"cost": "CAST(price AS decimal(8,2))"}, on_error="fail")
    reject = Derive(config).operations(TABLE.schema)[0]
    assert isinstance(reject, Reject)
    assert [(rule.id, rule.severity) for rule in reject.rules] == [("derive:cost", "fail")]


def test_a_replacement_is_judged_by_the_row_as_it_stood() -> None:
    found = derived({"price": "CAST(price AS decimal(8,2))", "again": "price * 2"})
    assert found.rejected == [("derive:price",)]
    assert found.table["again"].to_pylist() == [Decimal("5.00")]


@pytest.mark.parametrize("name", ["ID", "Price", ""])
def test_a_name_that_differs_from_another_by_capitals_alone_is_refused(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        derived({name: "id"})
    assert caught.value.public_code == "config.duplicate_column"


def test_an_error_says_which_column() -> None:
    with pytest.raises(ConfigError, match=r"derive\.columns\.day\.type: there is no type 'dat'"):
        derived({"day": {"expression": "price", "type": "dat"}})
    with pytest.raises(ConfigError, match=r"derive\.columns\.x: there is no function 'uper' here"):
        derived({"x": "uper(price)"})


def test_nothing_to_derive_is_an_error() -> None:
    with pytest.raises(ValidationError):
        DeriveConfig(columns={})


def test_an_expression_is_not_empty() -> None:
    for empty in ("", {"expression": ""}):
        with pytest.raises(ValidationError, match="at least 1 character"):
            DeriveConfig.model_validate({"columns": {"total": empty}})
