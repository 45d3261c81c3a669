"""fill: what stands in the place of missing values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from pydantic import ValidationError
from unit.processors.apply import Outcome, apply

from headwater.processors.fill import Fill, FillConfig
from headwater.sdk.errors import ConfigError
from headwater.testing.processor_contract import ProcessorContract

TABLE = pa.table(
    {
        "id": [1, 2],
        "name": [None, "  "],
        "alias": ["", "bo"],
        "price": pa.array([None, Decimal("2.50")], pa.decimal128(8, 2)),
        "share": [0.5, None],
        "ok": [None, True],
        "day": pa.array([None, date(2024, 1, 2)]),
        "at": pa.array([None, datetime(2024, 1, 2, tzinfo=UTC)], pa.timestamp("us", "UTC")),
        "n": pa.array([7, None], pa.int8()),
    }
)


def filled(columns: dict[str, object], **config: object) -> Outcome:
    return apply(Fill(FillConfig.model_validate({"columns": columns, **config})), TABLE)


class TestFill(ProcessorContract):
    processor = Fill(
        FillConfig.model_validate({"columns": {"name": {"columns": ["alias"]}, "n": 0, "day": "2024-01-01"}})
    )
    batch = TABLE.to_batches()[0]
    misnamed = Fill(FillConfig.model_validate({"columns": {"nme": "x"}}))


@pytest.mark.parametrize(
    ("column", "constant", "wanted"),
    [
        ("name", "nobody", ["nobody", "  "]),
        ("name", 5, ["5", "  "]),
        ("price", "1.5", [Decimal("1.50"), Decimal("2.50")]),
        ("price", 3, [Decimal("3.00"), Decimal("2.50")]),
        ("share", 1, [0.5, 1.0]),
        ("ok", False, [False, True]),
        ("n", 3.0, [7, 3]),
        ("day", "2020-02-29", [date(2020, 2, 29), date(2024, 1, 2)]),
        ("at", "2020-02-29T12:00:00Z", [datetime(2020, 2, 29, 12, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC)]),
    ],
)
def test_a_constant_takes_the_type_of_its_column(column: str, constant: object, wanted: list[object]) -> None:
    table = filled({column: constant}).table
    assert table[column].to_pylist() == wanted
    assert table.schema == TABLE.schema


@pytest.mark.parametrize(
    ("column", "constant"),
    [
        ("n", 1.5),
        ("n", 300),
        ("n", "x"),
        ("n", True),
        ("ok", 1),
        ("day", "2023-02-30"),
        ("price", "1.505"),
        ("at", "x"),
    ],
)
def test_a_constant_that_the_column_cannot_hold_is_refused(column: str, constant: object) -> None:
    with pytest.raises(ConfigError, match=rf"fill\.columns\.{column}: .* the type of this column") as caught:
        filled({column: constant})
    assert caught.value.public_code == "config.invalid_value"


def test_the_first_column_with_a_value_is_taken() -> None:
    assert filled({"name": {"columns": ["alias"]}}).table["name"].to_pylist() == ["", "  "]
    found = filled({"name": {"columns": ["alias"]}}, empty_texts=True)
    assert found.table["name"].to_pylist() == [None, "bo"]


def test_fillings_see_the_row_as_it_stood() -> None:
    found = filled({"name": {"columns": ["alias"]}, "alias": {"expression": "name"}}, empty_texts=True)
    assert found.table["alias"].to_pylist() == [None, "bo"]


def test_an_expression_that_has_no_result_rejects_only_the_rows_that_needed_it() -> None:
    found = filled({"n": {"expression": "CAST(alias AS int8)"}})
    assert found.rejected == [("fill:n",)]
    assert found.table["id"].to_pylist() == [1]
    assert filled({"n": {"expression": "CAST(alias AS int8)"}}, on_error=None).table["n"].to_pylist() == [7, None]


def test_a_glob_leaves_columns_that_are_named_alone() -> None:
    found = filled({"n*": "x", "n": 1}).table
    assert (found["n"].to_pylist(), found["name"].to_pylist()) == ([7, 1], ["x", "  "])


def test_types_that_do_not_meet_are_refused_with_the_place() -> None:
    with pytest.raises(ConfigError, match=r"fill\.columns\.day: "):
        filled({"day": {"columns": ["share"]}})


@pytest.mark.parametrize("filling", [{}, {"value": 1, "columns": ["id"]}, None, {"vaule": 1}])
def test_a_filling_is_one_of_value_expression_and_columns(filling: object) -> None:
    with pytest.raises(ValidationError):
        filled({"name": filling})
