"""flatten: structs, JSON texts and lists."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest
from pydantic import ValidationError
from unit.processors.apply import Outcome, apply

from headwater.processors.flatten import Flatten, FlattenConfig
from headwater.sdk.errors import ConfigError, UnknownColumn
from headwater.testing.processor_contract import ProcessorContract

TABLE = pa.table(
    {
        "id": [1, 2],
        "where": pa.array([{"city": "Bonn", "geo": {"lat": 1.5, "lon": None}}, None]),
        "Odd Name": pa.array([{"a b": 1}, {"a b": None}]),
        "doc": ['{"n": 5, "who": {"name": "Ann"}}', "oops"],
        "items": pa.array([[{"id": 7}], None]),
    }
)


def flatten(**config: object) -> Flatten:
    return Flatten(FlattenConfig.model_validate(config))


def flattened(**config: object) -> Outcome:
    return apply(flatten(**config), TABLE)


class TestFlatten(ProcessorContract):
    processor = flatten(
        json={"doc": {"n": {"path": "$.n", "type": "int32"}}}, lists={"items": {"key": {"id": "order_id"}}}
    )
    batch = TABLE.to_batches()[0]
    misnamed = flatten(json={"dok": {"n": "$.n"}})


def test_struct_columns_stand_where_the_struct_stood() -> None:
    found = flattened(columns=["where"]).table
    assert found.column_names[:4] == ["id", "where__city", "where__geo__lat", "where__geo__lon"]
    assert found["where__geo__lat"].to_pylist() == [1.5, None]
    assert found.schema.field("Odd Name").type == TABLE.schema.field("Odd Name").type


def test_names_separator_and_depth_are_as_wished() -> None:
    assert flattened(separator=".", depth=1).table.column_names == [
        "id", "where.city", "where.geo", "Odd Name.a b", "doc", "items",
    ]  # fmt: skip
    assert "where" in flattened(exclude=["where"]).table.column_names


def test_json_values_have_their_declared_type_and_rows_that_do_not_fit_are_rejected() -> None:
    found = flattened(columns=[], json={"doc": {"n": {"path": "$.n", "type": "decimal(4,1)"}, "who": "$.who.name"}})
    assert (found.table["n"].to_pylist(), found.table["who"].to_pylist()) == ([Decimal("5.0")], ["Ann"])
    assert found.rejected == [("flatten:doc",)]
    lenient = flattened(columns=[], json={"doc": {"n": {"path": "$.n", "type": "int8"}}}, on_error=None, drop_json=True)
    assert lenient.table["n"].to_pylist() == [5, None]
    assert "doc" not in lenient.table.column_names


def test_a_list_leaves_the_parent_unless_it_is_kept() -> None:
    assert "items" not in flattened(lists={"items": {"key": {"id": "pid"}}}).table.column_names
    assert "items" in flattened(lists={"items": {"key": {"id": "pid"}, "keep": True}}).table.column_names


def test_a_child_stream_has_the_key_of_its_parent_and_the_position() -> None:
    (child,) = flatten(lists={"items": {"key": {"id": "pid"}}}).new_streams({"shop.orders": TABLE.schema})
    assert (child.name, child.inputs, child.primary_key) == (
        "shop.orders__items",
        ("shop.orders",),
        ("pid", "position"),
    )
    (bare,) = flatten(lists={"items": {"key": {"id": "pid"}, "index": False, "stream": "x_{column}"}}).new_streams(
        {"o": TABLE.schema}
    )
    assert (bare.name, bare.primary_key) == ("x_items", ())
    assert "posexplode(`items`)" in child.query.sql("spark")


def test_a_key_that_the_items_have_too_needs_another_name() -> None:
    with pytest.raises(ConfigError, match=r"flatten\.lists\.items: .* two columns named 'id'") as caught:
        flatten(lists={"items": {"key": ["id"]}}).new_streams({"orders": TABLE.schema})
    assert "parent_id" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"columns": ["id"]}, r"flatten\.columns: 'id' is int64, no struct"),
        ({"json": {"id": {"x": "$.x"}}}, r"flatten\.json: 'id' is int64, no text"),
        ({"json": {"doc": {"x": "x[*]"}}}, r"flatten\.json\.doc\.x: the JSON path"),
        ({"json": {"doc": {"x": {"path": "$.x", "type": "intt"}}}}, r"flatten\.json\.doc\.x: there is no type"),
        ({"json": {"doc": {"ID": "$.x"}}}, r"two columns would be named"),
    ],
)
def test_what_cannot_be_flattened_is_refused_with_its_place(config: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        flattened(**config)


def test_lists_must_be_lists_and_keys_must_exist() -> None:
    with pytest.raises(ConfigError, match=r"flatten\.lists\.doc: 'doc' is string, no list"):
        flatten(lists={"doc": {"key": ["id"]}}).new_streams({"orders": TABLE.schema})
    with pytest.raises(UnknownColumn, match=r"flatten\.lists\.items\.key"):
        flatten(lists={"items": {"key": ["idd"]}}).new_streams({"orders": TABLE.schema})


def test_a_name_of_a_child_stream_knows_two_placeholders() -> None:
    with pytest.raises(ValidationError, match="no other braces"):
        flatten(lists={"items": {"key": ["id"], "stream": "{table}_x"}})
