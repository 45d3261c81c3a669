"""lookup: what it asks of the engine, and what is refused."""

from __future__ import annotations

import pyarrow as pa
import pytest
from pydantic import ValidationError

from headwater.processors.lookup import Lookup, LookupConfig
from headwater.sdk.errors import ConfigError
from headwater.sdk.processor import Lookup as LookupOperation
from headwater.testing.processor_contract import ProcessorContract

BATCH = pa.record_batch({"id": [1, None], "customer id": [5, 6], "country": ["DE", None]})


def looked_up(**config: object) -> LookupOperation:
    (found,) = Lookup(LookupConfig.model_validate({"stream": "customers", **config})).operations(BATCH.schema)
    return found


class TestLookup(ProcessorContract):
    processor = Lookup(
        LookupConfig.model_validate(
            {"stream": "customers", "on": {"customer id": "id"}, "columns": {"name": "who"}, "missing": "reject"}
        )
    )
    batch = BATCH
    misnamed = Lookup(LookupConfig(stream="customers", on={"custmer id": "id"}, columns={"name": "who"}))


def test_names_that_are_alike_are_written_once() -> None:
    found = looked_up(on=["country"], columns=["region", "zone"])
    assert found.on == (("country", "country"),)
    assert found.outputs == (("region", "region"), ("zone", "zone"))
    assert found.unmatched is None
    assert looked_up(on="country", columns="region").outputs == (("region", "region"),)


def test_a_missing_partner_is_a_rule_that_names_the_column() -> None:
    rule = looked_up(on={"customer id": "id"}, missing="fail").unmatched
    assert rule is not None
    assert (rule.id, rule.column, rule.severity) == ("lookup:customers", "customer id", "fail")
    assert rule.message == "customers has no row with this customer id"
    several = looked_up(on={"customer id": "id", "country": "land"}, missing="reject").unmatched
    assert several is not None
    assert several.column is None


def test_a_bare_null_in_yaml_is_taken_as_the_word() -> None:
    assert looked_up(on=["country"], columns=["region"], missing=None).unmatched is None


def test_a_lookup_that_does_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match="it does nothing"):
        looked_up(on=["country"])


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigError, match="two columns are to be named 'x'"):
        looked_up(on=["country"], columns={"a": "x", "b": "x"})


def test_a_lookup_needs_something_to_look_by() -> None:
    with pytest.raises(ValidationError):
        looked_up(on={}, columns=["region"])
