"""filter: which rows go on."""

from __future__ import annotations

import pyarrow as pa
import pytest
from unit.processors.apply import apply

from headwater.processors.filter import Filter, FilterConfig
from headwater.sdk.errors import ConfigError
from headwater.sdk.processor import Keep, Reject
from headwater.testing.processor_contract import ProcessorContract

TABLE = pa.table({"id": [1, 2, 3, 4], "amount": ["5", "-1", None, "five"]})


class TestFilter(ProcessorContract):
    processor = Filter(FilterConfig(where="id > 1 AND amount <> '5'"))
    batch = TABLE.to_batches()[0]
    misnamed = Filter(FilterConfig(where="amuont = '5'"))


class TestFilterThatMayFail(ProcessorContract):
    processor = Filter(FilterConfig(where="CAST(amount AS int64) > 0"))
    batch = TABLE.to_batches()[0]


def test_rows_go_on_only_when_the_condition_is_true() -> None:
    found = apply(Filter(FilterConfig(where="TRY_CAST(amount AS int64) > 0")), TABLE)
    assert (found.table["id"].to_pylist(), found.rejected) == ([1], [])


def test_a_row_whose_condition_cannot_be_computed_is_rejected() -> None:
    found = apply(Filter(FilterConfig(where="CAST(amount AS int64) > 0")), TABLE)
    assert (found.table["id"].to_pylist(), found.rejected) == ([1], [("filter:where",)])


def test_on_request_such_a_row_is_filtered() -> None:
    config = FilterConfig(where="CAST(amount AS int64) > 0", on_error="null")
    found = apply(Filter(config), TABLE)
    assert (found.table["id"].to_pylist(), found.rejected) == ([1], [])


def test_on_request_such_a_row_ends_the_load() -> None:
    config = FilterConfig(where="CAST(amount AS int64) > 0", on_error="fail")
    reject, _ = Filter(config).operations(TABLE.schema)
    assert isinstance(reject, Reject)
    assert [rule.severity for rule in reject.rules] == ["fail"]


def test_a_condition_that_cannot_fail_costs_no_rule_and_is_offered_to_the_source() -> None:
    (keep,) = Filter(FilterConfig(where="id >= 2 AND amount IS NOT NULL")).operations(TABLE.schema)
    assert isinstance(keep, Keep)
    assert [(item.column, item.operator) for item in keep.condition.predicates(TABLE.schema)] == [
        ("id", ">="),
        ("amount", "is_not_null"),
    ]


def test_a_value_is_no_condition() -> None:
    with pytest.raises(ConfigError, match=r"filter\.where: a condition is needed here, and this is int64"):
        Filter(FilterConfig(where="id + 1")).operations(TABLE.schema)
